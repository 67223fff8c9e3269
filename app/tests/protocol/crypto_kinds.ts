// Both kinds of cryptography, for tests that run with each.

import { webcrypto } from 'node:crypto';

import type { Bytes } from '../../protocol/bytes.ts';
import { Crypto } from '../../protocol/crypto/crypto.ts';
import { SubtleCurves } from '../../protocol/crypto/curves.ts';
import { NobleCurves } from '../../protocol/crypto/noble_curves.ts';

export const subtle = webcrypto.subtle;

export function fillRandom(bytes: Bytes): void {
  webcrypto.getRandomValues(bytes);
}

export const CRYPTO_KINDS = [
  { name: 'WebCrypto', curves: new SubtleCurves(subtle) },
  { name: 'noble', curves: new NobleCurves() },
].map((kind) => ({ ...kind, crypto: new Crypto(subtle, kind.curves, fillRandom) }));

/** With the engine's own curves. */
export const crypto = new Crypto(subtle, new SubtleCurves(subtle), fillRandom);
