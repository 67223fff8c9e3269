// Why the PBX, the agent or this page did not do something, in the language of the user.

import type { TelephonyError } from '../../telephony/index.ts';
import { problemText } from '../problem-text.ts';
import { texts } from '../texts/language.ts';

/** What is wrong with a number is said more exactly than by the code. */
export function refusalText(error: TelephonyError): string {
  const { badNumber } = texts.value.settings;
  const { reason } = error;
  const isKnown = (name: string): name is keyof typeof badNumber => Object.hasOwn(badNumber, name);
  return reason !== null && isKnown(reason) ? badNumber[reason] : problemText(error);
}

/** The same of a list that could not be read: nothing was to be carried out. */
export function unreadText(error: TelephonyError): string {
  return error.code === 'uci.timeout' ? texts.value.work.unreadTimeout : refusalText(error);
}
