// One stream of a session: handshake, OPEN or RESUME, then records (docs/protocol.md, parts 4 and 5).
// Packets in, packets out.

import { AckSchedule } from './ack_schedule.ts';
import { type Bytes, ByteWriter, wipe } from './bytes.ts';
import type { Farewell } from './control.ts';
import type { Material, Crypto } from './crypto/crypto.ts';
import { peerBroke } from './errors.ts';
import { NOISE_TAG } from './limits.ts';
import { NoiseInitiator, type NoiseTransport, prologueFor } from './noise.ts';
import { type AgentRecord, MESSAGE_OVERHEAD, readRecords, RecordWriter } from './record.ts';
import { resumeProof, type SessionLedger } from './session_ledger.ts';

/** A shorter piece of a long message is not worth its record and, alone, its packet. */
const SMALLEST_FRAGMENT = 256;

export type StreamEvent =
  | { type: 'opened'; window: number }
  | { type: 'resumed' }
  | { type: 'message'; bytes: Bytes }
  | { type: 'pong'; roundTrip: number }
  | { type: 'closed'; refused: boolean; farewell: Farewell };

export interface StreamOptions {
  readonly crypto: Crypto;
  /** The canonical system name. */
  readonly name: string;
  readonly psk: Material;
  readonly ledger: SessionLedger;
  /** As softwareText() gives it. */
  readonly software: Bytes;
}

/**
 * Errors are thrown as ProtocolError; the stream is of no use afterwards. Its methods must not
 * overlap: Link calls one after the other.
 */
