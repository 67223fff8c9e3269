// X25519 (RFC 7748) and Ed25519 (RFC 8032).

import { type Bytes, concat, wipe } from '../bytes.ts';
import type { Agree } from './crypto.ts';
import type { Subtle, SubtleKey } from './subtle.ts';

/**
 * With WebCrypto a CryptoKey that is not extractable; with noble an object that has the seed. Both
 * can be stored in IndexedDB.
 */
export type SigningKey = SubtleKey | { readonly seed: Bytes };

export interface Curves {
  signingKey(seed: Bytes): Promise<SigningKey>;
  sign(key: SigningKey, data: Bytes): Promise<Bytes>;
  x25519(privateBytes: Bytes): Promise<{ publicBytes: Bytes; agree: Agree }>;
}

/** A private key as RFC 8410 writes it: these bytes, then the 32 of the key. */
function pkcs8(curve: 'X25519' | 'Ed25519', privateBytes: Bytes): Bytes {
  const algorithm = curve === 'X25519' ? 0x6e : 0x70;
  const header = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, algorithm);
  return concat(header, Uint8Array.of(4, 0x22, 4, 0x20), privateBytes);
}

const BASE_POINT = Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 9 : 0));

function unlessZero(shared: Bytes): Bytes | null {
  return shared.some((byte) => byte !== 0) ? shared : null;
}

export class SubtleCurves implements Curves {
  readonly #subtle: Subtle;

  constructor(subtle: Subtle) {
    this.#subtle = subtle;
  }

  async signingKey(seed: Bytes): Promise<SigningKey> {
    const encoded = pkcs8('Ed25519', seed);
    try {
      return await this.#subtle.importKey('pkcs8', encoded, { name: 'Ed25519' }, false, ['sign']);
    } finally {
      wipe(encoded);
    }
  }

  async sign(key: SigningKey, data: Bytes): Promise<Bytes> {
    return new Uint8Array(await this.#subtle.sign('Ed25519', key, data));
  }

  async x25519(privateBytes: Bytes): Promise<{ publicBytes: Bytes; agree: Agree }> {
    const encoded = pkcs8('X25519', privateBytes);
    try {
      const algorithm = { name: 'X25519' } as const;
      const key = await this.#subtle.importKey('pkcs8', encoded, algorithm, false, ['deriveBits']);
      const derive = async (peer: Bytes): Promise<Bytes> => {
        const point = await this.#subtle.importKey('raw', peer, algorithm, false, []);
        return new Uint8Array(
          await this.#subtle.deriveBits({ name: 'X25519', public: point }, key, 256),
        );
      };
      const publicBytes = await derive(BASE_POINT);
      // Engines refuse a result of zeros by an exception.
      const agree: Agree = (peer) => derive(peer).then(unlessZero, () => null);
      return { publicBytes, agree };
    } finally {
      wipe(encoded);
    }
  }
}
