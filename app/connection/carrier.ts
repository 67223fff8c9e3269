// Carries one session over as many lines as it takes: resumes while the agent keeps it, and opens
// the next one when it is asked to. Knows nothing of users.

import { type Bytes, SessionLedger } from '../protocol/index.ts';
import { Backoff } from './backoff.ts';
import { Line, type LineEnd, type LineOptions } from './line.ts';
import { type ConnectionProblem, problems } from './problem.ts';
import type { Step } from './state.ts';
import type { System } from './system.ts';

/** The agent may take a dead line for alive so much longer than we do (part 8; ms). */
const NOTICED_LATER = 30_000;
const LIMITS = { first: 500, most: 5_000, stable: 20_000 };

export type CarrierOptions = Omit<LineOptions, 'system' | 'ledger'> & {
  /** From 0 to 1. */
  readonly random: () => number;
};

export interface CarrierHandler {
  /** How far the line came that is being made, null when it begins. */
  reached(step: Step | null): void;
  /** A new session; the hash of its handshake. */
  opened(handshakeHash: Bytes): void;
  resumed(): void;
  message(bytes: Bytes): void;
  roundTrip(ms: number): void;
  /** Whether the agent keeps the session at all: somebody is signed in, or being signed in. */
  worthResuming(): boolean;
  /** The line broke; the session is resumed by itself. */
  interrupted(problem: ConnectionProblem): void;
  /**
   * The session is over, or none came about. Nothing happens until open() or openSoon().
   *
   * @param opened whether there was one
   * @param retries another one may be opened without the user's help
   */
  over(
    problem: ConnectionProblem,
    about: { opened: boolean; retries: boolean; end: LineEnd | null },
  ): void;
}

export class Carrier {
  readonly #options: CarrierOptions;
  readonly #handler: CarrierHandler;
  readonly #backoff: Backoff;
  #system: System | null = null;
  #ledger: SessionLedger | null = null;
  #line: Line | null = null;
  #suspended = false;
  /** Another line is to be made. */
  #wanted = false;
  #notBefore = 0;
  #asked = 0;
  #keptUntil: number | null = null;
  #offRetry: (() => void) | null = null;
  #offKept: (() => void) | null = null;
  /** Why the last message of the agent cannot be used. */
  #junk: ConnectionProblem | null = null;

  constructor(options: CarrierOptions, handler: CarrierHandler) {
    this.#options = options;
    this.#handler = handler;
    this.#backoff = new Backoff(LIMITS, options.random);
  }

  /** A session is open and messages go out at once. */
  get carries(): boolean {
    return this.#line?.open === true;
  }

  /** There is a session, or one is being opened. */
  get busy(): boolean {
    return this.#line !== null || this.#wanted;
  }

  use(system: System): void {
    this.stop();
    this.#system = system;
    this.#backoff.reset();
    this.#notBefore = 0;
  }

  /** Begins a new session now, or makes the next line of the one there is. */
  open(): void {
    this.#wanted = true;
    this.#makeLine();
  }

  /** The same after a while. Returns when (ms of the clock). */
  openSoon(): number {
    this.#wanted = true;
    return this.#retryLater(false);
  }

  /** Queues a message of the session that is open or being opened. Throws ProtocolError. */
  send(text: string): void {
    this.#ledger ??= new SessionLedger();
    this.#ledger.send(text);
    this.#line?.flush();
  }

  /** Ends the session; over() is not called. */
  stop(): void {
    this.#wanted = false;
    this.#forgetTimers();
    const line = this.#line;
    this.#line = null;
    if (line !== null) line.close();
    else this.#ledger?.end();
    this.#ledger = null;
    this.#keptUntil = null;
  }

  /** What the agent has sent cannot be used: ends the session, and over() follows. */
  refuse(problem: ConnectionProblem): void {
    this.#junk ??= problem;
    this.#line?.close();
  }

