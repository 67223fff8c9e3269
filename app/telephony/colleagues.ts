// Colleagues on busy lamp keys. No event of theirs is known for sure: a key's own state and events
// are taken where they come; else the keys that are on the screen are asked in turn.

import type { Clock } from '../connection/clock.ts';
import { patched } from '../connection/store.ts';
import type { Colleague, Lamp } from './function-key.ts';
import { lampInKey, lampOfCall, parseColleagues } from './function-key.ts';
import { Section } from './section.ts';
import type { Uci } from './uci.ts';
import { identifier, member } from './values.ts';

export interface PollingPace {
  /** Between two rounds. */
  readonly intervalMs: number;
  /** The same while a key is on the screen that was never asked. */
  readonly firstMs: number;
  /** Keys asked in one round: the PBX is shared by everybody. */
  readonly keysARound: number;
}

export const defaultPace: PollingPace = { intervalMs: 10_000, firstMs: 500, keysARound: 12 };

export class Colleagues extends Section<readonly Colleague[]> {
  private readonly clock: Clock;
  private readonly pace: PollingPace;
  /** Each view's keys; what several views show is asked once. */
  private readonly watches = new Set<readonly string[]>();
  /** Keys whose state was asked for at least once. */
  private readonly known = new Set<string>();
  private place = 0;
  private callOff: (() => void) | null = null;
  private asking = false;
  /** The pause under way is a short one. */
  private isHurrying = false;
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
    this.cancelPause();
    this.eventful = false;
    this.known.clear();
    super.stop();
  }

  /** Keeps the lamps of these keys up to date, until the function that is returned is called. */
  watch(ids: readonly string[]): () => void {
    const own = [...ids];
    this.watches.add(own);
    if (this.newKeys().length > 0 && !this.isHurrying) this.cancelPause();
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
    this.show(id, { lamp, told: lamp, peer: '' });
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
      this.isHurrying = this.newKeys().length > 0;
      const pause = this.isHurrying ? this.pace.firstMs : this.pace.intervalMs;
      this.callOff = this.clock.after(pause, () => {
        this.callOff = null;
        this.round();
      });
    });
  }

  private cancelPause(): void {
    this.callOff?.();
    this.callOff = null;
  }

  private watchedKeys(): readonly string[] {
    const wanted = new Set([...this.watches].flat());
    return this.part.value.map((one) => one.id).filter((id) => wanted.has(id));
  }

  private newKeys(): readonly string[] {
    return this.watchedKeys().filter((id) => !this.known.has(id));
  }

  /** Those that were never asked, else the others in turn. */
  private nextKeys(): readonly string[] {
    const first = this.newKeys().slice(0, this.pace.keysARound);
    if (first.length > 0) return first;
    const ids = this.watchedKeys();
    const count = Math.min(ids.length, this.pace.keysARound);
    const start = ids.length === 0 ? 0 : this.place % ids.length;
    this.place = start + count;
    return [...ids, ...ids].slice(start, start + count);
  }

  private async ask(id: string): Promise<void> {
    this.known.add(id);
    try {
      const info = await this.uci.read('functionKey.getCallInfoForKey', [id]);
      const seen = lampOfCall(info);
      // No call says nothing about do not disturb, or about a phone that is not there.
      const lamp = seen.lamp === 'available' ? this.restingLamp(id) : seen.lamp;
      this.show(id, { ...seen, lamp });
    } catch {
      // Not known is better than what was; the next round asks again, unless it is not offered.
      this.show(id, { lamp: 'unknown', peer: '' });
    }
  }

  private restingLamp(id: string): Lamp {
    const told = this.part.value.find((one) => one.id === id)?.told ?? null;
    return told === 'do-not-disturb' || told === 'offline' ? told : 'available';
  }

  private show(id: string, seen: Partial<Pick<Colleague, 'lamp' | 'told' | 'peer'>>): void {
    const old = this.part.value;
    const next = old.map((one) => (one.id === id ? patched<Colleague>(one, seen) : one));
    if (next.some((one, at) => one !== old[at])) this.part.set(next);
  }
}
