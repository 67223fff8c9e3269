// Seats of floating licences, for those whom the agent knows as administrators.

import type { Clock } from '../connection/clock.ts';
import type { Readable } from '../connection/store.ts';
import { Part } from './part.ts';
import type { PartState } from './part.ts';
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
export class Seats {
  private readonly uci: Uci;
  private readonly part: Part<SeatList>;
  readonly state: Readable<PartState<SeatList>>;

  constructor(uci: Uci, clock: Clock) {
    this.uci = uci;
    this.part = new Part(
      clock,
      parseSeats({}),
      () => true,
      async () => parseSeats(await uci.agent('license.list')),
    );
    this.state = this.part.state;
  }

  read(): Promise<void> {
    return this.part.read();
  }

  stop(): void {
    this.part.stop();
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
}
