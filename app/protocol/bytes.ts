// Bytes: texts, concatenation, big-endian numbers, wiping.

export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

/** The text, or null when the bytes are not valid UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

/** A text from the peer that is shown to people: control characters become `?`. */
export function printable(bytes: Uint8Array): string {
  return lenient.decode(bytes).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '?');
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}

/** Overwrites secrets. Copies that the engine made are out of reach. */
export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0);
}

/** Writes big-endian numbers and bytes one after the other into bytes of a known length. */
export class ByteWriter {
  readonly bytes: Bytes;
  readonly #view: DataView;
  #size = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.bytes.buffer);
  }

  get size(): number {
    return this.#size;
  }

  get room(): number {
    return this.bytes.length - this.#size;
  }

  u8(value: number): this {
    this.#view.setUint8(this.#take(1), value);
    return this;
  }

  u16(value: number): this {
    this.#view.setUint16(this.#take(2), value);
    return this;
  }

  u32(value: number): this {
    this.#view.setUint32(this.#take(4), value);
    return this;
  }

  u64(value: bigint): this {
    this.#view.setBigUint64(this.#take(8), value);
    return this;
  }

  put(bytes: Uint8Array): this {
    this.bytes.set(bytes, this.#take(bytes.length));
    return this;
  }

  written(): Bytes {
    return this.bytes.subarray(0, this.#size);
  }

  #take(count: number): number {
    const place = this.#size;
    this.#size += count;
    return place;
  }
}

/** Reads them. Whoever reads checks `left` first; reading beyond the end throws RangeError. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #place = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#place;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8));
  }

  /** The next bytes, as a view of what is read from. */
  take(count: number): Uint8Array {
    if (count > this.left) throw new RangeError('beyond the end');
    const place = this.#advance(count);
    return this.#bytes.subarray(place, place + count);
  }

  rest(): Uint8Array {
    return this.take(this.left);
  }

  #advance(count: number): number {
    const place = this.#place;
    this.#place += count;
    return place;
  }
}
