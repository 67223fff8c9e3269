// Searching in lists that are all here.

import type { NumberRules } from '../../telephony/index.ts';
import { defaultRules } from '../../telephony/index.ts';

/** Small letters without accents: Zoë is found by zoe, Müller by muller. */
export function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Whether each word of the query stands in one of the texts; digits also in a number as dialled. */
export function matcher(query: string): (...texts: readonly string[]) => boolean {
  const words = folded(query)
    .split(/\s+/)
    .filter((word) => word !== '');
  const number = query.replace(/[\s()/-]/g, '');
  const isNumber = /^[+*#\d]+$/.test(number);
  return (...texts) => {
    const all = folded(texts.join(' '));
    if (words.every((word) => all.includes(word))) return true;
    return isNumber && texts.some((text) => plain(text).includes(plain(number)));
  };
}

function plain(number: string, rules: NumberRules = defaultRules): string {
  const digits = number.replace(/[^+*#\d]/g, '');
  return digits.startsWith('+') ? rules.plus + digits.slice(1) : digits;
}
