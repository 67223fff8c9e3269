// Placing calls: each exactly once. The identifier is ours and goes with the request, so a resend
// names the same call, and the PBX can be asked whether it has it. What is not certain is never
// sent again by itself; the user decides.

import type { Readable } from '../connection/store.ts';
import { patched, Store } from '../connection/store.ts';
import { codes, isUncertain, TelephonyError, toTelephonyError } from './errors.ts';
import type { Calls } from './calls.ts';
import { dialable } from './numbers.ts';
import type { NumberRules } from './numbers.ts';
import type { Uci } from './uci.ts';
import { identifier, list, member, text } from './values.ts';

export type DialStatus = 'requesting' | 'placed' | 'failed' | 'uncertain';

export interface DialAttempt {
  /** The call's id, too, when it is placed. */
  readonly id: string;
  readonly number: string;
  /** Null: the PBX chooses the user's phone. */
  readonly phoneId: string | null;
  readonly status: DialStatus;
  readonly error: TelephonyError | null;
}

/** Outlives a reload of the page (sessionStorage, say): attempts that were not answered yet. */
export interface DialMemory {
  load(): unknown;
  save(attempts: readonly RememberedDial[]): void;
}

export interface RememberedDial {
  readonly id: string;
  readonly number: string;
  readonly phoneId: string | null;
}

export interface DialOptions {
  readonly phoneId?: string | null;
  /** For a call whose id was chosen before. */
  readonly id?: string;
}

const kMostAttempts = 20;
const kNoMemory: DialMemory = { load: () => [], save: () => undefined };

export class Dialler {
  private readonly uci: Uci;
  private readonly calls: Calls;
  private readonly rules: NumberRules;
  private readonly newId: () => string;
  private readonly memory: DialMemory;
  private readonly store = new Store<readonly DialAttempt[]>([]);
  private epoch = 0;
  private readonly underWay = new Map<string, Promise<DialAttempt>>();

  /** The newest last. */
  readonly attempts: Readable<readonly DialAttempt[]> = this.store;

  constructor(
    uci: Uci,
    calls: Calls,
    rules: NumberRules,
    newId: () => string,
    memory: DialMemory = kNoMemory,
  ) {
    this.uci = uci;
    this.calls = calls;
    this.rules = rules;
    this.newId = newId;
    this.memory = memory;
    // An attempt given up as uncertain, of which the PBX tells after all.
    calls.list.subscribe(() => {
      for (const one of this.store.get()) {
        if (one.status === 'uncertain' && calls.table.seen(one.id)) {
          this.put({ ...one, status: 'placed', error: null });
        }
      }
    });
  }

  /**
   * Places a call. Pressed twice, it is one call. Rejects when the number cannot be dialled; how
   * the attempt ended is in the result, and in `attempts`.
   */
  async dial(input: string, options: DialOptions = {}): Promise<DialAttempt> {
    const number = dialable(input, this.rules);
    return this.place(number, options, (id, phoneId) => this.send(id, number, phoneId));
  }

  /** Calls back; by the PBX's own request, so that it marks the entry. */
  async callBack(entryId: string, input: string, options: DialOptions = {}): Promise<DialAttempt> {
    if (!this.uci.offers('callList.placeCallbackCallWithPhone')) return this.dial(input, options);
    // Numbers of the PBX's own list are not rewritten.
    return this.place(input, options, (id, phoneId) =>
      this.uci.command('callList.placeCallbackCallWithPhone', [entryId, phoneId, id]),
    );
  }

  /** Sends an uncertain attempt once more under the same id, unless the PBX has the call. */
  async retry(id: string): Promise<DialAttempt> {
    const attempt = this.find(id);
    if (attempt === undefined) throw new TelephonyError(codes.gone, 'no such attempt');
    if (attempt.status !== 'uncertain') return this.underWay.get(id) ?? attempt;
    return this.run({ ...attempt, status: 'requesting', error: null }, async () => {
      if (await this.isThere(id)) return id;
      return this.send(id, attempt.number, attempt.phoneId);
    });
  }

  /** Forgets an attempt that has ended. */
  dismiss(id: string): void {
    const attempt = this.find(id);
    if (attempt === undefined || attempt.status === 'requesting') return;
    this.store.set(this.store.get().filter((one) => one.id !== id));
    this.remember();
  }

