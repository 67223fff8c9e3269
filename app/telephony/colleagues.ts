// Colleagues on busy lamp keys. No event of theirs is known for sure: a key's own state and events
// are taken where they come; else the keys that are on the screen are asked in turn.

import type { Clock } from '../connection/clock.ts';
import { patched } from '../connection/store.ts';
import type { Colleague } from './function-key.ts';
import { lampInKey, lampOfCall, parseColleagues } from './function-key.ts';
import { Section } from './section.ts';
import type { Uci } from './uci.ts';
import { identifier, member } from './values.ts';

export interface PollingPace {
  /** Between two rounds. */
  readonly intervalMs: number;
  /** Keys asked in one round: the PBX is shared by everybody. */
  readonly keysARound: number;
}

export const defaultPace: PollingPace = { intervalMs: 10_000, keysARound: 12 };

export class Colleagues extends Section<readonly Colleague[]> {
  private readonly clock: Clock;
  private readonly pace: PollingPace;
  /** Each view's keys; what several views show is asked once. */
  private readonly watches = new Set<readonly string[]>();
  private place = 0;
  private callOff: (() => void) | null = null;
  private asking = false;
  /** The PBX sends events for keys, so nothing needs to be asked. */
  private eventful = false;

  constructor(uci: Uci, clock: Clock, pace: PollingPace = defaultPace) {
    super(uci, clock, [], 'functionKey.getFunctionKeys');
    this.clock = clock;
    this.pace = pace;
  }

  override async read(): Promise<void> {
    await super.read();
    this.round();
  }

  override stop(): void {
    this.callOff?.();
    this.callOff = null;
    this.eventful = false;
    super.stop();
  }

  /** Keeps the lamps of these keys up to date, until the function that is returned is called. */
  watch(ids: readonly string[]): () => void {
    const own = [...ids];
    this.watches.add(own);
    this.round();
    return () => {
      this.watches.delete(own);
    };
  }

  /** An event of the service functionKey: its form is not published. */
  event(value: unknown): void {
    const id = identifier(member(value, 'id')) || identifier(member(value, 'functionKeyId'));
    const lamp = lampInKey(value);
    if (lamp === null || !this.part.value.some((one) => one.id === id)) {
      this.part.readSoon();
      return;
    }
    this.eventful = true;
    this.show(id, { lamp, peer: '' });
  }

  protected async load(): Promise<readonly Colleague[]> {
    const read = parseColleagues(await this.uci.read('functionKey.getFunctionKeys'));
    const known = new Map(this.part.value.map((one) => [one.id, one]));
    return read.map((one) => {
      const old = known.get(one.id);
      const keep = one.lamp === 'unknown' && old !== undefined;
      return keep ? { ...one, lamp: old.lamp, peer: old.peer } : one;
    });
  }

  /** Asks the next keys, then again after a pause, while somebody watches. */
  private round(): void {
    if (this.asking || this.callOff !== null || this.watches.size === 0) return;
    if (this.eventful || !this.uci.offers('functionKey.getCallInfoForKey')) return;
    const keys = this.nextKeys();
    if (keys.length === 0) return;
    this.asking = true;
    void Promise.all(keys.map((id) => this.ask(id))).then(() => {
      this.asking = false;
      if (this.watches.size === 0) return;
      this.callOff = this.clock.after(this.pace.intervalMs, () => {
        this.callOff = null;
        this.round();
      });
    });
  }

  private nextKeys(): readonly string[] {
    const wanted = new Set([...this.watches].flat());
    const ids = this.part.value.map((one) => one.id).filter((id) => wanted.has(id));
    const count = Math.min(ids.length, this.pace.keysARound);
    const start = ids.length === 0 ? 0 : this.place % ids.length;
    this.place = start + count;
    return [...ids, ...ids].slice(start, start + count);
  }

  private async ask(id: string): Promise<void> {
    try {
      const info = await this.uci.read('functionKey.getCallInfoForKey', [id]);
      this.show(id, lampOfCall(info));
    } catch {
      // Not known is better than what was; the next round asks again, unless it is not offered.
      this.show(id, { lamp: 'unknown', peer: '' });
    }
  }

  private show(id: string, seen: Pick<Colleague, 'lamp' | 'peer'>): void {
    const old = this.part.value;
    const next = old.map((one) => (one.id === id ? patched<Colleague>(one, seen) : one));
    if (next.some((one, at) => one !== old[at])) this.part.set(next);
  }
}
