// The calls that are known, by id: fed by reports, published as a list. Makes no requests.

import type { Clock } from '../connection/clock.ts';
import type { Readable } from '../connection/store.ts';
import { patched, Store, tell } from '../connection/store.ts';
import type { Call, CallReport } from './call.ts';
import type { Known } from './call-merge.ts';
import { merge, newCall } from './call-merge.ts';

const kMostCalls = 200;
const kMostEnded = 512;
const kSecond = 1000;

interface Entry extends Known {
  /** The number of the last event of this call; a report that was asked for before is older. */
  readonly touched: number;
  /** How often the PBX has told of it. */
  readonly reports: number;
  /** Being placed by us: the PBX need not know it yet. */
  readonly pending: boolean;
}

export class CallTable {
  private readonly clock: Clock;
  private readonly entries = new Map<string, Entry>();
  /** Ids of calls that are over, the oldest first. They do not come back. */
  private readonly ended = new Set<string>();
  private readonly endListeners = new Set<(call: Call) => void>();
  private readonly calls = new Store<readonly Call[]>([]);
  private readonly time: Store<number>;
  private events = 0;
  private batches = 0;
  private changed = false;
  private stopTicking: (() => void) | null = null;

  /** In the order in which they became known. */
  readonly list: Readable<readonly Call[]> = this.calls;
  /** Our clock, each second while somebody talks. */
  readonly now: Readable<number>;

  constructor(clock: Clock) {
    this.clock = clock;
    this.time = new Store(clock.now());
    this.now = this.time;
  }

  get(id: string): Call | undefined {
    return this.entries.get(id)?.call;
  }

  /** Whether the PBX has ever reported that call, be it over or not. */
  seen(id: string): boolean {
    return this.ended.has(id) || (this.entries.get(id)?.reports ?? 0) > 0;
  }

  /** What `apply` and `endOthers` compare with: a report that is asked for from now on. */
  mark(): number {
    return this.events;
  }

  /** An event of the PBX. */
  event(report: CallReport): void {
    this.events += 1;
    this.take(report, true, this.events);
  }

  /** What the PBX answered to a question that was asked at `asked`. Events since then are newer. */
  apply(report: CallReport, asked: number): void {
    const touched = this.entries.get(report.id)?.touched ?? 0;
    this.take(report, touched <= asked, touched);
  }

  /** Ends what the PBX did not name in a list that was asked for at `asked`. */
  endOthers(ids: readonly string[], asked: number): void {
    const named = new Set(ids);
    for (const [id, entry] of [...this.entries]) {
      if (!named.has(id) && !entry.pending && entry.touched <= asked) this.end(id);
    }
  }

  /** The PBX does not know the call, asked at `asked`. */
  endUnlessNewer(id: string, asked: number): void {
    const entry = this.entries.get(id);
    if (entry !== undefined && !entry.pending && entry.touched <= asked) this.end(id);
  }

  /** A call that is being placed, shown before the PBX says anything of it. */
  expect(id: string, number: string, phoneId: string): void {
    const old = this.entries.get(id);
    const call = old?.call ?? {
      ...newCall(id),
      phase: 'dialling' as const,
      direction: 'outgoing' as const,
      called: { number, name: '' },
      phoneId,
    };
    const { reported, touched, reports } = old ?? { reported: null, touched: 0, reports: 0 };
    this.entries.set(id, { call, reported, touched, reports, pending: true });
    this.publish();
  }

  /** The PBX has taken it, or said no: from now on it counts like any other call. */
  settle(id: string, placed: boolean): void {
    const entry = this.entries.get(id);
    if (entry === undefined) return;
    this.entries.set(id, { ...entry, pending: false });
    if (!placed && entry.reports === 0) this.entries.delete(id);
    this.publish();
  }

  /** Changes what is ours in a call (busy, held). */
  patch(id: string, changes: Partial<Pick<Call, 'busy' | 'held'>>): void {
    const entry = this.entries.get(id);
    if (entry === undefined) return;
    const call = patched<Call>(entry.call, changes);
    if (call === entry.call) return;
    this.entries.set(id, { ...entry, call });
    this.publish();
  }

  /** Publishes once what `change` does, so that nothing flickers. */
  batch(change: () => void): void {
    this.batches += 1;
    try {
      change();
    } finally {
      this.batches -= 1;
      if (this.batches === 0 && this.changed) this.publish();
    }
  }

  onEnded(listener: (call: Call) => void): () => void {
    const own = (call: Call): void => {
      listener(call);
    };
    this.endListeners.add(own);
    return () => this.endListeners.delete(own);
  }

  clear(): void {
    this.entries.clear();
    this.ended.clear();
    this.publish();
  }

  private take(report: CallReport, stateCounts: boolean, touched: number): void {
    const { id } = report;
    if (this.ended.has(id)) return;
    let entry = this.entries.get(id);
    if (entry === undefined) {
      if (report.state === 'HANGUP') {
        this.remember(id);
        return;
      }
      if (this.entries.size >= kMostCalls) return;
      entry = { call: newCall(id), reported: null, touched: 0, reports: 0, pending: false };
    }
    const known = merge(entry, report, this.clock.now(), stateCounts);
    const same = known.call === entry.call && this.entries.has(id);
    this.entries.set(id, { ...entry, ...known, touched, reports: entry.reports + 1 });
    if (known.call.phase === 'ended') this.end(id);
    else if (!same) this.publish();
  }

  private end(id: string): void {
    const entry = this.entries.get(id);
    if (entry === undefined) return;
    this.entries.delete(id);
    this.remember(id);
    this.publish();
    const call: Call = { ...entry.call, phase: 'ended', busy: null };
    for (const listener of [...this.endListeners]) tell(listener, call);
  }

  private remember(id: string): void {
    this.ended.add(id);
    if (this.ended.size <= kMostEnded) return;
    for (const oldest of this.ended) {
      this.ended.delete(oldest);
      break;
    }
  }

  private publish(): void {
    this.changed = true;
    if (this.batches > 0) return;
    this.changed = false;
    this.calls.set([...this.entries.values()].map((entry) => entry.call));
    this.tick();
  }

  private tick(): void {
    const talking = this.calls.get().some((call) => call.connectedAt !== null);
    if (!talking) {
      this.stopTicking?.();
      this.stopTicking = null;
      return;
    }
    if (this.stopTicking !== null) return;
    this.time.set(this.clock.now());
    this.stopTicking = this.clock.after(kSecond, () => {
      this.stopTicking = null;
      this.tick();
    });
  }
}
