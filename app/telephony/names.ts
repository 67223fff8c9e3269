// Names for numbers that the PBX gives without one: colleagues, and contacts of its address book.
// Contacts are looked up one after the other, never all of a long list, and each number once.

import type { Clock } from '../connection/clock.ts';
import type { Readable } from '../connection/store.ts';
import { Store } from '../connection/store.ts';
import type { Party } from './call.ts';
import type { Contact } from './contact.ts';
import { parseContacts } from './contact.ts';
import { isNotOffered, toTelephonyError } from './errors.ts';
import type { NumberRules } from './numbers.ts';
import { numberKey, parseNumber, sameNumber } from './numbers.ts';
import type { Rest } from './rest.ts';
import type { Users } from './users.ts';

/** Of one session. */
const kMostLookUps = 200;
/** Those that wait; who scrolls by quickly does not want the names of all rows. */
const kMostWaiting = 30;
/** The agent lets two requests a second pass, and somebody may be typing at the same time. */
const kPause = 1000;
const kPauseAfterFailure = 30_000;
/** Short numbers are parts of many long ones. */
const kShort = 7;

export class Names {
  private readonly rest: Rest;
  private readonly clock: Clock;
  private readonly rules: NumberRules;
  private readonly users: Users;
  /** By the one spelling of a number; empty: no contact has it. */
  private readonly known = new Map<string, string>();
  private readonly changes = new Store(0);
  private waiting: string[] = [];
  private lookUps = 0;
  private run = 0;
  /** The number that is being looked up. */
  private asking: string | null = null;
  private callOff: (() => void) | null = null;
  /** Changes when numbers may have got names. */
  readonly changed: Readable<number> = this.changes;

  constructor(rest: Rest, clock: Clock, rules: NumberRules, users: Users) {
    this.rest = rest;
    this.clock = clock;
    this.rules = rules;
    this.users = users;
    users.state.subscribe(() => {
      this.tell();
    });
  }

  /** With the name that is known for the number; the object itself if it has one, or none is. */
  named<T extends Party>(one: T): T {
    const name = isNameless(one) ? this.of(one.number) : '';
    return name === '' ? one : { ...one, name };
  }

  /**
   * Looks the number up if it has no name yet: soon, or not at all where there are too many.
   * @param first before all others, for a call that rings.
   */
  want(one: Party, first = false): void {
    const parsed = parseNumber(one.number);
    if (!isNameless(one) || !parsed.ok || !/^\+?\d{3,}$/.test(parsed.digits)) return;
    const key = numberKey(parsed.digits, this.rules);
    const { waiting } = this;
    if (this.of(one.number) !== '' || this.known.has(key)) return;
    if (this.asking === key || waiting.includes(key)) return;
    if (first) waiting.unshift(key);
    else waiting.push(key);
    // The oldest of those that were not urgent.
    if (waiting.length > kMostWaiting) waiting.splice(first ? -1 : 0, 1);
    this.next();
  }

  stop(): void {
    this.run += 1;
    this.callOff?.();
    this.callOff = null;
    this.asking = null;
    this.waiting = [];
    this.known.clear();
    this.lookUps = 0;
  }

  private of(number: string): string {
    const colleague = this.users.state.get().value.get(number)?.name ?? '';
    return colleague || (this.known.get(numberKey(number, this.rules)) ?? '');
  }

  private next(): void {
    if (this.asking !== null || this.callOff !== null || this.lookUps >= kMostLookUps) return;
    if (!this.rest.offers('contacts.search')) this.waiting = [];
    const key = this.waiting.shift();
    if (key === undefined) return;
    this.asking = key;
    this.lookUps += 1;
    void this.lookUp(key, this.run);
  }

  private async lookUp(key: string, run: number): Promise<void> {
    let pause = kPause;
    try {
      const { country } = this.rules;
      const isLong = key.length > kShort;
      // Without the country: so it is a part of each spelling.
      const text = isLong && key.startsWith(country) ? key.slice(country.length) : key;
      const answer = await this.rest.ask('contacts.search', { text, size: isLong ? 20 : 100 });
      if (run !== this.run) return;
      this.known.set(key, this.nameIn(parseContacts(answer), key));
      this.tell();
    } catch (thrown) {
      if (run !== this.run) return;
      // It is looked up again when it is wanted again.
      if (!isNotOffered(toTelephonyError(thrown))) pause = kPauseAfterFailure;
    }
    this.asking = null;
    this.callOff = this.clock.after(pause, () => {
      this.callOff = null;
      this.next();
    });
  }

  /** A number that several have is their company's; whose else it is, nobody knows. */
  private nameIn(contacts: readonly Contact[], key: string): string {
    const all = contacts.filter((one) =>
      one.numbers.some(({ number }) => numberKey(number, this.rules) === key),
    );
    const shared = (names: readonly string[]): string =>
      (new Set(names).size === 1 ? names[0] : '') ?? '';
    return shared(all.map((one) => one.name)) || shared(all.map((one) => one.company || one.name));
  }

  private tell(): void {
    this.changes.set(this.changes.get() + 1);
  }
}

/** Some PBXs write the number in the place of the name. */
function isNameless({ name, number }: Party): boolean {
  // Journals hold thousands of entries, nearly all with a name: those are told apart at once.
  return number !== '' && (name === '' || (/^\W*\d/.test(name) && sameNumber(name, number)));
}
