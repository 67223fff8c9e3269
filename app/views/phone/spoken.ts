// Texts of others inside sentences of ours, and numbers as they are read out.

import { displayNumber } from '../../telephony/index.ts';

/** For labels and messages, where no <bdi> can stand: right-to-left text does not turn the rest. */
export function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}

/** Digit by digit; screen readers read 1003 as a thousand and three otherwise. */
export function digits(number: string): string {
  return displayNumber(number)
    .replace(/\s/g, '')
    .replace(/.(?=.)/gsu, '$& ');
}
