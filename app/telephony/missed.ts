// How many calls were missed since the user last looked.

import type { Clock } from '../connection/clock.ts';
import type { Readable } from '../connection/store.ts';
import { journalQuery, parsePage } from './journal-entry.ts';
import type { JournalEntry } from './journal-entry.ts';
import { Part } from './part.ts';
import type { PartState } from './part.ts';
import type { Uci } from './uci.ts';
import { amount, member, texts } from './values.ts';

const kMost = 50;

/** Up to where the user has looked; moments of the PBX, so no clock of ours is compared. */
export interface SeenMark {
  readonly ms: number;
  /** The entries of that very second that were seen. */
  readonly ids: readonly string[];
}

/** Outlives the page. */
export interface SeenMemory {
  load(): unknown;
  save(mark: SeenMark): void;
}

export interface Missed {
  readonly count: number;
  /** There are at least so many, perhaps more. */
  readonly more: boolean;
}

const kNone: Missed = { count: 0, more: false };

export class MissedCalls {
  private readonly memory: SeenMemory;
  private readonly part: Part<Missed>;
  private run = 0;
  private mark: SeenMark | null = null;
  private newest: readonly JournalEntry[] = [];
  readonly state: Readable<PartState<Missed>>;

  constructor(uci: Uci, clock: Clock, memory: SeenMemory) {
    this.memory = memory;
    this.part = new Part(
      clock,
      kNone,
      () => uci.offers('callList.getCallList'),
      async () => {
        const { run } = this;
        const query = journalQuery('missed', 0, kMost);
        const { entries } = parsePage(await uci.read('callList.getCallList', query), kMost);
        if (run !== this.run) return kNone;
        this.newest = entries;
        this.mark ??= parseMark(this.memory.load());
        // Whoever comes for the first time has missed nothing here.
        if (this.mark === null) this.moveMark();
        return this.count();
      },
    );
    this.state = this.part.state;
  }

  read(): Promise<void> {
    return this.part.read();
  }

  readSoon(): void {
    this.part.readSoon();
  }

  stop(): void {
    this.part.stop();
    this.run += 1;
    this.mark = null;
    this.newest = [];
  }

  /** The user has looked at the list of missed calls. */
  markSeen(): void {
    this.moveMark();
    this.part.set(kNone);
  }

  private moveMark(): void {
    const ms = Math.max(this.mark?.ms ?? 0, ...this.newest.map((one) => one.start?.ms ?? 0));
    const ids = this.newest.filter((one) => one.start?.ms === ms).map((one) => one.id);
    this.mark = { ms, ids };
    this.memory.save(this.mark);
  }

  private count(): Missed {
    const { mark } = this;
    if (mark === null) return kNone;
    const fresh = this.newest.filter(
      ({ start, id, calledBack }) =>
        !calledBack &&
        start !== null &&
        (start.ms > mark.ms || (start.ms === mark.ms && !mark.ids.includes(id))),
    );
    return { count: fresh.length, more: fresh.length === kMost };
  }
}

function parseMark(value: unknown): SeenMark | null {
  const ms = amount(member(value, 'ms'), 0, 8.64e15);
  return ms === null ? null : { ms, ids: texts(member(value, 'ids'), kMost, 128) };
}
