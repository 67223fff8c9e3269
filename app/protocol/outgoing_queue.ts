// Messages towards the agent that are not acknowledged yet.

import { type Bytes, wipe } from './bytes.ts';
import { ProtocolError } from './errors.ts';
import { MAX_MESSAGE_TO_AGENT, MAX_QUEUED_TO_AGENT, MAX_U64 } from './limits.ts';

/** What a message costs besides its bytes, so that the number of small ones is bounded, too. */
const MESSAGE_COST = 64;

export class OutgoingQueue {
  /** The message of the number `acknowledged + 1` is first. */
  #messages: Bytes[] = [];
  #held = 0;
  #acknowledged: bigint;
  /** How many of #messages were sent whole on this stream, and how much of the next one. */
  #sentMessages = 0;
  #sentBytes = 0;

  /** `last`: the number of the last message before this queue. */
  constructor(last = 0n) {
    this.#acknowledged = last;
  }

  get acknowledged(): bigint {
    return this.#acknowledged;
  }

  /** The number of the last message that was sent whole. */
  get sent(): bigint {
    return this.#acknowledged + BigInt(this.#sentMessages);
  }

  /** Bytes that are kept, and what they cost. */
  get held(): number {
    return this.#held;
  }

  /** Nothing is left to be sent. */
  get idle(): boolean {
    return this.#sentMessages === this.#messages.length;
  }

  /**
   * Takes a message, whose bytes are the queue's from now on: they are wiped when the agent has
   * acknowledged them. Returns its number. Throws ProtocolError tunnel.too-large (more than 256
   * KiB), tunnel.queue-full (more than 1 MiB is not acknowledged) or tunnel.channel-closed (2^64).
   */
  push(message: Bytes): bigint {
    if (message.length === 0) throw new RangeError('an empty message');
    if (message.length > MAX_MESSAGE_TO_AGENT) {
      throw new ProtocolError(
        'tunnel.too-large',
        `a message of ${message.length} bytes is larger than the ${MAX_MESSAGE_TO_AGENT} allowed`,
        'ask for less at once',
      );
    }
    const cost = message.length + MESSAGE_COST;
    if (this.#held + cost > MAX_QUEUED_TO_AGENT) {
      throw new ProtocolError(
        'tunnel.queue-full',
        `the agent reads too slowly: ${this.#held} bytes wait for it`,
        'check the network, then sign in again',
      );
    }
    const number = this.#acknowledged + BigInt(this.#messages.length) + 1n;
    if (number > MAX_U64) {
      throw new ProtocolError('tunnel.channel-closed', 'all numbers are used up', 'sign in again');
    }
    this.#messages.push(message);
    this.#held += cost;
    return number;
  }

  /** What is left of the message that is next to be sent, and its number; null when idle. */
  front(): { number: bigint; rest: Uint8Array } | null {
    const message = this.#messages[this.#sentMessages];
    if (message === undefined) return null;
    return { number: this.sent + 1n, rest: message.subarray(this.#sentBytes) };
  }

  /** So many bytes of front() were sent. */
  take(bytes: number): void {
    this.#sentBytes += bytes;
    if (this.#sentBytes < (this.#messages[this.#sentMessages]?.length ?? 0)) return;
    this.#sentBytes = 0;
    ++this.#sentMessages;
  }

  /** Everything up to `number` was received; false when that was never sent. */
  acknowledge(number: bigint): boolean {
    if (number > this.sent) return false;
    if (number <= this.#acknowledged) return true;
    const count = Number(number - this.#acknowledged);
    for (const message of this.#messages.splice(0, count)) {
      this.#held -= message.length + MESSAGE_COST;
      wipe(message);
    }
    this.#sentMessages -= count;
    this.#acknowledged = number;
    return true;
  }

  /** On a new stream: all that was not acknowledged is sent again, whole. */
  rewind(): void {
    this.#sentMessages = this.#sentBytes = 0;
  }

  /** The session is over. */
  clear(): void {
    wipe(...this.#messages);
    this.#messages = [];
    this.#held = 0;
    this.rewind();
  }
}