export class SessionStream {
  readonly #options: StreamOptions;
  readonly #ledger: SessionLedger;
  readonly #ack = new AckSchedule();
  #phase: 'handshake' | 'opening' | 'open' | 'closed' = 'handshake';
  #initiator: NoiseInitiator | null = null;
  #handshake: Bytes | null = null;
  #transport: NoiseTransport | null = null;
  #openPending = false;
  #resumeProof: Bytes | null = null;
  #resuming = false;
  /** Whether messages may be sent: behind OPEN at once, behind RESUME not before the answer. */
  #talking = false;
  #pong: Bytes | null = null;
  #ping: Bytes | null = null;
  #pingAsked: { data: Bytes; at: number } | null = null;
  #pings = 0n;
  #closePending: number | null = null;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#ledger = options.ledger;
  }

  /** Makes the first packet of the handshake. */
  async start(): Promise<void> {
    const { crypto, psk, name } = this.#options;
    const ephemeral = crypto.random(32);
    this.#initiator = await NoiseInitiator.start(crypto, psk, prologueFor(name), ephemeral);
    this.#handshake = await this.#initiator.write();
  }

  get isOpen(): boolean {
    return this.#phase === 'open';
  }

  /** When an ACK is due (ms); Infinity: none. */
  get deadline(): number {
    return this.#talking ? this.#ack.due : Infinity;
  }

  /** What one packet says, in order; also what stood before something wrong in it. */
  async receive(packet: Bytes, now: number, emit: (event: StreamEvent) => void): Promise<void> {
    if (this.#transport === null) {
      await this.#finishHandshake(packet);
      return;
    }
    const plaintext = await this.#transport.receive.open(packet);
    try {
      for (const record of readRecords(plaintext)) {
        if (this.#phase === 'closed') break;
        const event = await this.#take(record, now);
        if (event !== null) emit(event);
      }
    } finally {
      // All that is kept of it was copied.
      wipe(plaintext);
    }
  }

  /** Asks the agent for a PONG, which comes as an event. Only once the session is open. */
  ping(now: number): void {
    if (this.#phase !== 'open') return;
    const data = new ByteWriter(8).u64(++this.#pings).bytes;
    this.#ping = data;
    this.#pingAsked = { data, at: now };
  }

  /** A CLOSE record goes out behind all messages for which there is credit. */
  close(number: number): void {
    this.#closePending = number;
  }

  /**
   * The next packet of at most `limit` bytes (what credit and MAX_PACKET allow), or null: there is
   * nothing to send, or not enough credit for it.
   */
  async nextPacket(limit: number, now: number): Promise<Bytes | null> {
    if (this.#phase === 'closed') return null;
    if (this.#handshake !== null) {
      const packet = this.#handshake;
      if (packet.length > limit) return null;
      this.#handshake = null;
      return packet;
    }
    if (this.#transport === null || limit <= NOISE_TAG || !this.#wantsToSend(now)) return null;
    const writer = new RecordWriter(limit - NOISE_TAG);
    const all =
      this.#writeOpening(writer) && this.#writeAnswers(writer) && this.#writeMessages(writer);
    if (all) this.#writeClose(writer);
    if (writer.size === 0) return null;
    const plaintext = writer.plaintext();
    try {
      return await this.#transport.send.seal(plaintext);
    } finally {
      wipe(plaintext);
    }
  }

  async #finishHandshake(packet: Bytes): Promise<void> {
    if (this.#initiator === null || this.#handshake !== null) {
      throw peerBroke('tunnel.record-unexpected', 'a packet came before the handshake');
    }
    this.#transport = (await this.#initiator.read(packet)).transport;
    this.#initiator = null;
    this.#phase = 'opening';
    const identity = this.#ledger.identity;
    if (identity === null) {
      this.#openPending = true;
      this.#talking = true;
      return;
    }
    const hash = this.#transport.handshakeHash;
    this.#resumeProof = await resumeProof(this.#options.crypto, identity.secret, hash);
    this.#resuming = true;
  }

  async #take(record: AgentRecord, now: number): Promise<StreamEvent | null> {
    if (record.type === 'close') return this.#closed(false, record.farewell);
    const open = this.#phase === 'open';
    const answersOpening =
      record.type === 'refused' || record.type === (this.#resuming ? 'resumed' : 'opened');
    const isAnswer =
      record.type === 'refused' || record.type === 'opened' || record.type === 'resumed';
    if (open ? isAnswer : !answersOpening) {
      throw peerBroke('tunnel.record-unexpected', `a record ${record.type} came out of its time`);
    }
    switch (record.type) {
      case 'opened':
        await this.#opened(record);
        this.#phase = 'open';
        return { type: 'opened', window: record.window };
      case 'resumed':
        if (!this.#ledger.resumed(record.received)) throw this.#ackUnsent(record.received);
        this.#phase = 'open';
        this.#talking = true;
        return { type: 'resumed' };
      case 'refused':
        return this.#closed(true, record.farewell);
      case 'message':
        return this.#takeMessage(record.number, record.more, record.fragment, now);
      case 'ack':
        if (!this.#ledger.outgoing.acknowledge(record.number)) throw this.#ackUnsent(record.number);
        return null;
      case 'ping':
        this.#pong = record.data;
        return null;
      case 'pong':
        return this.#takePong(record.data, now);
    }
  }

  async #opened(record: Extract<AgentRecord, { type: 'opened' }>): Promise<void> {
    if (this.#transport === null) throw new TypeError('a record before the handshake');
    await this.#ledger.opened(this.#options.crypto, {
      sessionId: record.sessionId,
      secret: record.resumeSecret,
      window: record.window,
      handshakeHash: this.#transport.handshakeHash,
    });
  }

  #takeMessage(
    number: bigint,
    more: boolean,
    fragment: Uint8Array,
    now: number,
  ): StreamEvent | null {
    const bytes = this.#ledger.incoming.take(number, more, fragment);
    if (bytes === 'part') return null;
    if (bytes === 'duplicate') {
      this.#ack.duplicateCame(now);
      return null;
    }
    this.#ack.messageCame(now, bytes.length);
    return { type: 'message', bytes };
  }

  /** The answer to a PING whose place another one has taken is no event. */
  #takePong(data: Bytes, now: number): StreamEvent | null {
    const asked = this.#pingAsked;
    if (!asked?.data.every((byte, index) => byte === data[index])) return null;
    this.#pingAsked = null;
    return { type: 'pong', roundTrip: now - asked.at };
  }

  #closed(refused: boolean, farewell: Farewell): StreamEvent {
    this.#phase = 'closed';
    return { type: 'closed', refused, farewell };
  }

  #ackUnsent(number: bigint): Error {
    const sent = this.#ledger.outgoing.sent.toString();
    return peerBroke(
      'tunnel.ack-unsent',
      `message ${number.toString()} was acknowledged, but ${sent} was the last to be sent`,
    );
  }

  #wantsToSend(now: number): boolean {
    if (this.#openPending || this.#resumeProof !== null || this.#closePending !== null) return true;
    if (!this.#talking) return false;
    const answers = this.#pong !== null || this.#ping !== null || this.#ack.due <= now;
    return answers || !this.#ledger.outgoing.idle;
  }

  // Each returns whether all that it had to write is written.

  #writeOpening(writer: RecordWriter): boolean {
    if (this.#openPending) {
      if (!writer.open(this.#options.software)) return false;
      this.#openPending = false;
    }
    const identity = this.#ledger.identity;
    if (this.#resumeProof !== null && identity !== null) {
      const received = this.#ledger.incoming.received;
      if (!writer.resume(identity.sessionId, this.#resumeProof, received)) return false;
      this.#resumeProof = null;
    }
    return true;
  }

  #writeAnswers(writer: RecordWriter): boolean {
    if (!this.#talking) return true;
    if (this.#ack.waiting) {
      if (!writer.ack(this.#ledger.incoming.received)) return false;
      this.#ack.sent();
    }
    if (this.#pong !== null) {
      if (!writer.pong(this.#pong)) return false;
      this.#pong = null;
    }
    if (this.#ping !== null) {
      if (!writer.ping(this.#ping)) return false;
      this.#ping = null;
    }
    return true;
  }

  #writeMessages(writer: RecordWriter): boolean {
    if (!this.#talking) return true;
    const queue = this.#ledger.outgoing;
    const largest = writer.room + writer.size - MESSAGE_OVERHEAD;
    for (let front = queue.front(); front !== null; front = queue.front()) {
      const room = writer.room - MESSAGE_OVERHEAD;
      let size = front.rest.length;
      if (size > room) {
        // What fits into a packet of its own is not split for this one.
        if (size <= largest || room < SMALLEST_FRAGMENT) return false;
        size = room;
      }
      writer.message(size < front.rest.length, front.number, front.rest.subarray(0, size));
      queue.take(size);
    }
    return true;
  }

  #writeClose(writer: RecordWriter): void {
    if (this.#closePending === null || !writer.close(this.#closePending)) return;
    this.#closePending = null;
    this.#phase = 'closed';
  }
}
