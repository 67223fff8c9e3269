// What a failed command is called on the screen. Codes without an own sentence show the sentence of
// the peer and the code, which docs/errors.md explains.

import type { TelephonyError } from '../../telephony/index.ts';
import { codes } from '../../telephony/index.ts';
import { texts } from '../texts/language.ts';

export function problemText(error: TelephonyError): string {
  const { badNumber, problems, unknownProblem } = texts.value.callProblem;
  if (error.code === codes.badNumber) {
    return lookUp(badNumber, error.reason ?? '') ?? badNumber.characters;
  }
  return lookUp(problems, error.code) ?? unknownProblem(error.message, error.code);
}

function lookUp(table: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.prototype.hasOwnProperty.call(table, name) ? table[name] : undefined;
}
