// Seats of floating licences, for those whom the agent knows as administrators.

import type { Clock } from '../connection/clock.ts';
import { Section } from './section.ts';
import type { Uci } from './uci.ts';
import type { PbxTime } from './values.ts';
import { amount, identifier, list, member, pbxTime } from './values.ts';

export interface SeatHolder {
  readonly user: string;
  readonly since: PbxTime | null;
  readonly sessions: number;
}

export interface SeatList {
  readonly seats: number;
  readonly taken: number;
  readonly holders: readonly SeatHolder[];
}

const kMostHolders = 20_000;
const kMostNumber = 1e9;

export function parseSeats(value: unknown): SeatList {
  const holders: SeatHolder[] = [];
  for (const one of list(member(value, 'holders'), kMostHolders)) {
    const user = identifier(member(one, 'user'), 256);
    if (user === '') continue;
    const sessions = amount(member(one, 'sessions'), 0, kMostNumber) ?? 0;
    holders.push({ user, since: pbxTime(member(one, 'since')), sessions });
  }
  return {
    seats: amount(member(value, 'seats'), 0, kMostNumber) ?? 0,
    taken: amount(member(value, 'taken'), 0, kMostNumber) ?? holders.length,
    holders,
  };
}

/** `hidden` for everybody who is not an administrator. */
export class Seats extends Section<SeatList> {
  constructor(uci: Uci, clock: Clock) {
    super(uci, clock, parseSeats({}), null);
  }

  /** Signs the user out; the seat is free at once. */
  revoke(user: string): Promise<void> {
    const old = this.part.value;
    const holders = old.holders.filter((one) => one.user !== user);
    const freed = old.holders.length - holders.length;
    return this.part.change({ ...old, holders, taken: Math.max(0, old.taken - freed) }, () =>
      this.uci.agent('license.revoke', { user }),
    );
  }

  protected async load(): Promise<SeatList> {
    return parseSeats(await this.uci.agent('license.list'));
  }
}
