// What the model agent takes from node:crypto, with noble's ciphers and curves: WebCrypto, which
// the page uses in the same test, would answer later, and would be its own witness.

import { gcm } from '@noble/ciphers/aes';
import { ed25519, x25519 } from '@noble/curves/ed25519';
import { hkdf } from '@noble/hashes/hkdf';
import { hmac } from '@noble/hashes/hmac';
import { sha256 } from '@noble/hashes/sha2';

/** Both DER forms of the two curves end with the key; the last byte of the OID names the curve. */
const PKCS8 = { oid: 11, size: 48 };
const SPKI = { oid: 8, size: 44 };
const ED25519 = 0x70;

export interface KeyObject {
  readonly oid: number;
  readonly bytes: Uint8Array;
  readonly secret: boolean;
  export(): Buffer;
}

function keyOf(der: Uint8Array, form: typeof SPKI, secret: boolean): KeyObject {
  const oid = der[form.oid] ?? 0;
  if (der.length !== form.size || oid < 0x6e || oid > ED25519) throw new Error('a wrong key');
  return { oid, bytes: der.slice(-32), secret, export: () => Buffer.from(der) };
}

export function createPrivateKey({ key }: { key: Uint8Array }): KeyObject {
  return keyOf(key, PKCS8, true);
}

export function createPublicKey(from: KeyObject | { key: Uint8Array }): KeyObject {
  if (!('oid' in from)) return keyOf(from.key, SPKI, false);
  const curve = from.oid === ED25519 ? ed25519 : x25519;
  const header = Buffer.from(`302a300506032b65${from.oid.toString(16)}032100`, 'hex');
  return keyOf(Buffer.concat([header, curve.getPublicKey(from.bytes)]), SPKI, false);
}

export function diffieHellman(keys: { privateKey: KeyObject; publicKey: KeyObject }): Buffer {
  return Buffer.from(x25519.getSharedSecret(keys.privateKey.bytes, keys.publicKey.bytes));
}

export function verify(
  _algorithm: null,
  data: Uint8Array,
  key: KeyObject,
  signature: Uint8Array,
): boolean {
  return ed25519.verify(signature, data, key.bytes);
}

/** Gathers what it is given, for `work`. */
class Gathering {
  readonly #parts: Uint8Array[] = [];
  readonly #work: (whole: Uint8Array) => Uint8Array;

  constructor(work: (whole: Uint8Array) => Uint8Array) {
    this.#work = work;
  }

  update(data: Uint8Array): this {
    this.#parts.push(data);
    return this;
  }

  digest(): Buffer {
    return Buffer.from(this.#work(Buffer.concat(this.#parts)));
  }
}

/** Of SHA-256, whatever is asked for: the tests ask for nothing else. */
export function createHash(): Gathering {
  return new Gathering(sha256);
}

export function createHmac(_name: 'sha256', key: Uint8Array): Gathering {
  return new Gathering((whole) => hmac(sha256, key, whole));
}

export function hkdfSync(
  _name: 'sha256',
  material: string | Uint8Array,
  salt: string | Uint8Array,
  info: string | Uint8Array,
  size: number,
): Uint8Array {
  return hkdf(sha256, bytesOf(material), bytesOf(salt), bytesOf(info), size);
}

function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? new TextEncoder().encode(value) : value;
}

/** AES-256-GCM; the whole result comes from final(), and the tag from its own place. */
class Cipher {
  readonly name: string;
  readonly #key: Uint8Array;
  readonly #iv: Uint8Array;
  #data: Uint8Array = new Uint8Array(0);
  #parts: Uint8Array[] = [];
  #tag: Uint8Array | null = null;

  constructor(name: 'aes-256-gcm', key: Uint8Array, iv: Uint8Array) {
    this.name = name;
    this.#key = key;
    this.#iv = iv;
  }

  setAAD(data: Uint8Array): this {
    this.#data = data;
    return this;
  }

  setAuthTag(tag: Uint8Array): void {
    this.#tag = tag;
  }

  getAuthTag(): Buffer {
    return Buffer.from(this.#tag ?? []);
  }

  update(part: Uint8Array): Buffer {
    this.#parts.push(part);
    return Buffer.alloc(0);
  }

  final(): Buffer {
    const cipher = gcm(this.#key, this.#iv, this.#data);
    const whole = Buffer.concat(this.#parts);
    if (this.#tag !== null) {
      return Buffer.from(cipher.decrypt(Buffer.concat([whole, this.#tag])));
    }
    const sealed = Buffer.from(cipher.encrypt(whole));
    this.#tag = sealed.subarray(-16);
    return sealed.subarray(0, -16);
  }
}

export function createCipheriv(name: 'aes-256-gcm', key: Uint8Array, iv: Uint8Array): Cipher {
  return new Cipher(name, key, iv);
}

export const createDecipheriv = createCipheriv;

export function randomBytes(size: number): Buffer {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(size)));
}

export function timingSafeEqual(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

export const webcrypto = globalThis.crypto;
