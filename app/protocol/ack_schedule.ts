import { ACK_DELAY, ACK_EVERY, ACK_EVERY_BYTES } from './limits.ts';

/**
 * When an ACK has to leave: after 16 messages or 64 KiB of them, 200 ms after the first of them, or
 * at once for a message that came again. Whatever else is sent before takes it along. Times in ms.
 */
export class AckSchedule {
  #waiting = 0;
  #bytes = 0;
  #due = Infinity;

  messageCame(now: number, bytes: number): void {
    if (this.#waiting++ === 0) this.#due = now + ACK_DELAY;
    this.#bytes += bytes;
    if (this.#waiting >= ACK_EVERY || this.#bytes >= ACK_EVERY_BYTES) this.#due = now;
  }

  duplicateCame(now: number): void {
    ++this.#waiting;
    this.#due = Math.min(this.#due, now);
  }

  sent(): void {
    this.#waiting = this.#bytes = 0;
    this.#due = Infinity;
  }

  get waiting(): boolean {
    return this.#waiting > 0;
  }

  /** Infinity: nothing waits. */
  get due(): number {
    return this.#due;
  }
}
