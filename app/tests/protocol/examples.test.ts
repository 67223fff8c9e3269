// Every example of docs/protocol.md, from the client's side.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';

import { newDeviceKey, ticketIn, ticketLogin } from '../../connection/tickets.ts';
import { type Bytes, concat, utf8 } from '../../protocol/bytes.ts';
import {
  makeAdmit,
  makeFarewell,
  makeWindow,
  readChallenge,
  readFarewell,
  readRefused,
} from '../../protocol/control.ts';
import { ReceiveCredit } from '../../protocol/credit.ts';
import { deriveBytes, deriveCredentials } from '../../protocol/credentials.ts';
import { Crypto } from '../../protocol/crypto/crypto.ts';
import { FRAME, FramePacker, type FrameType, readFrames } from '../../protocol/frame.ts';
import { Double } from '../../protocol/json_writer.ts';
import { Link, type LinkEvent } from '../../protocol/link.ts';
import { NoiseInitiator, prologueFor } from '../../protocol/noise.ts';
import { readRecords, RecordWriter } from '../../protocol/record.ts';
import { RpcClient } from '../../protocol/rpc_client.ts';
import { resumeProof, SessionLedger } from '../../protocol/session_ledger.ts';
import { CRYPTO_KINDS, crypto, subtle } from './crypto_kinds.ts';
import { ProtocolDocument, toHex } from './document.ts';

const KEY = '7M6ETZWF057J6W0ZMDSGPPR4N5JJX9K1QQFTSVDY';
const NAME = 'pbx.example.com';
const document = new ProtocolDocument();

function same(name: string, computed: Uint8Array): void {
  assert.equal(toHex(computed), toHex(document.bytes(name)), name);
}

function framed(type: FrameType, payload: Uint8Array): Bytes {
  const packer = new FramePacker();
  packer.add(type, payload);
  return concat(...packer.take());
}

function onlyFrame(name: string) {
  const [frame, ...more] = readFrames(document.bytes(name));
  assert.ok(frame !== undefined && more.length === 0, name);
  return frame;
}

function records(write: (writer: RecordWriter) => void): Bytes {
  const writer = new RecordWriter(4_064);
  write(writer);
  return writer.plaintext();
}

/** A link at the document's client, whose random numbers are the document's. */
function documentLink(curves = CRYPTO_KINDS[0]?.curves) {
  assert.ok(curves !== undefined);
  const fixed = new Crypto(subtle, curves, (bytes) => {
    bytes.set(document.bytes('client-ephemeral'));
  });
  const ledger = new SessionLedger();
  const out: Bytes[] = [];
  const events: LinkEvent[] = [];
  const state: { close: number | null; deadline: number | null } = { close: null, deadline: null };
  const start = async (): Promise<Link> => {
    const link = new Link({
      crypto: fixed,
      name: NAME,
      credentials: await deriveCredentials(fixed, KEY),
      software: 'example/1',
      ledger,
      deliver: (output) => {
        out.push(...output.messages);
        events.push(...output.events);
        state.close = output.close;
        state.deadline = output.deadline;
      },
    });
    await link.connected(0);
    return link;
  };
  const sent = (): Bytes => concat(...out.splice(0));
  return { ledger, events, state, start, sent };
}

test('the derived values', async () => {
  const derived = await deriveBytes(crypto, KEY);
  same('admission-seed', derived.admissionSeed);
  same('psk', derived.psk);
  same('key-id', derived.keyId);
});

