// Records: what the plaintext of a packet is made of (docs/protocol.md, part 5).

import { ByteReader, type Bytes, ByteWriter, utf8 } from './bytes.ts';
import { type Farewell, makeFarewell, readFarewell } from './control.ts';
import { peerBroke, ProtocolError } from './errors.ts';
import { MAX_SOFTWARE, PROTOCOL_VERSION, RECORD_HEADER } from './limits.ts';

export const RECORD = {
  open: 0x01,
  opened: 0x02,
  resume: 0x03,
  resumed: 0x04,
  refused: 0x05,
  message: 0x10,
  ack: 0x11,
  ping: 0x12,
  pong: 0x13,
  close: 0x14,
} as const;

/** Bytes of a MESSAGE record besides its fragment. */
export const MESSAGE_OVERHEAD = RECORD_HEADER + 9;

/** A record that may come from the agent. Bytes are views of the plaintext. */
export type AgentRecord =
  | { type: 'opened'; sessionId: Bytes; resumeSecret: Bytes; window: number }
  | { type: 'resumed'; received: bigint }
  | { type: 'refused'; farewell: Farewell }
  | { type: 'message'; more: boolean; number: bigint; fragment: Uint8Array }
  | { type: 'ack'; number: bigint }
  | { type: 'ping'; data: Bytes }
  | { type: 'pong'; data: Bytes }
  | { type: 'close'; farewell: Farewell };

function malformed(type: number): ProtocolError {
  return peerBroke('tunnel.record-malformed', `a malformed record of type ${type} came`);
}

function readFarewellRecord(type: number, body: Uint8Array): Farewell {
  try {
    return readFarewell(body, 'record');
  } catch (error) {
    throw error instanceof ProtocolError ? malformed(type) : error;
  }
}

function readBody(type: number, body: Uint8Array): AgentRecord {
  const reader = new ByteReader(body);
  const exactly = (size: number): void => {
    if (body.length !== size) throw malformed(type);
  };
  switch (type) {
    case RECORD.opened:
      exactly(52);
      return {
        type: 'opened',
        sessionId: new Uint8Array(reader.take(16)),
        resumeSecret: new Uint8Array(reader.take(32)),
        window: reader.u32(),
      };
    case RECORD.resumed:
      exactly(8);
      return { type: 'resumed', received: reader.u64() };
    case RECORD.refused:
      return { type: 'refused', farewell: readFarewellRecord(type, body) };
    case RECORD.message: {
      if (body.length < 10) throw malformed(type);
      const flags = reader.u8();
      if (flags > 1) throw malformed(type);
      return { type: 'message', more: flags === 1, number: reader.u64(), fragment: reader.rest() };
    }
    case RECORD.ack:
      exactly(8);
      return { type: 'ack', number: reader.u64() };
    case RECORD.ping:
      exactly(8);
      return { type: 'ping', data: new Uint8Array(reader.rest()) };
    case RECORD.pong:
      exactly(8);
      return { type: 'pong', data: new Uint8Array(reader.rest()) };
    case RECORD.close:
      return { type: 'close', farewell: readFarewellRecord(type, body) };
    case RECORD.open:
    case RECORD.resume:
      throw peerBroke('tunnel.record-unexpected', 'a record of a client came from the agent');
    default:
      throw peerBroke('tunnel.record-unknown-type', `a record of unknown type ${type} came`);
  }
}

/** The records of a plaintext, one after the other. Throws ProtocolError tunnel.record-…. */
export function* readRecords(plaintext: Uint8Array): Generator<AgentRecord, void> {
  const reader = new ByteReader(plaintext);
  while (reader.left > 0) {
    if (reader.left < RECORD_HEADER) {
      throw peerBroke('tunnel.record-malformed', 'a cut record came');
    }
    const type = reader.u8();
    const length = reader.u16();
    if (length > reader.left) throw peerBroke('tunnel.record-malformed', 'a cut record came');
    yield readBody(type, reader.take(length));
  }
}

/** Writes records of a client into one plaintext of at most `capacity` bytes. */
export class RecordWriter {
  readonly #writer: ByteWriter;

  constructor(capacity: number) {
    this.#writer = new ByteWriter(capacity);
  }

  get room(): number {
    return this.#writer.room;
  }

  get size(): number {
    return this.#writer.size;
  }

  plaintext(): Bytes {
    return this.#writer.written();
  }

  /** Each returns whether there was room; otherwise nothing is written. */
  open(software: Bytes): boolean {
    const writer = this.#begin(RECORD.open, 2 + software.length);
    writer?.u8(PROTOCOL_VERSION).u8(software.length).put(software);
    return writer !== null;
  }

  resume(sessionId: Bytes, proof: Bytes, received: bigint): boolean {
    const writer = this.#begin(RECORD.resume, 57);
    writer?.u8(PROTOCOL_VERSION).put(sessionId).put(proof).u64(received);
    return writer !== null;
  }

  message(more: boolean, number: bigint, fragment: Uint8Array): boolean {
    const writer = this.#begin(RECORD.message, 9 + fragment.length);
    writer
      ?.u8(more ? 1 : 0)
      .u64(number)
      .put(fragment);
    return writer !== null;
  }

  ack(number: bigint): boolean {
    const writer = this.#begin(RECORD.ack, 8);
    writer?.u64(number);
    return writer !== null;
  }

  ping(data: Bytes): boolean {
    return this.#begin(RECORD.ping, 8)?.put(data) !== undefined;
  }

  pong(data: Bytes): boolean {
    return this.#begin(RECORD.pong, 8)?.put(data) !== undefined;
  }

  close(number: number): boolean {
    return this.#begin(RECORD.close, 2)?.put(makeFarewell(number)) !== undefined;
  }

  #begin(type: number, length: number): ByteWriter | null {
    if (this.#writer.room < RECORD_HEADER + length) return null;
    return this.#writer.u8(type).u16(length);
  }
}

/** The software's name in OPEN. It is chosen by the programmer, so a wrong one is a TypeError. */
export function softwareText(software: string): Bytes {
  if (!/^[ -~]*$/.test(software) || software.length > MAX_SOFTWARE) {
    throw new TypeError(`a software name has at most ${MAX_SOFTWARE} printable ASCII characters`);
  }
  return utf8(software);
}
