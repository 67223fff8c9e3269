// A clock that moves when it is told to.

import type { Clock } from '../../connection/clock.ts';

export class FakeClock implements Clock {
  private time = 1_000_000;
  private next = 0;
  private readonly timers = new Map<number, { at: number; action: () => void }>();
  private readonly settled: () => Promise<void>;

  /** `settled`: waits until nothing goes on by itself any more. */
  constructor(settled: () => Promise<void> = settle) {
    this.settled = settled;
  }

  now(): number {
    return this.time;
  }

  after(ms: number, action: () => void): () => void {
    const id = (this.next += 1);
    this.timers.set(id, { at: this.time + ms, action });
    return () => {
      this.timers.delete(id);
    };
  }

  /** Needs no time to pass. */
  soon(action: () => void): void {
    queueMicrotask(action);
  }

  /** Runs what is due, in its order, and lets promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await this.settled();
    for (;;) {
      const due = [...this.timers]
        .filter(([, timer]) => timer.at <= end)
        .sort(([a, one], [b, two]) => one.at - two.at || a - b)[0];
      if (due === undefined) break;
      const [id, timer] = due;
      this.timers.delete(id);
      this.time = Math.max(this.time, timer.at);
      timer.action();
      await this.settled();
    }
    this.time = end;
    await this.settled();
  }

  get pending(): number {
    return this.timers.size;
  }
}

/** Until all promises that can go on have gone on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 60; turn += 1) await Promise.resolve();
}
