// Whether this engine has the curves, asked once by using them.

import type { Bytes } from '../bytes.ts';
import { Crypto } from './crypto.ts';
import { type Curves, SubtleCurves } from './curves.ts';
import type { Subtle } from './subtle.ts';

async function works(curves: Curves): Promise<boolean> {
  const fixed = new Uint8Array(32).fill(1);
  try {
    await curves.sign(await curves.signingKey(fixed), fixed);
    const { publicBytes, agree } = await curves.x25519(fixed);
    return (await agree(publicBytes)) !== null;
  } catch {
    return false;
  }
}

/** The engine's own curves, or noble's where it lacks one of them. */
export async function chooseCrypto(
  subtle: Subtle,
  fillRandom: (bytes: Bytes) => void,
): Promise<Crypto> {
  const own = new SubtleCurves(subtle);
  if (await works(own)) return new Crypto(subtle, own, fillRandom);
  const { NobleCurves } = await import('./noble_curves.ts');
  return new Crypto(subtle, new NobleCurves(), fillRandom);
}
