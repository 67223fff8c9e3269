// Messages of the agent on their way to who reads them: in their order, and so few in one turn of
// the page that typing and drawing go on, be it one of 4 MiB or thousands of small ones.

import { type Bytes, type Json, JsonReader, jsonText } from '../protocol/index.ts';
import type { Clock } from './clock.ts';

/** What one turn of the page may take (ms). What the last message leads to comes on top of that. */
const TURN = 8;
/**
 * Characters between two looks at the clock: some 2 ms on a slow machine. What is larger begins in
 * a turn of its own.
 */
const STEP = 16_384;

export interface InboxHandler {
  take(message: Json): void;
  /** It is no JSON (ProtocolError json.…); what waited behind it is gone. */
  refuse(error: unknown): void;
}

/**
 * What waits cannot pile up: the browser lets turns and websocket messages take turns, and a turn
 * reads more than a websocket message (16 KiB) brings.
 */
export class Inbox {
  readonly #clock: Clock;
  readonly #handler: InboxHandler;
  #waiting: Bytes[] = [];
  #reader: JsonReader | null = null;
  #working = false;
  /** When this turn is over; there is one as long as the next one is ordered. */
  #end = 0;
  #ordered = false;

  constructor(clock: Clock, handler: InboxHandler) {
    this.#clock = clock;
    this.#handler = handler;
  }

  /** Read at once, unless it is large or the turn has done enough. */
  put(message: Bytes): void {
    this.#waiting.push(message);
    if (!this.#ordered) this.#turn(message.length <= STEP);
    else if (this.#clock.now() < this.#end) this.#work();
  }

  /** The session is over: what waits is nobody's. */
  clear(): void {
    this.#waiting = [];
    this.#reader = null;
  }

  #turn(reads: boolean): void {
    this.#ordered = true;
    this.#clock.soon(() => {
      this.#ordered = false;
      if (this.#waiting.length > 0) this.#turn(true);
    });
    this.#end = reads ? this.#clock.now() + TURN : -Infinity;
    if (reads) this.#work();
  }

  /** At least one step: the clock may have jumped. */
  #work(): void {
    // A handler may have led to another message.
    if (this.#working) return;
    this.#working = true;
    try {
      do this.#step();
      while (this.#waiting.length > 0 && this.#clock.now() < this.#end);
    } catch (error) {
      this.clear();
      this.#handler.refuse(error);
    } finally {
      this.#working = false;
    }
  }

  /** One small message, or a piece of a large one. */
  #step(): void {
    const message = this.#waiting[0] ?? new Uint8Array();
    const large = message.length > STEP;
    if (this.#reader === null) {
      this.#reader = new JsonReader(jsonText(message));
      if (large) {
        this.#end = -Infinity;
        return;
      }
    }
    if (!this.#reader.read(STEP)) return;
    const { value } = this.#reader;
    this.#reader = null;
    this.#waiting.shift();
    // What is made of it takes time, too.
    if (large) this.#end = -Infinity;
    this.#handler.take(value);
  }
}