  /** Gives up the line, keeps the session, and makes no line until resume(). */
  suspend(): void {
    if (this.#suspended) return;
    this.#suspended = true;
    this.#offRetry?.();
    this.#line?.drop();
  }

  resume(): void {
    this.#suspended = false;
    if (this.#line !== null) this.#line.check();
    else if (this.#wanted) this.#retryAt(Math.max(this.#now(), this.#notBefore));
  }

  /** The user does not want to wait. */
  retryNow(): void {
    if (this.#wanted) this.#makeLine();
  }

  #now(): number {
    return this.#options.clock.now();
  }

  #forgetTimers(): void {
    this.#offRetry?.();
    this.#offKept?.();
    this.#offRetry = this.#offKept = null;
  }

  #makeLine(): void {
    const system = this.#system;
    if (this.#line !== null || this.#suspended || system === null || !this.#wanted) return;
    if (this.#keptUntil !== null && this.#now() >= this.#keptUntil) {
      this.#giveUp();
      return;
    }
    this.#offRetry?.();
    this.#offRetry = null;
    this.#ledger ??= new SessionLedger();
    this.#junk = null;
    this.#handler.reached(null);
    const { clock, crypto, openSocket, software } = this.#options;
    const ledger = this.#ledger;
    // Events of a line that stop() has left are nobody's.
    const mine = (): boolean => this.#line === line;
    const line: Line = new Line(
      { clock, crypto, openSocket, software, system, ledger },
      {
        reached: (step) => {
          if (mine()) this.#handler.reached(step);
        },
        event: (event) => {
          if (mine()) this.#event(event, ledger);
        },
        ended: (end) => {
          if (mine()) this.#ended(end, ledger);
        },
      },
    );
    this.#line = line;
  }

  #event(
    event: Parameters<ConstructorParameters<typeof Line>[1]['event']>[0],
    ledger: SessionLedger,
  ): void {
    const { identity } = ledger;
    switch (event.type) {
      case 'opened':
        this.#carried();
        if (identity !== null) this.#handler.opened(identity.handshakeHash);
        break;
      case 'resumed':
        this.#carried();
        this.#handler.resumed();
        break;
      case 'message':
        if (this.#junk === null) this.#handler.message(event.bytes);
        break;
      case 'pong':
        this.#handler.roundTrip(event.roundTrip);
    }
  }

  #carried(): void {
    this.#wanted = false;
    this.#notBefore = 0;
    this.#keptUntil = null;
    this.#offKept?.();
    this.#offKept = null;
    this.#backoff.succeeded(this.#now());
  }

  #ended(end: LineEnd, ledger: SessionLedger): void {
    this.#line = null;
    // What it had reached is no more; how far a try came that failed is worth knowing.
    if (end.reached === 'session') this.#handler.reached(null);
    this.#asked = end.ending.retryAfter * 1_000;
    const { identity } = ledger;
    const resumes = end.ending.next === 'resume' && this.#junk === null;
    if (resumes && identity !== null && this.#handler.worthResuming()) {
      this.#keep(identity.window);
      if (this.#now() < (this.#keptUntil ?? 0)) {
        this.#wanted = true;
        const moved = end.problem.code === 'tunnel.shutting-down' && this.#asked === 0;
        const retryAt = this.#retryLater(moved);
        this.#handler.interrupted(end.problem.at(this.#suspended ? null : retryAt));
      } else {
        this.#giveUp();
      }
      return;
    }
    const opened = identity !== null || this.#keptUntil !== null || end.reached === 'session';
    this.#over(this.#junk ?? end.problem, {
      opened,
      retries: this.#junk !== null || end.ending.next !== 'stop',
      end,
    });
  }

  /** The agent keeps the session for so many seconds from when it notices. */
  #keep(window: number): void {
    if (this.#keptUntil !== null) return;
    const length = window * 1_000 + NOTICED_LATER;
    this.#keptUntil = this.#now() + length;
    this.#offKept = this.#options.clock.after(length, () => {
      // A line that is being made learns it from the agent.
      if (this.#line === null) this.#giveUp();
    });
  }

  #giveUp(): void {
    this.#over(problems.sessionLost(), { opened: true, retries: true, end: null });
  }

  #over(problem: ConnectionProblem, about: Parameters<CarrierHandler['over']>[1]): void {
    this.#wanted = false;
    this.#forgetTimers();
    this.#ledger?.end();
    this.#ledger = null;
    this.#keptUntil = null;
    this.#junk = null;
    this.#handler.over(problem, about);
  }

  #retryLater(moved: boolean): number {
    const now = this.#now();
    const wait = moved ? this.#backoff.moved(now) : this.#backoff.failed(now, this.#asked);
    this.#notBefore = now + this.#asked;
    this.#asked = 0;
    this.#retryAt(now + wait);
    return now + wait;
  }

  #retryAt(when: number): void {
    this.#offRetry?.();
    this.#offRetry = null;
    if (this.#suspended) return;
    this.#offRetry = this.#options.clock.after(Math.max(0, when - this.#now()), () => {
      this.#makeLine();
    });
  }
}
