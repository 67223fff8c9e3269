// The cryptography that the protocol is composed of. Nothing is implemented here: SHA-256, HKDF,
// HMAC and AES are the engine's WebCrypto, the curves its WebCrypto or noble (./curves.ts).

import type { Bytes } from '../bytes.ts';
import type { Curves, SigningKey } from './curves.ts';
import type { Subtle, SubtleKey } from './subtle.ts';

// Keys of different kinds, so that the compiler keeps them apart.
declare const kind: unique symbol;
export type Material = SubtleKey & { readonly [kind]?: 'material' };
export type MacKey = SubtleKey & { readonly [kind]?: 'mac' };
export type CipherKey = SubtleKey & { readonly [kind]?: 'cipher' };

export class Crypto {
  readonly #subtle: Subtle;
  readonly #curves: Curves;
  readonly #fillRandom: (bytes: Bytes) => void;

  /** `fillRandom`: crypto.getRandomValues(), or fixed bytes in a test. */
  constructor(subtle: Subtle, curves: Curves, fillRandom: (bytes: Bytes) => void) {
    this.#subtle = subtle;
    this.#curves = curves;
    this.#fillRandom = fillRandom;
  }

  random(length: number): Bytes {
    const bytes = new Uint8Array(length);
    this.#fillRandom(bytes);
    return bytes;
  }

  async sha256(data: Bytes): Promise<Bytes> {
    return new Uint8Array(await this.#subtle.digest('SHA-256', data));
  }

  /** Key material for hkdf(); may be empty. */
  async material(bytes: Bytes): Promise<Material> {
    return this.#subtle.importKey('raw', bytes, { name: 'HKDF' }, false, ['deriveBits']);
  }

  /** HKDF-SHA256, RFC 5869. */
  async hkdf(material: Material, salt: Bytes, info: Bytes, length: number): Promise<Bytes> {
    const algorithm = { name: 'HKDF', hash: 'SHA-256', salt, info } as const;
    return new Uint8Array(await this.#subtle.deriveBits(algorithm, material, length * 8));
  }

  async macKey(bytes: Bytes): Promise<MacKey> {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' } as const;
    return this.#subtle.importKey('raw', bytes, algorithm, false, ['sign']);
  }

  /** HMAC-SHA256, RFC 2104. */
  async mac(key: MacKey, data: Bytes): Promise<Bytes> {
    return new Uint8Array(await this.#subtle.sign('HMAC', key, data));
  }

  async cipherKey(bytes: Bytes): Promise<CipherKey> {
    const usages: ('encrypt' | 'decrypt')[] = ['encrypt', 'decrypt'];
    return this.#subtle.importKey('raw', bytes, { name: 'AES-GCM' }, false, usages);
  }

  /** AES-256-GCM; the tag of 16 bytes stands behind the ciphertext. */
  async seal(key: CipherKey, iv: Bytes, additionalData: Bytes, data: Bytes): Promise<Bytes> {
    const algorithm = { name: 'AES-GCM', iv, additionalData, tagLength: 128 } as const;
    return new Uint8Array(await this.#subtle.encrypt(algorithm, key, data));
  }

  /** null: the tag does not fit. */
  async open(key: CipherKey, iv: Bytes, additionalData: Bytes, data: Bytes): Promise<Bytes | null> {
    const algorithm = { name: 'AES-GCM', iv, additionalData, tagLength: 128 } as const;
    try {
      return new Uint8Array(await this.#subtle.decrypt(algorithm, key, data));
    } catch {
      return null;
    }
  }

  async signingKey(seed: Bytes): Promise<SigningKey> {
    return this.#curves.signingKey(seed);
  }

  async sign(key: SigningKey, data: Bytes): Promise<Bytes> {
    return this.#curves.sign(key, data);
  }

  /** An X25519 key pair of 32 private bytes, which the caller wipes. */
  async x25519(privateBytes: Bytes): Promise<{ publicBytes: Bytes; agree: Agree }> {
    return this.#curves.x25519(privateBytes);
  }
}

/** X25519 with a peer's public key; null for a result of only zeros. */
export type Agree = (peer: Bytes) => Promise<Bytes | null>;
