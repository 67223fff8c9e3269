// Why the PBX, the agent or this page did not do something, in the language of the user.

import type { TelephonyError } from '../../telephony/index.ts';
import { problemText } from '../problem-text.ts';
import { texts } from '../texts/language.ts';

export function refusalText(error: TelephonyError): string {
  const { refusals, badNumber } = texts.value.settings;
  if (error.reason !== null && has(badNumber, error.reason)) return badNumber[error.reason];
  if (has(refusals, error.code)) return refusals[error.code];
  return problemText(error);
}

function has<T extends object>(all: T, name: string): name is Extract<keyof T, string> {
  return Object.hasOwn(all, name);
}
