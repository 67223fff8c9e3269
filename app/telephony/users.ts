// The users of the PBX, and the own one.

import type { Clock } from '../connection/clock.ts';
import { fullName, legible } from './contact.ts';
import { parseNumber } from './numbers.ts';
import type { Rest } from './rest.ts';
import { Section } from './section.ts';
import type { Uci } from './uci.ts';
import { list, member, text } from './values.ts';

const kMostUsers = 10_000;

/** Names by internal number. */
export class Users extends Section<ReadonlyMap<string, string>> {
  private readonly rest: Rest;

  constructor(uci: Uci, clock: Clock, rest: Rest) {
    super(uci, clock, new Map(), null);
    this.rest = rest;
  }

  protected async load(): Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>();
    for (const one of list(member(await this.rest.ask('users.list'), 'users'), kMostUsers)) {
      const number = parseNumber(text(member(one, 'number'), 64));
      const name = fullName(one) || legible(member(one, 'display'));
      if (number.ok && name !== '') names.set(number.digits, name);
    }
    return names;
  }
}

/** What the PBX calls the user who is signed in; empty: it does not tell. */
export class OwnName extends Section<string> {
  private readonly rest: Rest;

  constructor(uci: Uci, clock: Clock, rest: Rest) {
    super(uci, clock, '', null);
    this.rest = rest;
  }

  protected async load(): Promise<string> {
    return fullName(await this.rest.ask('users.me'));
  }
}
