// What most parts have in common: something that is read from the PBX, shown, and read again.

import type { Clock } from '../connection/clock.ts';
import type { Readable } from '../connection/store.ts';
import { Store } from '../connection/store.ts';
import { isNotOffered, toTelephonyError } from './errors.ts';
import type { TelephonyError } from './errors.ts';
import { Refresher } from './refresher.ts';

export interface PartState<T> {
  readonly value: T;
  /** `hidden`: neither PBX nor agent offers it to this user. */
  readonly status: 'unread' | 'reading' | 'ready' | 'failed' | 'hidden';
  readonly error: TelephonyError | null;
  /** Whether the value was read at some time: a reading that fails later leaves it. */
  readonly loaded: boolean;
}

const kUnread = { status: 'unread', error: null, loaded: false } as const;

/** A value of the PBX, with the state of its reading. */
export class Part<T> {
  private readonly nothing: T;
  private readonly store: Store<PartState<T>>;
  private readonly refresher: Refresher;
  private readonly offered: () => boolean;
  private readonly load: () => Promise<T>;
  /** Counts changes by the user, which a reading that began before knows nothing of. */
  private changes = 0;
  private orders = 0;
  private run = 0;
  readonly state: Readable<PartState<T>>;

  constructor(clock: Clock, nothing: T, offered: () => boolean, load: () => Promise<T>) {
    this.nothing = nothing;
    this.offered = offered;
    this.load = load;
    this.store = new Store<PartState<T>>({ ...kUnread, value: nothing });
    this.state = this.store;
    this.refresher = new Refresher(clock, () => this.readOnce());
  }

  get value(): T {
    return this.store.get().value;
  }

  /** Never rejects: see the state. */
  read(): Promise<void> {
    return this.refresher.now();
  }

  readSoon(): void {
    this.refresher.soon();
  }

  set(value: T): void {
    this.changes += 1;
    this.store.patch({ value });
  }

  /**
   * Shows `value` at once, and what was before when `order` fails. The order's error is the
   * caller's. After a failure the truth is read again.
   */
  async change(value: T, order: () => Promise<unknown>): Promise<void> {
    const before = this.value;
    const { run } = this;
    this.set(value);
    this.orders += 1;
    try {
      await order();
    } catch (thrown) {
      if (run === this.run) {
        if (Object.is(this.value, value)) this.set(before);
        this.readSoon();
      }
      throw toTelephonyError(thrown);
    } finally {
      if (run === this.run) this.orders -= 1;
    }
  }

  stop(): void {
    this.refresher.stop();
    this.run += 1;
    this.orders = 0;
    this.store.set({ ...kUnread, value: this.nothing });
  }

  private async readOnce(): Promise<void> {
    if (!this.offered()) {
      this.store.patch({ status: 'hidden', error: null });
      return;
    }
    if (this.store.get().status !== 'ready') this.store.patch({ status: 'reading' });
    const { changes, run } = this;
    try {
      const value = await this.load();
      if (run !== this.run) return;
      const ours = changes !== this.changes || this.orders > 0;
      if (ours) this.readSoon();
      this.store.patch(
        ours
          ? { status: 'ready', error: null, loaded: true }
          : { value, status: 'ready', error: null, loaded: true },
      );
    } catch (thrown) {
      if (run !== this.run) return;
      const error = toTelephonyError(thrown);
      this.store.patch({ status: isNotOffered(error) ? 'hidden' : 'failed', error });
    }
  }
}
