import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { AckSchedule } from '../../protocol/ack_schedule.ts';
import { utf8 } from '../../protocol/bytes.ts';
import { OutgoingQueue } from '../../protocol/outgoing_queue.ts';
import { SessionLedger } from '../../protocol/session_ledger.ts';
import { Client } from './client.ts';
import { crypto } from './crypto_kinds.ts';

function code(expected: string) {
  return { name: 'ProtocolError', code: expected };
}

/** Takes everything, as if it were sent. */
function send(queue: OutgoingQueue): void {
  for (let front = queue.front(); front !== null; front = queue.front()) {
    queue.take(front.rest.length);
  }
}

describe('what waits for the agent', () => {
  test('is wiped when it is acknowledged, and when the session is over', () => {
    const queue = new OutgoingQueue();
    const [first, second] = [utf8('password'), utf8('secret')];
    queue.push(first);
    queue.push(second);
    send(queue);
    assert.ok(queue.acknowledge(1n));
    assert.deepEqual(first, new Uint8Array(8));
    assert.deepEqual(second, utf8('secret'));
    queue.clear();
    assert.deepEqual(second, new Uint8Array(6));
    assert.equal(queue.held, 0);
  });

  test('is at most 256 KiB at a time and 1 MiB in all, and a refused one takes no number', () => {
    const queue = new OutgoingQueue();
    assert.throws(() => queue.push(new Uint8Array(262_145)), code('tunnel.too-large'));
    for (let i = 1n; i <= 3n; ++i) assert.equal(queue.push(new Uint8Array(262_144)), i);
    assert.throws(() => queue.push(new Uint8Array(262_144)), code('tunnel.queue-full'));
    assert.equal(queue.push(new Uint8Array(1)), 4n);
    assert.throws(() => queue.push(new Uint8Array(0)), RangeError);
  });

  test('is bounded in number, too', () => {
    const queue = new OutgoingQueue();
    assert.throws(() => {
      for (let i = 0; i < 100_000; ++i) queue.push(new Uint8Array(1));
    }, code('tunnel.queue-full'));
  });

  test('cannot be acknowledged before it was sent whole', () => {
    const queue = new OutgoingQueue();
    queue.push(utf8('message'));
    queue.take(6);
    assert.ok(!queue.acknowledge(1n));
    queue.take(1);
    assert.ok(queue.acknowledge(1n));
    assert.ok(queue.acknowledge(0n), 'an older ACK changes nothing');
    assert.equal(queue.acknowledged, 1n);
  });

  test('begins again, whole, on a new stream', () => {
    const queue = new OutgoingQueue(2n ** 60n);
    queue.push(utf8('one'));
    queue.push(utf8('two'));
    queue.take(3);
    queue.take(1);
    queue.rewind();
    assert.deepEqual(queue.front(), { number: 2n ** 60n + 1n, rest: utf8('one') });
    send(queue);
    assert.ok(queue.acknowledge(2n ** 60n + 2n));
  });

  test('has numbers up to 2^64 - 1', () => {
    const queue = new OutgoingQueue(2n ** 64n - 2n);
    assert.equal(queue.push(utf8('last')), 2n ** 64n - 1n);
    assert.throws(() => queue.push(utf8('x')), code('tunnel.channel-closed'));
  });
});

describe('a session', () => {
  test('keeps its secret only as a key that cannot be read out', async () => {
    const ledger = new SessionLedger();
    const secret = crypto.random(32);
    await ledger.opened(crypto, {
      sessionId: crypto.random(16),
      secret,
      window: 60,
      handshakeHash: crypto.random(32),
    });
    assert.deepEqual(secret, new Uint8Array(32));
    assert.ok(ledger.identity !== null && 'extractable' in ledger.identity.secret);
    assert.equal(ledger.identity.secret.extractable, false);
  });

  test('keeps the hash of the handshake that opened it over its links', async () => {
    const client = await new Client().open();
    const hash = [...client.session.handshakeHash];
    assert.deepEqual([...(client.ledger.identity?.handshakeHash ?? [])], hash);
    await client.breakLine();
    await client.settle();
    assert.equal(client.session.resumed, 1);
    assert.deepEqual([...(client.ledger.identity?.handshakeHash ?? [])], hash);
  });

  test('that is over forgets it', async () => {
    const client = await new Client().open();
    assert.equal(client.ledger.identity?.window, 60);
    await client.link.close(client.now);
    assert.equal(client.ledger.identity, null);
    assert.throws(() => {
      client.reconnect();
    }, TypeError);
  });
});

test('the ACK that is due first is the one that counts', () => {
  const ack = new AckSchedule();
  assert.equal(ack.due, Infinity);
  ack.messageCame(1_000, 10);
  ack.messageCame(1_100, 10);
  assert.equal(ack.due, 1_200);
  ack.duplicateCame(1_150);
  assert.equal(ack.due, 1_150);
  ack.sent();
  assert.ok(!ack.waiting);
  ack.messageCame(2_000, 65_536);
  assert.equal(ack.due, 2_000);
});
