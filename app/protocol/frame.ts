// Frames: what a websocket message is made of (docs/protocol.md, part 1).

import { ByteReader, type Bytes, ByteWriter } from './bytes.ts';
import { peerBroke } from './errors.ts';
import {
  CLIENT_STREAM,
  FRAME_HEADER,
  MAX_PACKET,
  MAX_REASON,
  MAX_WEBSOCKET_MESSAGE,
} from './limits.ts';

export const FRAME = {
  challenge: 0x01,
  register: 0x02,
  registered: 0x03,
  keys: 0x04,
  admit: 0x05,
  admitted: 0x06,
  refused: 0x07,
  numberedKeys: 0x08,
  keysTaken: 0x09,
  open: 0x10,
  data: 0x11,
  window: 0x12,
  close: 0x13,
} as const;
export type FrameType = (typeof FRAME)[keyof typeof FRAME];

interface Shape {
  readonly smallest: number;
  readonly largest: number;
  /** Whether it belongs to a stream; otherwise its stream is 0. */
  readonly streamed: boolean;
}

function shape(streamed: boolean, smallest: number, largest = smallest): Shape {
  return { smallest, largest, streamed };
}

const SHAPES: ReadonlyMap<number, Shape> = new Map([
  [FRAME.challenge, shape(false, 33)],
  [FRAME.register, shape(false, 101, 609)],
  [FRAME.registered, shape(false, 4)],
  [FRAME.keys, shape(false, 1, 193)],
  [FRAME.admit, shape(false, 75, 327)],
  [FRAME.admitted, shape(false, 0)],
  [FRAME.refused, shape(false, 4, 4 + MAX_REASON)],
  [FRAME.numberedKeys, shape(false, 5, 197)],
  [FRAME.keysTaken, shape(false, 4)],
  [FRAME.open, shape(true, 8)],
  [FRAME.data, shape(true, 1, MAX_PACKET)],
  [FRAME.window, shape(true, 4)],
  [FRAME.close, shape(true, 2, 2 + MAX_REASON)],
]);

export interface Frame {
  readonly type: FrameType;
  readonly stream: number;
  /** A view of the message. */
  readonly payload: Uint8Array;
}

/**
 * All frames of one websocket message. Throws ProtocolError tunnel.message-… or tunnel.frame-…: a
 * message with one wrong frame is wrong as a whole, and none of its frames is taken.
 */
export function readFrames(message: Uint8Array): Frame[] {
  if (message.length === 0) throw peerBroke('tunnel.message-empty', 'an empty message came');
  if (message.length > MAX_WEBSOCKET_MESSAGE) {
    throw peerBroke('tunnel.message-oversize', `a message of ${message.length} bytes came`);
  }
  const reader = new ByteReader(message);
  const frames: Frame[] = [];
  while (reader.left > 0) {
    if (reader.left < FRAME_HEADER) throw peerBroke('tunnel.frame-truncated', 'a cut frame came');
    const type = reader.u8();
    const flags = reader.u8();
    const length = reader.u16();
    const stream = reader.u32();
    const expected = SHAPES.get(type);
    if (expected === undefined) {
      throw peerBroke('tunnel.frame-unknown-type', `a frame of unknown type ${type} came`);
    }
    if (flags !== 0) {
      throw peerBroke('tunnel.frame-reserved-flags', `a frame with flags ${flags} came`);
    }
    if (length < expected.smallest || length > expected.largest) {
      throw peerBroke(
        'tunnel.frame-bad-length',
        `a frame of type ${type} and ${length} bytes came`,
      );
    }
    if ((stream !== 0) !== expected.streamed) {
      throw peerBroke(
        'tunnel.frame-wrong-stream',
        `a frame of type ${type}, stream ${stream} came`,
      );
    }
    if (length > reader.left) throw peerBroke('tunnel.frame-truncated', 'a cut frame came');
    frames.push({ type: type as FrameType, stream, payload: reader.take(length) });
  }
  return frames;
}

/** Packs frames into as few websocket messages as possible, in their order. */
export class FramePacker {
  #messages: Bytes[] = [];
  #current: ByteWriter | null = null;

  /** On the client's stream, or on stream 0. */
  add(type: FrameType, payload: Uint8Array): void {
    const size = FRAME_HEADER + payload.length;
    if (this.#current !== null && this.#current.room < size) this.#finish();
    this.#current ??= new ByteWriter(MAX_WEBSOCKET_MESSAGE);
    const stream = SHAPES.get(type)?.streamed === true ? CLIENT_STREAM : 0;
    this.#current.u8(type).u8(0).u16(payload.length).u32(stream).put(payload);
  }

  /** The messages, which are forgotten here. */
  take(): Bytes[] {
    this.#finish();
    const messages = this.#messages;
    this.#messages = [];
    return messages;
  }

  #finish(): void {
    if (this.#current !== null) this.#messages.push(this.#current.written().slice());
    this.#current = null;
  }
}
