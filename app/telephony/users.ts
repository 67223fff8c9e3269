// The users of the PBX, and the own one.

import type { Clock } from '../connection/clock.ts';
import { fullName, legible } from './contact.ts';
import { parseNumber } from './numbers.ts';
import type { Rest } from './rest.ts';
import { Section } from './section.ts';
import type { Uci } from './uci.ts';
import { identifier, list, member, text } from './values.ts';

const kMostUsers = 10_000;

export interface User {
  /** Empty: the PBX does not say it. */
  readonly name: string;
  /** What the PBX knows the user by, for more questions; empty likewise. */
  readonly id: string;
}

/** By internal number. */
export class Users extends Section<ReadonlyMap<string, User>> {
  private readonly rest: Rest;

  constructor(uci: Uci, clock: Clock, rest: Rest) {
    super(uci, clock, new Map(), null);
    this.rest = rest;
  }

  protected async load(): Promise<ReadonlyMap<string, User>> {
    const users = new Map<string, User>();
    for (const one of list(member(await this.rest.ask('users.list'), 'users'), kMostUsers)) {
      const number = parseNumber(text(member(one, 'number'), 64));
      const name = fullName(one) || legible(member(one, 'display'));
      const id = identifier(member(one, 'accountId'));
      if (number.ok) users.set(number.digits, { name, id });
    }
    return users;
  }
}

/** What the PBX calls the user who is signed in; empty: it does not tell. */
export class OwnName extends Section<string> {
  private readonly rest: Rest;
  /** As in User; it is there when the name is loaded. */
  id = '';

  constructor(uci: Uci, clock: Clock, rest: Rest) {
    super(uci, clock, '', null);
    this.rest = rest;
  }

  override stop(): void {
    this.id = '';
    super.stop();
  }

  protected async load(): Promise<string> {
    const own = await this.rest.ask('users.me');
    this.id = identifier(member(own, 'id'));
    return fullName(own);
  }
}
