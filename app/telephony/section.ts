// What the sections of a settings page, the lists and the own state have in common: one part that is
// read from the PBX, when it is wanted and after events.

import type { Clock } from '../connection/clock.ts';
import type { Readable } from '../connection/store.ts';
import type { Method } from './methods.ts';
import { Part } from './part.ts';
import type { PartState } from './part.ts';
import type { Uci } from './uci.ts';

export abstract class Section<T> {
  protected readonly uci: Uci;
  protected readonly part: Part<T>;
  readonly state: Readable<PartState<T>>;

  /**
   * @param nothing what is shown before the first reading, and after `stop`.
   * @param source the request without which there is nothing to show; null: one of the agent's own
   *   methods, which is tried.
   */
  protected constructor(uci: Uci, clock: Clock, nothing: T, source: Method | null) {
    this.uci = uci;
    this.part = new Part<T>(
      clock,
      nothing,
      () => source === null || uci.offers(source),
      () => this.load(),
    );
    this.state = this.part.state;
  }

  /** Never rejects: see the state. */
  read(): Promise<void> {
    return this.part.read();
  }

  /** For events, of which there may be many. */
  readSoon(): void {
    this.part.readSoon();
  }

  stop(): void {
    this.part.stop();
  }

  /** Rejects when the value cannot be read. */
  protected abstract load(): Promise<T>;
}
