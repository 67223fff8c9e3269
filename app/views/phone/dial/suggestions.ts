// Contacts that fit what is typed: colleagues on function keys first, then those of past calls, then
// those of the PBX's address book.

import type {
  Colleague,
  FoundContacts,
  JournalEntry,
  Lamp,
  NumberKind,
} from '../../../telephony/index.ts';
import { numberKey } from '../../../telephony/index.ts';
import { matcher } from '../search.ts';

export interface Suggestion {
  readonly name: string;
  readonly number: string;
  readonly from: 'keys' | 'journal' | 'contacts';
  /** Null: nobody watches that one. */
  readonly lamp: Lamp | null;
  /** Only of contacts. */
  readonly kind: NumberKind;
  readonly company: string;
}

const kMost = 6;
/** Older calls are not looked through at each key. */
const kMostEntries = 500;
const kMostOfContacts = 12;
const kMostOfOne = 5;

export interface Sources {
  readonly colleagues: readonly Colleague[];
  readonly entries: readonly JournalEntry[];
  readonly found: FoundContacts;
}

/**
 * @param words empty: the first colleagues.
 * @param except a number that would make no sense.
 */
export function suggest(
  words: string,
  { colleagues, entries, found }: Sources,
  except = '',
): readonly Suggestion[] {
  const wanted = words.trim();
  const unwanted = numberKey(except);
  const offers = new Map<string, Suggestion>();
  const offer = (
    most: number,
    one: Pick<Suggestion, 'name' | 'number' | 'from'> & Partial<Suggestion>,
  ): boolean => {
    const key = numberKey(one.number);
    if (key === '' || key === unwanted || offers.has(key) || offers.size >= most) return false;
    offers.set(key, { lamp: null, kind: 'other', company: '', ...one });
    return true;
  };
  const named = matcher(wanted);
  const fits = (name: string, number: string): boolean =>
    wanted === '' || named(name) || hasNumber(number, wanted);
  for (const { name, number, lamp } of colleagues) {
    if (fits(name, number)) offer(kMost, { name, number, lamp, from: 'keys' });
  }
  if (wanted === '') return [...offers.values()];
  for (const { name, number } of entries.slice(0, kMostEntries)) {
    const news = name !== '' || number !== wanted;
    if (news && fits(name, number)) offer(kMost, { name, number, from: 'journal' });
  }
  const most = offers.size + kMostOfContacts;
  // Until the answer for these words is there, those stay that fit them.
  const still = found.words === wanted ? null : named;
  for (const { name, company, numbers } of found.contacts) {
    if (still?.(name, company, ...numbers.map((one) => one.number)) === false) continue;
    let count = 0;
    for (const { kind, number } of numbers) {
      // Nobody talks to a fax.
      if (kind === 'fax' || count >= kMostOfOne) continue;
      if (offer(most, { name, company, kind, number, from: 'contacts' })) count += 1;
    }
  }
  return [...offers.values()];
}

function hasNumber(number: string, wanted: string): boolean {
  const typed = numberKey(wanted);
  if (!/^\+?[\d*#]+$/.test(typed)) return false;
  return number.includes(typed) || numberKey(number).includes(typed);
}
