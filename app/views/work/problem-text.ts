// What a failed command of telephony is called on the screen.

import type { TelephonyError } from '../../telephony/index.ts';
import { codes } from '../../telephony/index.ts';
import { problemText as textOfPeer } from '../problem-text.ts';
import { texts } from '../texts/language.ts';

export function problemText(error: TelephonyError): string {
  const { badNumber, problems } = texts.value.callProblem;
  if (error.code === codes.badNumber) {
    return lookUp(badNumber, error.reason ?? '') ?? badNumber.characters;
  }
  return lookUp(problems, error.code) ?? textOfPeer(error);
}

function lookUp(table: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
