// Credit of the client's stream, by direction (docs/protocol.md, part 3).

import { peerBroke } from './errors.ts';
import { CREDIT_BATCH, MAX_CREDIT } from './limits.ts';

/** What this side may send. */
export class SendCredit {
  #available = MAX_CREDIT;

  get available(): number {
    return this.#available;
  }

  /** `bytes` is at most what is available. */
  spend(bytes: number): void {
    if (bytes > this.#available) throw new RangeError('more than the credit');
    this.#available -= bytes;
  }

  /** Of a WINDOW. Throws ProtocolError tunnel.credit-…. */
  add(bytes: number): void {
    if (bytes === 0) throw peerBroke('tunnel.credit-zero', 'a WINDOW of 0 came');
    if (bytes > MAX_CREDIT - this.#available) {
      throw peerBroke(
        'tunnel.credit-overflow',
        `a WINDOW of ${bytes} came with a credit of ${this.#available}`,
      );
    }
    this.#available += bytes;
  }
}

/** What the peer may send. */
export class ReceiveCredit {
  #available = MAX_CREDIT;
  #returnable = 0;

  /** A packet came. Throws ProtocolError tunnel.credit-overrun. */
  arrived(bytes: number): void {
    if (bytes > this.#available) {
      throw peerBroke(
        'tunnel.credit-overrun',
        `a packet of ${bytes} bytes came on a credit of ${this.#available}`,
      );
    }
    this.#available -= bytes;
  }

  consumed(bytes: number): void {
    this.#returnable += bytes;
  }

  /** What a WINDOW has to return now; 0: none is due. */
  takeUpdate(): number {
    if (this.#returnable < CREDIT_BATCH) return 0;
    const update = this.#returnable;
    this.#returnable = 0;
    this.#available += update;
    return update;
  }
}
