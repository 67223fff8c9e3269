// Reads something again when asked to: one reading at a time, however often it is asked for, and
// not more often than `distance` ms. Whoever asks while a reading is under way gets another one
// afterwards, because the first may have missed what the question was about.

import type { Clock } from '../connection/clock.ts';

export class Refresher {
  private underWay: Promise<void> | null = null;
  private again: Promise<void> | null = null;
  private lastEnd = Number.NEGATIVE_INFINITY;
  private callOff: (() => void) | null = null;
  private run = 0;

  private readonly clock: Clock;
  private readonly read: () => Promise<void>;
  private readonly distance: number;

  constructor(clock: Clock, read: () => Promise<void>, distance = 1000) {
    this.clock = clock;
    this.read = read;
    this.distance = distance;
  }

  /** Now, or as soon as the reading that is under way has ended. `read` must not reject. */
  now(): Promise<void> {
    if (this.underWay === null) {
      this.cancel();
      return this.begin();
    }
    const run = this.run;
    this.again ??= this.underWay.then(() => {
      if (run !== this.run) return;
      this.again = null;
      this.cancel();
      return this.begin();
    });
    return this.again;
  }

  /** Soon: for events, of which there may be thousands. */
  soon(): void {
    if (this.callOff !== null || this.again !== null) return;
    const wait = Math.max(0, this.lastEnd + this.distance - this.clock.now());
    this.callOff = this.clock.after(wait, () => {
      this.callOff = null;
      void this.now();
    });
  }

  /** Forgets the reading that is under way: whatever it brings is not wanted any more. */
  stop(): void {
    this.run += 1;
    this.cancel();
    this.underWay = null;
    this.again = null;
  }

  cancel(): void {
    this.callOff?.();
    this.callOff = null;
  }

  private begin(): Promise<void> {
    const reading = this.read().finally(() => {
      this.lastEnd = this.clock.now();
      if (this.underWay === reading) this.underWay = null;
    });
    this.underWay = reading;
    return reading;
  }
}
