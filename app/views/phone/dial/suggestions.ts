// Contacts that fit what is typed: colleagues on function keys first, then those of past calls.

import type { Colleague, JournalEntry, Lamp } from '../../../telephony/index.ts';
import { numberKey } from '../../../telephony/index.ts';

export interface Suggestion {
  readonly name: string;
  readonly number: string;
  /** Null: nobody watches that one. */
  readonly lamp: Lamp | null;
}

const kMost = 6;
/** Older calls are not looked through at each key. */
const kMostEntries = 500;

/**
 * @param words empty: the first colleagues.
 * @param except a number that would make no sense.
 */
export function suggest(
  words: string,
  colleagues: readonly Colleague[],
  entries: readonly JournalEntry[],
  except = '',
): readonly Suggestion[] {
  const wanted = words.trim().toLocaleLowerCase();
  const unwanted = numberKey(except);
  const found = new Map<string, Suggestion>();
  const offer = (name: string, number: string, lamp: Lamp | null): void => {
    const key = numberKey(number);
    if (key === '' || key === unwanted || found.has(key) || found.size >= kMost) return;
    if (fits(name, number, wanted)) found.set(key, { name, number, lamp });
  };
  for (const one of colleagues) offer(one.name, one.number, one.lamp);
  if (wanted === '') return [...found.values()];
  for (const one of entries.slice(0, kMostEntries)) {
    if (one.name !== '' || one.number !== words.trim()) offer(one.name, one.number, null);
  }
  return [...found.values()];
}

function fits(name: string, number: string, wanted: string): boolean {
  if (wanted === '') return true;
  if (name.toLocaleLowerCase().includes(wanted)) return true;
  const typed = numberKey(wanted);
  if (!/^\+?[\d*#]+$/.test(typed)) return false;
  return number.includes(typed) || numberKey(number).includes(typed);
}
