// How long to wait before the next try: a random time below a bound that doubles, so that not all
// users of a PBX come back at once (docs/protocol.md, part 8).

export interface BackoffLimits {
  /** The first bound (ms); it doubles with each failure. */
  readonly first: number;
  readonly most: number;
  /** A connection that lasted this long (ms) was a success; one that broke sooner is a failure. */
  readonly stable: number;
}

/** A wrong or hostile peer must not keep us away for hours (ms). */
const MOST_ASKED = 300_000;
/** A connection that did not last this long (ms) has failed, whatever ended it. */
const SHORTEST = 1_000;

export class Backoff {
  readonly #limits: BackoffLimits;
  readonly #random: () => number;
  #bound: number;
  #succeededAt: number | null = null;

  /** `random`: from 0 to 1. */
  constructor(limits: BackoffLimits, random: () => number) {
    this.#limits = limits;
    this.#random = random;
    this.#bound = limits.first;
  }

  succeeded(now: number): void {
    this.#succeededAt = now;
  }

  /** Milliseconds to wait. `asked`: how long the peer wants us to stay away; it is never less. */
  failed(now: number, asked = 0): number {
    const since = this.#succeededAt;
    if (since !== null && now - since >= this.#limits.stable) this.#bound = this.#limits.first;
    this.#succeededAt = null;
    const wait = this.#random() * this.#bound;
    this.#bound = Math.min(this.#bound * 2, this.#limits.most);
    return Math.min(Math.max(asked, 0), MOST_ASKED) + wait;
  }

  /** Milliseconds to wait after the peer has sent everybody elsewhere: soon, and it counts for nothing. */
  moved(now: number): number {
    const since = this.#succeededAt;
    if (since === null || now - since < SHORTEST) return this.failed(now);
    this.#succeededAt = null;
    return this.#random() * this.#limits.first;
  }

  reset(): void {
    this.#bound = this.#limits.first;
    this.#succeededAt = null;
  }
}
