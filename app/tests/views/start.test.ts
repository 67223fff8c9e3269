import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { test } from 'node:test';

import type { StoredTicket } from '../../connection/index.ts';
import { MemoryCabinet } from '../../host/storage/cabinet.ts';
import type { Telephony } from '../../telephony/index.ts';
import { FakeConnection } from '../../views/fake/connection.ts';
import { FakeHost } from '../../views/fake/host.ts';
import { SYSTEM } from '../../views/fake/keys.ts';
import { followHost, joinTelephony, ticketStore } from '../../views/start.ts';

async function ticket(lifetime: 'tab' | 'long', text = 'sealed'): Promise<StoredTicket> {
  const curve = { name: 'ECDSA', namedCurve: 'P-256' };
  const pair = await webcrypto.subtle.generateKey(curve, false, ['sign', 'verify']);
  return { ticket: text, key: pair.privateKey, user: '0011', expires: 1, lifetime };
}

// Node 18 has no global one.
Object.defineProperty(globalThis, 'CryptoKey', {
  value: (await ticket('tab')).key.constructor,
  configurable: true,
});

test('a ticket is kept for the window or for longer, never in both', async () => {
  const cabinet = new MemoryCabinet();
  const store = ticketStore(cabinet, SYSTEM);
  await store.save(await ticket('long', 'a'));
  await store.save(await ticket('tab', 'b'));
  assert.equal((await store.load())?.ticket, 'b');
  await cabinet.forget(`ticket ${SYSTEM.name} ${SYSTEM.keyId}`, 'tab');
  assert.equal(await store.load(), null);
});

test('a ticket that is being written when the user signs out is not left behind', async () => {
  for (const lifetime of ['tab', 'long'] as const) {
    const store = ticketStore(new MemoryCabinet(), SYSTEM);
    await Promise.all([store.save(await ticket(lifetime)), store.forget()]);
    assert.equal(await store.load(), null, lifetime);
  }
});

test('a ticket belongs to one system and one key', async () => {
  const cabinet = new MemoryCabinet();
  await ticketStore(cabinet, SYSTEM).save(await ticket('long'));
  for (const other of [
    { ...SYSTEM, name: 'other.example.com' },
    { ...SYSTEM, keyId: '00' },
  ]) {
    assert.equal(await ticketStore(cabinet, other).load(), null);
  }
});

test('a forgotten ticket is gone, and what is no ticket is not used', async () => {
  const cabinet = new MemoryCabinet();
  const store = ticketStore(cabinet, SYSTEM);
  await store.save(await ticket('long'));
  await store.forget();
  assert.equal(await store.load(), null);
  await cabinet.save(`ticket ${SYSTEM.name} ${SYSTEM.keyId}`, 'tab', { ticket: 'x', key: 7 });
  assert.equal(await store.load(), null);
});

function fakeTelephony(): { asked: string[]; telephony: Telephony } {
  const asked: string[] = [];
  const say = (what: string) => () => {
    asked.push(what);
    return Promise.resolve();
  };
  const telephony = { start: say('start'), gap: say('gap'), stop: say('stop') };
  return { asked, telephony: telephony as unknown as Telephony };
}

test('a new session reads everything, the same one only what it may have missed', () => {
  const connection = new FakeConnection();
  const { asked, telephony } = fakeTelephony();
  joinTelephony(connection, telephony);
  connection.comeIn('0011', false);
  connection.show({ phase: 'interrupted' });
  connection.comeIn('0011', true);
  connection.gap();
  connection.show({ phase: 'open' });
  assert.deepEqual(asked, ['start', 'gap', 'gap', 'stop']);
});

test('a telephony that is loaded after the sign-in starts at once', () => {
  const { asked, telephony } = fakeTelephony();
  joinTelephony(new FakeConnection({ phase: 'signed-in' }), telephony);
  assert.deepEqual(asked, ['start']);
});

test('the line is put aside with the frame, and tried when network or user are back', async () => {
  const host = new FakeHost();
  const connection = new FakeConnection({ phase: 'interrupted' });
  const shown: string[] = [];
  host.ringing = true;
  followHost({ host, connection, show: (page) => shown.push(page) });
  connection.asked.length = 0;
  await host.goAway();
  assert.equal(host.ringing, false);
  host.comeBack('info');
  assert.deepEqual(shown, ['info']);
  host.online.value = false;
  host.online.value = true;
  host.visible.value = false;
  host.visible.value = true;
  assert.deepEqual(connection.asked, ['suspend', 'resume', 'retryNow', 'retryNow']);
  // What needs the user is not tried again by itself.
  connection.show({ phase: 'failed' });
  host.online.value = false;
  host.online.value = true;
  assert.equal(connection.asked.length, 4);
});