for (const kind of CRYPTO_KINDS) {
  test(`the whole session, with ${kind.name}`, async () => {
    const { ledger, events, state, start, sent } = documentLink(kind.curves);
    const rpc = new RpcClient();
    const link = await start();
    const receive = (name: string) => link.receive(document.bytes(name), 1_000);

    await receive('client-challenge');
    same('admit', sent());
    const login = rpc.call('session.login', { password: 'correct horse', user: '10' });
    assert.equal(login.text, document.json('login-request'));
    ledger.send(login.text);
    await receive('admitted');
    same('noise-1', sent());
    await receive('noise-2');
    same('client-1', sent());
    await receive('agent-1');
    assert.deepEqual(events.splice(0), [{ type: 'admitted' }, { type: 'opened', window: 0 }]);
    await receive('agent-2');
    const answer = events.shift();
    assert.ok(answer?.type === 'message');
    assert.equal(Buffer.from(answer.bytes).toString(), document.json('login-answer'));
    const result = rpc.read(answer.bytes);
    assert.ok(result.type === 'result' && result.call.method === 'session.login');

    const uuid = '6e0c3ab5-9f6c-4d7e-8a34-2f1d5e7b9c01';
    const dial = rpc.call('ucp.v30.requests.call.placeCallWithPhone', ['20', null, uuid]);
    assert.equal(dial.text, document.json('dial-request'));
    ledger.send(dial.text);
    await link.flush(1_000);
    same('client-2', sent());
    await receive('agent-3');
    const texts = events.splice(0).map((event) => {
      assert.ok(event.type === 'message');
      return Buffer.from(event.bytes).toString();
    });
    assert.deepEqual(texts, [document.json('dial-answer'), document.json('call-event')]);
    assert.deepEqual(
      texts.map((text) => rpc.read(utf8(text)).type),
      ['result', 'notification'],
    );

    assert.equal(sent().length, 0);
    assert.equal(state.deadline, 1_200);
    await link.tick(1_199);
    assert.equal(sent().length, 0);
    await link.tick(1_200);
    same('client-3', sent());
    await link.close(1_300);
    const close = document.bytes('client-close-frame');
    assert.equal(toHex(sent()), toHex(concat(document.bytes('client-4'), close)));
    assert.equal(state.close, 1000);
  });

  test(`the handshake, with ${kind.name}`, async () => {
    const psk = await crypto.material(document.bytes('psk'));
    const prologue = prologueFor(NAME);
    same('prologue', prologue);
    const ephemeral = document.bytes('client-ephemeral');
    const initiator = await NoiseInitiator.start(kind.crypto, psk, prologue, ephemeral);
    assert.ok(
      ephemeral.every((byte) => byte === 0),
      'the private key was not wiped',
    );
    assert.equal(toHex(await initiator.write()), toHex(onlyFrame('noise-1').payload));
    const packet = new Uint8Array(onlyFrame('noise-2').payload);
    const { transport } = await initiator.read(packet);
    same('handshake-hash', transport.handshakeHash);

    const { agree } = await kind.crypto.x25519(document.bytes('client-ephemeral'));
    same('shared-secret', (await agree(packet.slice(0, 32))) ?? new Uint8Array());
    const agent = await kind.crypto.x25519(document.bytes('agent-ephemeral'));
    assert.equal(toHex(agent.publicBytes), toHex(packet.slice(0, 32)));
  });
}

test('the steps of the handshake, by hand', async () => {
  const start = utf8('Noise_NNpsk0_25519_AESGCM_SHA256');
  const hash = await crypto.sha256(concat(start, document.bytes('prologue')));
  same('hash-after-prologue', hash);
  const psk = await crypto.material(document.bytes('psk'));
  const mixed = await crypto.hkdf(psk, start, new Uint8Array(0), 96);
  same('chaining-key-after-psk', mixed.slice(0, 32));
  same('hash-after-psk', await crypto.sha256(concat(hash, mixed.slice(32, 64))));
});

test('the packets of the session, opened and closed again', async () => {
  for (const [side, names] of [
    ['client-to-agent-key', ['client-1', 'client-2', 'client-3', 'client-4']],
    ['agent-to-client-key', ['agent-1', 'agent-2', 'agent-3']],
  ] as const) {
    const key = await crypto.cipherKey(document.bytes(side));
    for (const [number, name] of names.entries()) {
      const iv = new Uint8Array(12);
      iv[11] = number;
      const nothing = new Uint8Array(0);
      const plaintext = document.bytes(`${name}-plaintext`);
      const { payload } = onlyFrame(name);
      const opened = await crypto.open(key, iv, nothing, new Uint8Array(payload));
      assert.equal(toHex(opened ?? nothing), toHex(plaintext), name);
      assert.equal(toHex(await crypto.seal(key, iv, nothing, plaintext)), toHex(payload), name);
    }
  }
});

test('records that a client writes', async () => {
  const secret = await crypto.macKey(document.bytes('resume-secret'));
  const proof = await resumeProof(crypto, secret, document.bytes('handshake-hash'));
  const id = document.bytes('session-id');
  const [ping, number] = [Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 5n];
  const whole = utf8('{"jsonrpc":"2.0"}');
  same(
    'resume',
    records((writer) => writer.resume(id, proof, 3n)),
  );
  same(
    'resume-and-message',
    records((writer) => writer.resume(id, proof, 3n) && writer.message(false, 3n, utf8('{}'))),
  );
  same(
    'ping',
    records((writer) => writer.ping(ping)),
  );
  same(
    'pong',
    records((writer) => writer.pong(ping)),
  );
  same(
    'client-close-record',
    records((writer) => writer.close(0)),
  );
  same(
    'fragments-again',
    records((writer) => writer.message(false, number, whole)),
  );
  same(
    'fragments',
    records(
      (writer) =>
        writer.message(true, number, whole.slice(0, 11)) &&
        writer.message(false, number, whole.slice(11)),
    ),
  );
});

