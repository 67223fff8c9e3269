// The curves for engines without them in WebCrypto. Loaded only there (./choose.ts).

import { ed25519, x25519 } from '@noble/curves/ed25519';

import { type Bytes, wipe } from '../bytes.ts';
import type { Agree } from './crypto.ts';
import type { Curves, SigningKey } from './curves.ts';

export class NobleCurves implements Curves {
  signingKey(seed: Bytes): Promise<SigningKey> {
    return Promise.resolve({ seed: seed.slice() });
  }

  sign(key: SigningKey, data: Bytes): Promise<Bytes> {
    if (!('seed' in key)) {
      return Promise.reject(new TypeError('this key belongs to an engine with curves of its own'));
    }
    return Promise.resolve(new Uint8Array(ed25519.sign(data, key.seed)));
  }

  x25519(privateBytes: Bytes): Promise<{ publicBytes: Bytes; agree: Agree }> {
    const own = privateBytes.slice();
    const agree: Agree = (peer) => {
      try {
        // It throws for a result of only zeros.
        return Promise.resolve(new Uint8Array(x25519.getSharedSecret(own, peer)));
      } catch {
        return Promise.resolve(null);
      } finally {
        wipe(own);
      }
    };
    return Promise.resolve({ publicBytes: new Uint8Array(x25519.getPublicKey(own)), agree });
  }
}
