// Messages from the agent, put together from their fragments.

import { type Bytes, concat } from './bytes.ts';
import { peerBroke, ProtocolError } from './errors.ts';
import { MAX_MESSAGE_TO_CLIENT } from './limits.ts';

export class MessageAssembly {
  #received: bigint;
  #parts: Bytes[] = [];
  #size = 0;

  /** `last`: the number of the last message that was received whole. */
  constructor(last = 0n) {
    this.#received = last;
  }

  get received(): bigint {
    return this.#received;
  }

  /**
   * Returns the whole message when this was the last of its fragments. Throws ProtocolError
   * tunnel.fragment-order, tunnel.number-gap or tunnel.too-large.
   */
  take(number: bigint, more: boolean, fragment: Uint8Array): Bytes | 'part' | 'duplicate' {
    const next = this.#received + 1n;
    if (this.#parts.length > 0 && number !== next) {
      throw peerBroke(
        'tunnel.fragment-order',
        `a fragment of message ${number.toString()} came before message ${next.toString()} was whole`,
      );
    }
    if (number <= this.#received) return 'duplicate';
    if (number !== next) {
      throw peerBroke(
        'tunnel.number-gap',
        `message ${number.toString()} came after message ${this.#received.toString()}`,
      );
    }
    if (fragment.length > MAX_MESSAGE_TO_CLIENT - this.#size) {
      throw new ProtocolError(
        'tunnel.too-large',
        `a message of more than ${MAX_MESSAGE_TO_CLIENT} bytes came`,
        'ask for less at once',
      );
    }
    this.#parts.push(new Uint8Array(fragment));
    this.#size += fragment.length;
    if (more) return 'part';
    const message = concat(...this.#parts);
    this.newStream();
    this.#received = next;
    return message;
  }

  /** What had come of a message when its stream broke is thrown away. */
  newStream(): void {
    this.#parts = [];
    this.#size = 0;
  }
}
