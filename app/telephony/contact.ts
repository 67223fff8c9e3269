// An entry of the PBX's address book, as the agent gives it.

import { numberKey, parseNumber } from './numbers.ts';
import { identifier, list, member, text } from './values.ts';

const kKinds = ['office', 'mobile', 'private', 'fax', 'other'] as const;
export type NumberKind = (typeof kKinds)[number];

export interface ContactNumber {
  readonly kind: NumberKind;
  /** Digits, *, # and a leading +: what of the PBX's spelling can be dialled. */
  readonly number: string;
}

export interface Contact {
  readonly id: string;
  /** Of the person, else of the company; empty: nothing but numbers. */
  readonly name: string;
  /** Empty where it is the name. */
  readonly company: string;
  /** Each once; what nobody can dial is left out. */
  readonly numbers: readonly ContactNumber[];
}

const kMostContacts = 100;
const kMostNumbers = 50;

/** From the answer to contacts.search; empty for anything else. */
export function parseContacts(answer: unknown): readonly Contact[] {
  return list(member(answer, 'contacts'), kMostContacts).map((from) => {
    const company = legible(member(from, 'company'));
    const person = fullName(from);
    return {
      id: identifier(member(from, 'id')),
      name: person || company,
      company: person === '' ? '' : company,
      numbers: numbersIn(from),
    };
  });
}

/** First and last name; empty: there is none. */
export function fullName(from: unknown): string {
  const names = [legible(member(from, 'firstName')), legible(member(from, 'lastName'))];
  return names.join(' ').trim();
}

/** Empty for a text of which nothing would be seen. */
export function legible(value: unknown): string {
  const read = text(value).trim();
  return /[^\s\p{Cc}\p{Cf}]/u.test(read) ? read : '';
}

function numbersIn(from: unknown): readonly ContactNumber[] {
  const found = new Map<string, ContactNumber>();
  const add = (value: unknown, told: unknown): void => {
    const parsed = parseNumber(text(value, 64));
    if (!parsed.ok) return;
    const key = numberKey(parsed.digits);
    const kind = kKinds.find((one) => one === told) ?? 'other';
    if (!found.has(key)) found.set(key, { kind, number: parsed.digits });
  };
  for (const one of list(member(from, 'numbers'), kMostNumbers)) {
    add(member(one, 'number'), member(one, 'kind'));
  }
  for (const name of ['internalNumber', 'externalNumber']) add(member(from, name), null);
  return [...found.values()];
}
