// What of a session outlives its streams (docs/protocol.md, part 5, Resuming).

import { type Bytes, concat, utf8, wipe } from './bytes.ts';
import type { Crypto, MacKey } from './crypto/crypto.ts';
import { ProtocolError } from './errors.ts';
import { MessageAssembly } from './message_assembly.ts';
import { OutgoingQueue } from './outgoing_queue.ts';

const RESUME_LABEL = utf8('starface-teams/1 resume\0');

/** By what the agent knows the session again. */
export interface SessionIdentity {
  readonly sessionId: Bytes;
  readonly secret: MacKey;
  /** Seconds for which the agent keeps the session without a stream; 0: it does not. */
  readonly window: number;
  /** Of the handshake that opened the session, whichever stream carries it now (32 bytes). */
  readonly handshakeHash: Bytes;
}

/** Proof of RESUME on the stream with that handshake. */
export async function resumeProof(
  crypto: Crypto,
  secret: MacKey,
  handshakeHash: Bytes,
): Promise<Bytes> {
  return crypto.mac(secret, concat(RESUME_LABEL, handshakeHash));
}

/**
 * One session: its messages in both directions, and its identity once it is open. A link carries it
 * while it lasts; the next link gets the same ledger and resumes it.
 */
export class SessionLedger {
  readonly outgoing: OutgoingQueue;
  readonly incoming: MessageAssembly;
  #identity: SessionIdentity | null = null;
  #attached = false;
  #over = false;

  /** `sent`, `received`: the last numbers so far; for tests of large ones. */
  constructor(start: { sent?: bigint; received?: bigint } = {}) {
    this.outgoing = new OutgoingQueue(start.sent);
    this.incoming = new MessageAssembly(start.received);
  }

  /** null until OPENED has come. */
  get identity(): SessionIdentity | null {
    return this.#identity;
  }

  /** Nothing can be sent or resumed any more. */
  get over(): boolean {
    return this.#over;
  }

  /**
   * Queues a message and returns its number; the link sends it at its next flush(). Until then, and
   * until the agent has acknowledged it, it is kept. Throws as OutgoingQueue.push().
   */
  send(message: string): bigint {
    if (this.#over) {
      throw new ProtocolError('tunnel.channel-closed', 'this session is over', 'sign in again');
    }
    return this.outgoing.push(utf8(message));
  }

  /** OPENED has come; `secret` is wiped. */
  async opened(
    crypto: Crypto,
    session: Omit<SessionIdentity, 'secret'> & { readonly secret: Bytes },
  ): Promise<void> {
    this.#identity = { ...session, secret: await crypto.macKey(session.secret) };
    wipe(session.secret);
  }

  /** RESUMED has come; false when the agent cannot have received that much, or so little. */
  resumed(received: bigint): boolean {
    if (received < this.outgoing.acknowledged || !this.outgoing.acknowledge(received)) return false;
    this.outgoing.rewind();
    return true;
  }

  /** Only one link at a time carries a session: the one before has to have ended. */
  attach(): void {
    if (this.#attached || this.#over) throw new TypeError('this session is in use, or over');
    this.#attached = true;
    this.incoming.newStream();
  }

  detach(): void {
    this.#attached = false;
  }

  /** The session cannot be resumed: forgets it, and wipes what was not sent. */
  end(): void {
    this.#over = true;
    this.#identity = null;
    this.outgoing.clear();
    this.incoming.newStream();
  }
}