test('records that a client reads', () => {
  const read = (name: string) => [...readRecords(document.bytes(name))];
  assert.deepEqual(read('resumed'), [{ type: 'resumed', received: 2n }]);
  const farewell = { number: 15, reason: '' };
  assert.deepEqual(read('session-refused'), [
    { type: 'refused', farewell },
    { type: 'close', farewell },
  ]);
  assert.deepEqual(
    read('fragments').map((record) => (record.type === 'message' ? record.more : null)),
    [true, false],
  );
  const data = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  assert.deepEqual(read('ping'), [{ type: 'ping', data }]);
  assert.deepEqual(read('pong'), [{ type: 'pong', data }]);
});

test('frames of the client’s link', async () => {
  const nonce = readChallenge(onlyFrame('client-challenge').payload);
  same('client-nonce', nonce);
  const credentials = await deriveCredentials(crypto, KEY);
  same('admit', framed(FRAME.admit, await makeAdmit(crypto, credentials, NAME, nonce)));
  assert.deepEqual(readRefused(onlyFrame('refused').payload), {
    number: 4,
    retryAfter: 5,
    reason: 'the agent is not connected',
  });
  assert.equal(onlyFrame('admitted').payload.length, 0);
  const packer = new FramePacker();
  packer.add(FRAME.window, makeWindow(32_768));
  packer.add(FRAME.close, makeFarewell(0));
  same('two-frames', concat(...packer.take()));
  same('client-close-frame', framed(FRAME.close, makeFarewell(0)));
  for (const [name, number] of [
    ['close', 14],
    ['agent-close-frame', 0],
    ['short-handshake-close', 1],
  ] as const) {
    assert.deepEqual(readFarewell(onlyFrame(name).payload, 'CLOSE'), { number, reason: '' });
  }
  assert.equal(onlyFrame('short-handshake').payload.length, 47);
});

test('credit is due with the last byte of the half, and not before', () => {
  const credit = new ReceiveCredit();
  credit.arrived(32_768);
  credit.consumed(32_767);
  assert.equal(credit.takeUpdate(), 0);
  credit.consumed(1);
  same('credit-returned', framed(FRAME.window, makeWindow(credit.takeUpdate())));
});

test('messages that break the link', () => {
  const refused = (code: string) => ({ name: 'ProtocolError', code });
  assert.throws(
    () => readFrames(document.bytes('unknown-frame')),
    refused('tunnel.frame-unknown-type'),
  );
  assert.throws(() => readFrames(document.bytes('cut-frame')), refused('tunnel.frame-truncated'));
});

test('frames of an agent’s link break a client’s link', async () => {
  const names = ['register', 'registered', 'numbered-keys', 'keys-taken', 'keys', 'open'];
  for (const name of names) {
    const { events, state, start } = documentLink();
    const link = await start();
    await link.receive(document.bytes(name), 0);
    const [ended] = events;
    assert.ok(ended?.type === 'ended' && ended.ending.code === 'tunnel.frame-unexpected', name);
    assert.equal(state.close, 1002);
  }
});

test('the agent’s part is of the keys that the client has', async () => {
  // What only an agent makes is read for its keys; agent and connector have tests of their own.
  const { keyId } = await deriveBytes(crypto, KEY);
  const keys = concat(keyId, document.bytes('admission-public'), new Uint8Array(8));
  for (const name of ['register', 'numbered-keys']) {
    assert.ok(toHex(document.bytes(name)).includes(toHex(keys)), name);
  }
  assert.ok(toHex(document.bytes('register')).includes(toHex(document.bytes('identity-public'))));
  assert.equal(document.bytes('identity-seed').length, 32);
  const challenge = readChallenge(onlyFrame('agent-challenge').payload);
  same('agent-nonce', challenge);
});