  /** After a reload: finds out what became of attempts that the page before did not see answered. */
  async restore(): Promise<void> {
    const restored: Promise<DialAttempt>[] = [];
    for (const one of list(this.memory.load(), kMostAttempts)) {
      const id = identifier(member(one, 'id'));
      const number = text(member(one, 'number'), 64);
      const phoneId = identifier(member(one, 'phoneId')) || null;
      if (id === '' || number === '' || this.find(id) !== undefined) continue;
      const attempt: DialAttempt = { id, number, phoneId, status: 'requesting', error: null };
      restored.push(
        this.run(attempt, async () => {
          if (await this.isThere(id)) return id;
          throw new TelephonyError(codes.uncertain, 'the page was left before the PBX answered');
        }),
      );
    }
    await Promise.all(restored);
  }

  stop(): void {
    this.epoch += 1;
    this.underWay.clear();
    this.store.set([]);
  }

  private send(id: string, number: string, phoneId: string | null): Promise<unknown> {
    return this.uci.command('call.placeCallWithPhone', [number, phoneId, id]);
  }

  private place(
    number: string,
    options: DialOptions,
    send: (id: string, phoneId: string | null) => Promise<unknown>,
  ): Promise<DialAttempt> {
    const id = options.id ?? this.newId();
    const phoneId = options.phoneId ?? null;
    for (const one of this.store.get()) {
      const same = one.id === id || (one.number === number && one.status === 'requesting');
      const answer = this.underWay.get(one.id);
      if (same && answer !== undefined) return answer;
      if (one.id === id) return Promise.resolve(one);
    }
    const attempt: DialAttempt = { id, number, phoneId, status: 'requesting', error: null };
    return this.run(attempt, () => send(id, phoneId));
  }

  private run(attempt: DialAttempt, work: () => Promise<unknown>): Promise<DialAttempt> {
    const { id } = attempt;
    this.put(attempt);
    this.calls.table.expect(id, attempt.number, attempt.phoneId ?? '');
    const answer = this.finish(attempt, work).finally(() => {
      if (this.underWay.get(id) === answer) this.underWay.delete(id);
    });
    this.underWay.set(id, answer);
    return answer;
  }

  private async finish(attempt: DialAttempt, work: () => Promise<unknown>): Promise<DialAttempt> {
    const { epoch } = this;
    const ended = await this.outcome(attempt, work);
    // After a stop the attempt is somebody else's.
    return epoch === this.epoch ? this.put(ended) : ended;
  }

  private async outcome(attempt: DialAttempt, work: () => Promise<unknown>): Promise<DialAttempt> {
    const { id } = attempt;
    const { table } = this.calls;
    const { epoch } = this;
    try {
      const given = identifier(await work());
      // Another id than ours, or none because that id is in use: then it is this call.
      if (given === '' && !(await this.isThere(id))) {
        throw new TelephonyError(codes.refused, 'the PBX has refused the call');
      }
      if (epoch === this.epoch) this.settle(attempt, given === '' ? id : given);
      return { ...attempt, status: 'placed' };
    } catch (thrown) {
      const error = toTelephonyError(thrown);
      const uncertain = isUncertain(error);
      const there = await this.isThere(id, uncertain);
      table.settle(id, there);
      if (there) return { ...attempt, status: 'placed' };
      return { ...attempt, status: uncertain ? 'uncertain' : 'failed', error };
    }
  }

  private settle(attempt: DialAttempt, given: string): void {
    const { table } = this.calls;
    if (given !== attempt.id) {
      table.settle(attempt.id, false);
      if (!table.seen(given)) table.expect(given, attempt.number, attempt.phoneId ?? '');
    }
    table.settle(given, true);
  }

  /** Whether the PBX has told of the call, or tells of it now. */
  private async isThere(id: string, ask = true): Promise<boolean> {
    const { table } = this.calls;
    if (table.seen(id) || !ask) return table.seen(id);
    const { epoch } = this;
    const { report, asked } = await this.calls.readState(id);
    if (report !== null && epoch === this.epoch) table.apply(report, asked);
    return table.seen(id);
  }

  private find(id: string): DialAttempt | undefined {
    return this.store.get().find((one) => one.id === id);
  }

  private put(attempt: DialAttempt): DialAttempt {
    const old = this.store.get();
    const known = old.some((one) => one.id === attempt.id);
    const all = known
      ? old.map((one) => (one.id === attempt.id ? patched(one, attempt) : one))
      : [...old, attempt];
    this.store.set(all.slice(-kMostAttempts));
    this.remember();
    return attempt;
  }

  private remember(): void {
    const open = this.store
      .get()
      .filter((one) => one.status === 'requesting' || one.status === 'uncertain')
      .map(({ id, number, phoneId }) => ({ id, number, phoneId }));
    this.memory.save(open);
  }
}
