// What is used of WebCrypto's SubtleCrypto. `crypto.subtle` of a browser and `webcrypto.subtle` of
// Node both fit; whoever starts the app passes it in.

import type { Bytes } from '../bytes.ts';

/** A CryptoKey. It is not extractable and may be stored in IndexedDB. */
export type SubtleKey = object;

export interface Subtle {
  digest(algorithm: 'SHA-256', data: Bytes): Promise<ArrayBuffer>;
  importKey(
    format: 'raw' | 'pkcs8',
    data: Bytes,
    algorithm: SubtleAlgorithm,
    extractable: boolean,
    usages: SubtleUsage[],
  ): Promise<SubtleKey>;
  deriveBits(algorithm: DeriveAlgorithm, key: SubtleKey, bits: number): Promise<ArrayBuffer>;
  sign(algorithm: 'Ed25519' | 'HMAC', key: SubtleKey, data: Bytes): Promise<ArrayBuffer>;
  encrypt(algorithm: GcmParameters, key: SubtleKey, data: Bytes): Promise<ArrayBuffer>;
  decrypt(algorithm: GcmParameters, key: SubtleKey, data: Bytes): Promise<ArrayBuffer>;
}

export type SubtleUsage = 'sign' | 'deriveBits' | 'encrypt' | 'decrypt';
export type SubtleAlgorithm =
  | { name: 'HKDF' }
  | { name: 'X25519' }
  | { name: 'Ed25519' }
  | { name: 'AES-GCM' }
  | { name: 'HMAC'; hash: 'SHA-256' };
export type DeriveAlgorithm =
  | { name: 'HKDF'; hash: 'SHA-256'; salt: Bytes; info: Bytes }
  | { name: 'X25519'; public: SubtleKey };
export interface GcmParameters {
  name: 'AES-GCM';
  iv: Bytes;
  additionalData: Bytes;
  tagLength: 128;
}
