// One websocket with the link on it: opens it, passes bytes both ways, keeps the deadlines, and
// finds out by PING when it does not carry any more.

import {
  CLIENT_SUBPROTOCOL,
  clientUrl,
  type Crypto,
  type Ending,
  Link,
  type LinkEvent,
  type Output,
  type SessionLedger,
} from '../protocol/index.ts';
import type { Clock } from './clock.ts';
import { type ConnectionProblem, fromEnding, problems } from './problem.ts';
import type { OpenSocket, Socket } from './socket.ts';
import type { Step } from './state.ts';
import type { System } from './system.ts';

/** From the call to the open websocket: name, TCP, TLS, upgrade (ms). */
const OPEN_DEADLINE = 10_000;
/** The agent is asked for a PONG this often, and has this long to answer (ms). */
const PING_EVERY = 15_000;
const PONG_DEADLINE = 10_000;
/** The same when there is a reason for doubt: the network has changed, the page was frozen. */
const CHECK_DEADLINE = 3_000;
/** A timer so late (ms) is one of a page that was frozen, or is hidden: nothing is judged by it. */
const LATE = 2_000;
/** Less than an ACK may wait (docs/protocol.md, part 8). */
const ACK_WAIT = 250;
/** Part 2.2. */
const TOLD_BEHIND_THE_KEY = new Set<string>(['tunnel.pbx-offline', 'tunnel.too-many-streams']);

export interface LineOptions {
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly openSocket: OpenSocket;
  readonly system: System;
  readonly software: string;
  readonly ledger: SessionLedger;
}

/** Why a line ended. */
export interface LineEnd {
  readonly ending: Ending;
  readonly problem: ConnectionProblem;
  /** How far it came. */
  readonly reached: Step | null;
}

export interface LineHandler {
  reached(step: Step): void;
  event(event: Exclude<LinkEvent, { type: 'ended' } | { type: 'admitted' }>): void;
  /** Once, and last. Until then the ledger belongs to this line. */
  ended(end: LineEnd): void;
}

export class Line {
  readonly #options: LineOptions;
  readonly #handler: LineHandler;
  readonly #link: Link;
  #socket: Socket | null = null;
  #closing = false;
  #ended = false;
  #open = false;
  #reached: Step | null = null;
  #silent = false;
  /** Whether this page's timers come late at the moment. */
  #timersLate = false;
  #lastNow = 0;
  #heardAt = 0;
  #offTick: (() => void) | null = null;
  #offPing: (() => void) | null = null;

  constructor(options: LineOptions, handler: LineHandler) {
    this.#options = options;
    this.#handler = handler;
    this.#link = new Link({
      crypto: options.crypto,
      name: options.system.name,
      credentials: options.system.credentials,
      software: options.software,
      ledger: options.ledger,
      deliver: (output) => {
        this.#deliver(output);
      },
    });
    this.#dial();
  }

  /** OPENED or RESUMED has come. */
  get open(): boolean {
    return this.#open;
  }

  /** Sends what the ledger has. */
  flush(): void {
    void this.#link.flush(this.#now());
  }

  /** Ends the session, and the line behind it. */
  close(): void {
    void this.#link.close(this.#now());
  }

  /** Gives up the line; the session may be resumed on another one. */
  drop(): void {
    void this.#link.lost(this.#now());
    this.#closeSocket(1000);
  }

  /** Something makes it doubtful that the line still carries: asks now. */
  check(): void {
    if (this.#open) this.#ping(CHECK_DEADLINE);
    else if (this.#reached === null) this.#dropAfter(CHECK_DEADLINE);
  }

  #dropAfter(ms: number): void {
    this.#after(ms, () => {
      this.drop();
    });
  }

  #dial(): void {
    const { openSocket, system } = this.#options;
    const events = {
      opened: () => {
        this.#offPing?.();
        this.#reach('connector');
        void this.#link.connected(this.#now());
      },
      message: (data: Uint8Array | string) => {
        this.#heardAt = this.#now();
        void this.#link.receive(data, this.#heardAt);
      },
      closed: () => {
        this.#socket = null;
        void this.#link.lost(this.#now());
      },
    };
    this.#dropAfter(OPEN_DEADLINE);
    try {
      this.#socket = openSocket(clientUrl(system.connector), CLIENT_SUBPROTOCOL, events);
    } catch {
      // The page's policy forbids the address, or the browser opens no more sockets.
      events.closed();
    }
  }

  #now(): number {
    this.#lastNow = Math.max(this.#lastNow, this.#options.clock.now());
    return this.#lastNow;
  }

  #deliver(output: Output): void {
    for (const bytes of output.messages) this.#socket?.send(bytes);
    if (output.close !== null) this.#closeSocket(output.close);
    this.#tickAt(output.deadline);
    for (const event of output.events) this.#event(event);
  }

  #event(event: LinkEvent): void {
    if (event.type === 'ended') {
      this.#end(event.ending);
    } else if (event.type === 'admitted') {
      this.#reach('key');
    } else {
      if (event.type === 'opened' || event.type === 'resumed') {
        this.#open = true;
        this.#reach('session');
        this.#ping(PONG_DEADLINE);
      }
      this.#handler.event(event);
    }
  }

  #end(ending: Ending): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#open = false;
    this.#offTick?.();
    this.#offPing?.();
    this.#closeSocket(1000);
    // Only who has the key can write a record, and only who has proved it learns so much.
    if (ending.by === 'agent' && this.#reached === 'key') this.#reach('agent');
    if (ending.by === 'connector' && TOLD_BEHIND_THE_KEY.has(ending.code)) this.#reach('key');
    const lost = this.#silent
      ? problems.silent()
      : fromEnding(ending, this.#reached !== null || ending.by !== 'line');
    this.#handler.ended({ ending, problem: lost, reached: this.#reached });
  }

  #reach(step: Step): void {
    this.#reached = step;
    this.#handler.reached(step);
  }

  #closeSocket(status: number): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#socket?.close(status);
  }

  #tickAt(deadline: number | null): void {
    this.#offTick?.();
    this.#offTick = null;
    if (deadline === null) return;
    const now = this.#now();
    const wait = Math.max(0, deadline - now);
    if (this.#timersLate && wait <= ACK_WAIT) {
      // A timer would come in a minute, when the agent has long given up on us.
      this.#lastNow = Math.max(now, deadline);
      void this.#link.tick(this.#lastNow);
      return;
    }
    this.#offTick = this.#options.clock.after(wait, () => {
      void this.#link.tick(this.#now());
    });
  }

  #ping(deadline: number): void {
    const asked = this.#now();
    void this.#link.ping(asked);
    this.#after(deadline, (late) => {
      if (this.#heardAt >= asked) {
        this.#after(Math.max(0, asked + PING_EVERY - this.#now()), () => {
          this.#ping(PONG_DEADLINE);
        });
      } else if (late) {
        // The answer may stand behind this timer in the page's queue.
        this.#ping(CHECK_DEADLINE);
      } else {
        this.#silent = true;
        this.drop();
      }
    });
  }

  /** The line's one own timer. */
  #after(ms: number, action: (late: boolean) => void): void {
    this.#offPing?.();
    const due = this.#options.clock.now() + ms;
    this.#offPing = this.#options.clock.after(ms, () => {
      const late = this.#options.clock.now() - due > LATE;
      // A short timer may be punctual by chance, behind one that was late.
      if (late || ms >= LATE) this.#timersLate = late;
      action(late);
    });
  }
}