describe('messages', () => {
  const read = (name: string) => {
    const rpc = new RpcClient();
    rpc.call('session.login', { user: '', password: '' });
    return rpc.read(utf8(document.json(name)));
  };

  test('errors', () => {
    const refused = read('error-answer');
    assert.ok(refused.type === 'error');
    assert.deepEqual(refused.error, {
      number: -32021,
      code: 'uci.login-refused',
      message: 'the PBX has refused the sign-in',
      hint: 'check user name and password',
      retryAfter: null,
    });
    const paused = read('paused-answer');
    assert.ok(paused.type === 'error' && paused.error.code === 'session.login-paused');
    assert.equal(paused.error.retryAfter, 272);
    const none = read('no-id-error');
    assert.ok(none.type === 'refused' && none.error.code === 'rpc.batch-refused');
  });

  test('tickets', async () => {
    const part = (name: string, of: 'params' | 'result') =>
      (JSON.parse(document.json(name)) as Record<typeof of, Record<string, string>>)[of];
    const asked = part('ticket-request', 'params');
    const { ticket = '', proof = '' } = part('ticket-login', 'params');
    const about = { key: {} as CryptoKey, user: '10', lifetime: 'long' } as const;
    const answer = part('ticket-answer', 'result');
    const made = ticketIn(answer, about);
    assert.deepEqual(made, { ...about, ticket, expires: Number(answer['expires']) });

    const base64 = (name: string) => Buffer.from(document.bytes(name)).toString('base64');
    assert.deepEqual(asked, { key: base64('ticket-device-key'), lifetime: 'long' });
    assert.equal(proof, base64('ticket-proof'));
    const message = document.bytes('ticket-proof-message');
    const curve = { name: 'ECDSA', namedCurve: 'P-256' };
    const signature = { name: 'ECDSA', hash: 'SHA-256' };
    const device = await subtle.importKey('raw', document.bytes('ticket-device-key'), curve, true, [
      'verify',
    ]);
    assert.ok(await subtle.verify(signature, device, document.bytes('ticket-proof'), message));

    // With a key of our own, over the same bytes.
    const browsers = subtle as unknown as SubtleCrypto;
    const { key, publicKey } = await newDeviceKey(browsers);
    const kept = { ...about, key, ticket, expires: 0 };
    const login = await ticketLogin(browsers, crypto, kept, document.bytes('handshake-hash'));
    const own = await subtle.importKey('raw', Buffer.from(publicKey, 'base64'), curve, true, [
      'verify',
    ]);
    const given = Buffer.from(login.proof, 'base64');
    assert.equal(login.ticket, ticket);
    assert.ok(await subtle.verify(signature, own, given, message));
  });

  test('notifications', () => {
    for (const [name, method] of [
      ['call-event', 'ucp.v30.events.call.receiveCallState'],
      ['pbx-notice', 'session.pbx'],
      ['events-lost-notice', 'session.pbx'],
      ['signed-out-notice', 'session.signedOut'],
    ] as const) {
      const event = read(name);
      assert.ok(event.type === 'notification' && event.method === method, name);
    }
  });

  test('talks: every call that a client can make, and every answer', () => {
    for (const name of document.names('talk')) {
      const rpc = new RpcClient();
      const ids = new Map<unknown, number>();
      for (const { mark, text } of document.talk(name)) {
        if (mark === '>') noteCall(rpc, ids, text);
        if (mark === '<') checkAnswer(rpc, ids, text);
      }
    }
  });

  test('a double is written as one', () => {
    const [line] = document.talk('numbers').filter(({ mark }) => mark === '>');
    const written = new RpcClient().call('ucp.v30.requests.phone.getPhoneIds', [
      1,
      new Double(1),
      new Double(100),
      '1',
    ]);
    // 100.0 is another spelling of the document's 1E2.
    assert.equal(written.text, line?.text.replace('1E2', '100.0'));
  });
});

interface SpokenCall {
  id: unknown;
  method?: unknown;
}

/** A call of the talk under an id of this client; texts that it never writes are left out. */
function noteCall(rpc: RpcClient, ids: Map<unknown, number>, text: string): void {
  let spoken: SpokenCall;
  try {
    spoken = JSON.parse(text) as SpokenCall;
  } catch {
    return;
  }
  if (spoken.id === undefined || spoken.id === null || ids.has(spoken.id)) return;
  ids.set(
    spoken.id,
    rpc.call(typeof spoken.method === 'string' && spoken.method !== '' ? spoken.method : 'x').call
      .id,
  );
}

/** The answer, completed by the members that talks leave out, belongs to its call. */
function checkAnswer(rpc: RpcClient, ids: Map<unknown, number>, text: string): void {
  const spoken = JSON.parse(text) as { id: unknown; error?: { data: { code: string } } };
  const id = spoken.id === null ? null : ids.get(spoken.id);
  const error = spoken.error === undefined ? undefined : { message: '', ...spoken.error };
  const whole = { ...spoken, jsonrpc: '2.0', id, error };
  const event = rpc.read(utf8(JSON.stringify(whole)));
  if (id !== null) ids.delete(spoken.id);
  const expected = id === null ? 'refused' : error === undefined ? 'result' : 'error';
  assert.equal(event.type, expected, text);
  if ('error' in event) assert.equal(event.error.code, spoken.error?.data.code);
}

after(() => {
  assert.deepEqual(document.unchecked(), []);
});
