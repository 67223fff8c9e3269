// What a client keeps of a system key (docs/protocol.md, part 9, Derivation).

import { type Bytes, utf8, wipe } from './bytes.ts';
import type { Crypto, Material } from './crypto/crypto.ts';
import type { SigningKey } from './crypto/curves.ts';

const SALT = utf8('starface-teams/1');
const INFO = { seed: utf8('admission ed25519 seed'), psk: utf8('noise psk'), id: utf8('key id') };

export interface Credentials {
  readonly keyId: Bytes;
  /** Signs ADMIT. */
  readonly admission: SigningKey;
  /** The pre-shared key of the handshake. */
  readonly psk: Material;
}

/** The bytes that are derived; the caller wipes them. */
export async function deriveBytes(
  crypto: Crypto,
  canonicalKey: string,
): Promise<{ admissionSeed: Bytes; psk: Bytes; keyId: Bytes }> {
  const symbols = utf8(canonicalKey);
  const material = await crypto.material(symbols);
  wipe(symbols);
  return {
    admissionSeed: await crypto.hkdf(material, SALT, INFO.seed, 32),
    psk: await crypto.hkdf(material, SALT, INFO.psk, 32),
    keyId: await crypto.hkdf(material, SALT, INFO.id, 8),
  };
}

/** From the canonical form of the key (parseSystemKey()), which need not be kept afterwards. */
export async function deriveCredentials(
  crypto: Crypto,
  canonicalKey: string,
): Promise<Credentials> {
  const { admissionSeed, psk, keyId } = await deriveBytes(crypto, canonicalKey);
  try {
    return {
      keyId,
      admission: await crypto.signingKey(admissionSeed),
      psk: await crypto.material(psk),
    };
  } finally {
    wipe(admissionSeed, psk);
  }
}
