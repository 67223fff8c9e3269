import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { utf8 } from '../../protocol/bytes.ts';
import { chooseCrypto } from '../../protocol/crypto/choose.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { NoiseCipher, NoiseInitiator, prologueFor } from '../../protocol/noise.ts';
import { CRYPTO_KINDS, crypto, fillRandom, subtle } from './crypto_kinds.ts';
import { fromHex, readDocument, toHex } from './document.ts';

interface Vector {
  init_prologue: string;
  init_psks: [string];
  init_ephemeral: string;
  messages: { payload: string; ciphertext: string }[];
}

const vector = JSON.parse(readDocument('vectors/noise-nnpsk0.json')) as Vector;

function code(expected: string) {
  return { name: 'ProtocolError', code: expected };
}

for (const kind of CRYPTO_KINDS) {
  test(`the published vector, with ${kind.name}`, async () => {
    const psk = await kind.crypto.material(fromHex(vector.init_psks[0]));
    const initiator = await NoiseInitiator.start(
      kind.crypto,
      psk,
      fromHex(vector.init_prologue),
      fromHex(vector.init_ephemeral),
    );
    const [first, second, ...rest] = vector.messages;
    assert.ok(first !== undefined && second !== undefined);
    assert.equal(toHex(await initiator.write(fromHex(first.payload))), first.ciphertext);
    const size = second.payload.length / 2;
    const { payload, transport } = await initiator.read(fromHex(second.ciphertext), size);
    assert.equal(toHex(payload), second.payload);
    for (const [index, message] of rest.entries()) {
      if (index % 2 === 0) {
        const sealed = await transport.send.seal(fromHex(message.payload));
        assert.equal(toHex(sealed), message.ciphertext);
      } else {
        const opened = await transport.receive.open(fromHex(message.ciphertext));
        assert.equal(toHex(opened), message.payload);
      }
    }
  });

  test(`a result of only zeros is refused, with ${kind.name}`, async () => {
    const psk = await kind.crypto.material(new Uint8Array(32));
    const own = kind.crypto.random(32);
    const initiator = await NoiseInitiator.start(kind.crypto, psk, prologueFor('pbx'), own);
    await initiator.write();
    await assert.rejects(initiator.read(new Uint8Array(48)), code('tunnel.handshake-failed'));
  });

  test(`an answer of another length or with another tag is refused, with ${kind.name}`, async () => {
    for (const [size, expected] of [
      [47, 'tunnel.noise-bad-length'],
      [49, 'tunnel.noise-bad-length'],
      [48, 'tunnel.handshake-failed'],
    ] as const) {
      const psk = await kind.crypto.material(new Uint8Array(32));
      const own = kind.crypto.random(32);
      const initiator = await NoiseInitiator.start(kind.crypto, psk, prologueFor('pbx'), own);
      await initiator.write();
      await assert.rejects(initiator.read(kind.crypto.random(size)), code(expected));
    }
  });
}

describe('a direction', () => {
  const ends = async (counter: bigint) => {
    const key = await crypto.cipherKey(new Uint8Array(32).fill(7));
    return [new NoiseCipher(crypto, key, counter), new NoiseCipher(crypto, key, counter)] as const;
  };

  test('counters beyond 2^32 and 2^53 stay exact', async () => {
    for (const start of [2n ** 32n - 2n, 2n ** 53n - 2n, 2n ** 64n - 5n]) {
      const [send, receive] = await ends(start);
      for (let i = 0; i < 4; ++i) {
        const sealed = await send.seal(utf8(`message ${i}`));
        assert.equal(toHex(await receive.open(sealed)), toHex(utf8(`message ${i}`)));
      }
    }
  });

  test('the last nonce is never used', async () => {
    const [send] = await ends(2n ** 64n - 1n);
    await assert.rejects(send.seal(utf8('x')), code('tunnel.noise-broken'));
  });

  test('nothing is opened behind a packet whose tag does not fit', async () => {
    const [send, receive] = await ends(0n);
    const [first, second] = [await send.seal(utf8('1')), await send.seal(utf8('2'))];
    first[0] = (first[0] ?? 0) ^ 1;
    await assert.rejects(receive.open(first), code('tunnel.noise-tampered'));
    await assert.rejects(receive.open(second), code('tunnel.noise-broken'));
  });

  test('a packet shorter than a tag is refused', async () => {
    const [, receive] = await ends(0n);
    await assert.rejects(receive.open(new Uint8Array(15)), code('tunnel.noise-bad-length'));
  });
});

describe('the choice of the curves', () => {
  const without = (name: string): Subtle =>
    new Proxy<Subtle>(subtle, {
      get: (target, property: keyof Subtle) => {
        if (property !== 'importKey') return target[property].bind(target);
        const importKey: Subtle['importKey'] = (format, data, algorithm, extractable, usages) =>
          algorithm.name === name
            ? Promise.reject(new DOMException('no such curve', 'NotSupportedError'))
            : target.importKey(format, data, algorithm, extractable, usages);
        return importKey;
      },
    });

  test('the engine’s own are taken where it has them: keys that cannot be read out', async () => {
    const key = await (await chooseCrypto(subtle, fillRandom)).signingKey(new Uint8Array(32));
    assert.ok('extractable' in key && !key.extractable);
  });

  test('noble’s are taken where one is missing, and sign the same', async () => {
    const own = await chooseCrypto(subtle, fillRandom);
    const seed = new Uint8Array(32).fill(3);
    const signature = await own.sign(await own.signingKey(seed), utf8('text'));
    for (const name of ['X25519', 'Ed25519']) {
      const chosen = await chooseCrypto(without(name), fillRandom);
      const key = await chosen.signingKey(seed);
      assert.ok('seed' in key);
      assert.equal(toHex(await chosen.sign(key, utf8('text'))), toHex(signature));
    }
  });
});
