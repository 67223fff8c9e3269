// The running calls: kept by events, read again after a gap, and what a user does with them.

import type { Clock } from '../connection/clock.ts';
import type { Readable } from '../connection/store.ts';
import { patched, Store } from '../connection/store.ts';
import type { Call, CallCommand, Phase } from './call.ts';
import { isHeld, isTalking, parseCallIds, parseReport, peer } from './call.ts';
import { CallTable } from './call-table.ts';
import { codes, isNotOffered, TelephonyError, toTelephonyError } from './errors.ts';
import type { Method } from './methods.ts';
import type { Names } from './names.ts';
import { dialable } from './numbers.ts';
import type { NumberRules } from './numbers.ts';
import { Refresher } from './refresher.ts';
import type { Uci } from './uci.ts';

const kMostIds = 200;
const kFirstRetry = 2000;
const kLongestRetry = 30_000;

export interface CallsStatus {
  /** Events may be missing since the last reading: show the calls, but say so. */
  readonly stale: boolean;
  /** Why the last reading failed; it is tried again. */
  readonly error: TelephonyError | null;
}

export type CallAction = 'hangUp' | 'reject' | 'hold' | 'unhold' | 'transfer' | 'conference';

export class Calls {
  private readonly uci: Uci;
  private readonly clock: Clock;
  private readonly rules: NumberRules;
  private readonly state = new Store<CallsStatus>({ stale: true, error: null });
  private readonly refresher: Refresher;
  private retryDelay = kFirstRetry;
  private callOffRetry: (() => void) | null = null;
  private gaps = 0;
  private run = 0;

  readonly table: CallTable;
  /** With the names that are known for their numbers. */
  readonly list: Readable<readonly Call[]>;
  /** Our clock, each second while somebody talks: for `duration(call, now)`. */
  readonly now: Readable<number>;
  readonly status: Readable<CallsStatus> = this.state;

  constructor(uci: Uci, clock: Clock, rules: NumberRules, names: Names | null = null) {
    this.uci = uci;
    this.clock = clock;
    this.rules = rules;
    this.table = new CallTable(clock);
    this.list = names === null ? this.table.list : withNames(this.table.list, names);
    this.now = this.table.now;
    this.refresher = new Refresher(clock, () => this.readOnce());
  }

  /** An event of the service `call`, or of those for conferences and callbacks. */
  event(name: string, value: unknown): void {
    const report = name === 'receiveCallState' ? parseReport(value) : null;
    if (report !== null) this.table.event(report);
    // A call has another id, a conference has changed: nobody publishes what is inside.
    else this.refresher.soon();
  }

  /** Events are lost from now on, until `read` has succeeded. */
  lost(): void {
    this.gaps += 1;
    this.state.patch({ stale: true });
  }

  /** Reads all calls again. Never rejects: see `status`. */
  read(): Promise<void> {
    this.callOffRetry?.();
    this.callOffRetry = null;
    return this.refresher.now();
  }

  stop(): void {
    this.run += 1;
    this.refresher.stop();
    this.callOffRetry?.();
    this.callOffRetry = null;
    this.table.clear();
    this.state.set({ stale: true, error: null });
  }

  /** What can be done with a call now. */
  actions(call: Call): readonly CallAction[] {
    const can = (method: Method): boolean => this.uci.offers(method);
    const talks = isTalking(call.phase);
    const actions: CallAction[] = [];
    if (can('call.hangupCall')) actions.push(call.phase === 'ringing' ? 'reject' : 'hangUp');
    if (can('call.hold') && talks) actions.push(isHeld(call) ? 'unhold' : 'hold');
    if (can('call.forward') && (talks || call.phase === 'ringing')) actions.push('transfer');
    const others = this.list.get().filter((one) => one.id !== call.id && isTalking(one.phase));
    if (can('call.conference') && talks && others.length > 0) actions.push('conference');
    return actions;
  }

  /** Ends a call, or rejects one that rings. */
  hangUp(id: string): Promise<void> {
    return this.command(id, 'hangUp', async () => {
      try {
        await this.uci.order('call.hangupCall', [id]);
      } catch (thrown) {
        // "No" is what the PBX says of a call that has ended in the meantime, too.
        if (toTelephonyError(thrown).code !== codes.refused || this.table.get(id)) throw thrown;
      }
    });
  }

  /** UCI has one request for both ways; the PBX is asked only when it would change something. */
  hold(id: string, on: boolean): Promise<void> {
    const call = this.table.get(id);
    if (call !== undefined && isHeld(call) === on) return Promise.resolve();
    return this.command(id, 'hold', async () => {
      await this.uci.order('call.hold', [id]);
      this.table.patch(id, { held: on });
    });
  }

  /** Blind: the other end is connected with the number, and the call ends here. */
  transfer(id: string, input: string): Promise<void> {
    return this.command(id, 'transfer', async () => {
      await this.uci.order('call.forward', [id, dialable(input, this.rules)]);
    });
  }

  /** Joins calls. The phone is the own one, null for the PBX's choice. */
  conference(ids: readonly [string, ...string[]], phoneId: string | null = null): Promise<void> {
    return this.command(ids[0], 'conference', async () => {
      await this.uci.order('call.conference', [ids, phoneId]);
    });
  }

  private async command(id: string, kind: CallCommand, work: () => Promise<void>): Promise<void> {
    const call = this.table.get(id);
    if (call === undefined) throw new TelephonyError(codes.gone, 'the call has ended');
    if (call.busy !== null) {
      throw new TelephonyError(codes.busy, 'another command for this call is under way');
    }
    const { run } = this;
    this.table.patch(id, { busy: kind });
    try {
      await work();
    } catch (thrown) {
      const error = toTelephonyError(thrown);
      // Whatever went wrong, what is shown may be wrong.
      const asked = error.code !== codes.notOffered && error.code !== codes.badNumber;
      if (asked && run === this.run) this.refresher.soon();
      throw error;
    } finally {
      this.table.patch(id, { busy: null });
    }
  }

  private async readOnce(): Promise<void> {
    const { gaps, run } = this;
    try {
      const complete = await this.readAll();
      if (run !== this.run) return;
      this.retryDelay = kFirstRetry;
      if (complete && gaps === this.gaps) this.state.set({ stale: false, error: null });
      else this.state.patch({ error: null });
      if (!complete) this.retry();
    } catch (thrown) {
      if (run !== this.run) return;
      const error = toTelephonyError(thrown);
      this.state.patch({ error });
      if (!isNotOffered(error) && error.code !== 'session.not-signed-in') this.retry();
    }
  }

  /** @returns whether each call's state was answered. */
  private async readAll(): Promise<boolean> {
    const { run } = this;
    const asked = this.table.mark();
    const ids = parseCallIds(await this.uci.read('call.getCallIds'), kMostIds);
    const answers = await Promise.all(ids.map((id) => this.readState(id)));
    if (run !== this.run) return true;
    this.table.batch(() => {
      for (const answer of answers) {
        if (answer.failed) continue;
        if (answer.report === null) this.table.endUnlessNewer(answer.id, answer.asked);
        else this.table.apply(answer.report, answer.asked);
      }
      this.table.endOthers(ids, asked);
    });
    return answers.every((answer) => !answer.failed);
  }

  /** The report is null when the PBX does not know the call any more. */
  async readState(id: string) {
    const asked = this.table.mark();
    try {
      const report = parseReport(await this.uci.read('call.getCallState', [id]));
      return { id, asked, failed: false, report: report?.id === id ? report : null };
    } catch {
      return { id, asked, failed: true, report: null };
    }
  }

  private retry(): void {
    this.callOffRetry?.();
    this.callOffRetry = this.clock.after(this.retryDelay, () => {
      this.callOffRetry = null;
      void this.refresher.now();
    });
    this.retryDelay = Math.min(this.retryDelay * 2, kLongestRetry);
  }
}

const kNameComes: ReadonlySet<Phase> = new Set<Phase>(['starting', 'dialling']);

function withNames(list: Readable<readonly Call[]>, names: Names): Readable<readonly Call[]> {
  const shown = new Store(list.get());
  const show = (): void => {
    const all = list.get();
    const named = all.map((call) => {
      // While it is being placed the PBX has yet to say whose number that is.
      if (!kNameComes.has(call.phase)) names.want(peer(call), true);
      return patched<Call>(call, {
        caller: names.named(call.caller),
        called: names.named(call.called),
        forwarder: names.named(call.forwarder),
      });
    });
    shown.set(named.some((call, at) => call !== all[at]) ? named : all);
  };
  list.subscribe(show);
  names.changed.subscribe(show);
  return shown;
}
