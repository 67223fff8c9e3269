import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Colleagues } from '../../telephony/colleagues.ts';
import { Uci } from '../../telephony/uci.ts';
import { FakeClock, settle } from '../connection/fake_clock.ts';
import { allServices, FakeSession, RpcError } from './fakes.ts';

function setUp(count: number) {
  const clock = new FakeClock();
  const session = new FakeSession();
  const uci = new Uci(session);
  uci.capabilities.setProvided(allServices, []);
  const busy = new Map<string, unknown>();
  const keys: unknown[] = [{ id: 'dial', type: 'QUICK_DIAL' }, null];
  for (let number = 1; number <= count; number += 1) {
    const name = `Colleague ${number}`;
    keys.push({ id: `k${number}`, type: 'BUSY_LAMP_FIELD', name, number: String(1000 + number) });
  }
  session.on('functionKey.getFunctionKeys', () => keys);
  session.on('functionKey.getCallInfoForKey', (id) => busy.get(id as string) ?? {});
  const colleagues = new Colleagues(uci, clock, {
    intervalMs: 10_000,
    firstMs: 500,
    keysARound: 3,
  });
  const lamps = (): string[] => colleagues.state.get().value.map((one) => one.lamp);
  const asked = (): number => session.count('functionKey.getCallInfoForKey');
  return { clock, session, busy, colleagues, lamps, asked };
}

test('only keys that watch somebody are colleagues, and nobody is asked until one is on the screen', async () => {
  const { colleagues, lamps, asked, clock } = setUp(2);
  await colleagues.read();
  assert.deepEqual(lamps(), ['unknown', 'unknown']);
  await clock.advance(60_000);
  assert.equal(asked(), 0);
});

test('lamps on the screen are asked in turn, a few in a round', async () => {
  const { colleagues, lamps, asked, clock, busy } = setUp(5);
  busy.set('k1', { id: 'c', state: 'CONNECTED' });
  busy.set('k4', { id: 'd', state: 'RINGING', callerName: 'Zoe' });
  busy.set('k5', { id: 'e', state: 'HANGUP' });
  await colleagues.read();
  const stop = colleagues.watch(['k1', 'k2', 'k4', 'k5', 'k1', 'no such']);
  await settle();
  assert.equal(asked(), 3);
  assert.deepEqual(lamps(), ['busy', 'available', 'unknown', 'ringing', 'unknown']);
  assert.equal(colleagues.state.get().value[3]?.peer, 'Zoe');
  await clock.advance(500);
  assert.equal(asked(), 4);
  assert.equal(lamps()[4], 'available');
  await clock.advance(9_999);
  assert.equal(asked(), 4);
  await clock.advance(1);
  assert.equal(asked(), 7);
  stop();
  await clock.advance(60_000);
  assert.equal(asked(), 7);
});

test('a key that comes onto the screen for the first time is not kept waiting', async () => {
  const { colleagues, lamps, busy, asked, clock } = setUp(5);
  busy.set('k5', { id: 'c', state: 'CONNECTED' });
  await colleagues.read();
  colleagues.watch(['k1']);
  await clock.advance(5000);
  assert.equal(asked(), 1);
  const stop = colleagues.watch(['k5']);
  await settle();
  assert.equal(lamps()[4], 'busy');
  assert.equal(asked(), 2);
  stop();
  colleagues.watch(['k5']);
  await clock.advance(9_999);
  assert.equal(asked(), 2);
});

test('reading the keys again keeps their lamps', async () => {
  const { colleagues, lamps, busy } = setUp(1);
  busy.set('k1', { id: 'c', state: 'CONNECTED' });
  await colleagues.read();
  const stop = colleagues.watch(['k1']);
  await settle();
  stop();
  await colleagues.read();
  assert.deepEqual(lamps(), ['busy']);
});

test('a PBX that sends events for keys is not asked any more', async () => {
  const { colleagues, lamps, asked, clock } = setUp(2);
  await colleagues.read();
  colleagues.watch(['k1', 'k2']);
  await settle();
  colleagues.event({ id: 'k2', telephonyState: 'ACTIVE' });
  assert.deepEqual(lamps(), ['available', 'busy']);
  await clock.advance(60_000);
  assert.equal(asked(), 2);
});

test('do not disturb in a key is not taken for free when there is no call', async () => {
  const { colleagues, session, lamps, busy } = setUp(0);
  session.on('functionKey.getFunctionKeys', () => [
    { id: 'k1', type: 'BUSY_LAMP_FIELD', doNotDisturb: true },
    { id: 'k2', type: 'BUSY_LAMP_FIELD', telephonyState: 'UNAVAILABLE' },
    { id: 'k3', type: 'BUSY_LAMP_FIELD', telephonyState: 'ACTIVE' },
  ]);
  busy.set('k2', { id: 'c', state: 'CONNECTED' });
  await colleagues.read();
  colleagues.watch(['k1', 'k2', 'k3']);
  await settle();
  assert.deepEqual(lamps(), ['do-not-disturb', 'busy', 'available']);
});

test('an event that is not understood leads to one reading of the keys', async () => {
  const { colleagues, session, clock } = setUp(2);
  await colleagues.read();
  for (let number = 0; number < 100; number += 1) colleagues.event({ strange: number });
  await clock.advance(1000);
  assert.equal(session.count('functionKey.getFunctionKeys'), 2);
});

test('a lamp that cannot be read is unknown, and one that is not offered is not asked again', async () => {
  const { colleagues, session, lamps, clock, asked } = setUp(1);
  session.on('functionKey.getCallInfoForKey', () => {
    throw new RpcError('session.method-not-allowed');
  });
  await colleagues.read();
  colleagues.watch(['k1']);
  await clock.advance(60_000);
  assert.deepEqual(lamps(), ['unknown']);
  assert.equal(asked(), 1);
});

test('states inside the keys are taken, and key sets in a struct are read', async () => {
  const { colleagues, session, lamps } = setUp(0);
  session.on('functionKey.getFunctionKeys', () => ({
    left: [{ id: 'a', functionKeyType: 'BUSYLAMPFIELD', telephonyState: 'RINGING' }],
    right: [{ id: 'b', functionKeyType: 'BUSYLAMPFIELD', chatPresence: 'DO_NOT_DISTURB' }],
    name: 'set',
  }));
  await colleagues.read();
  assert.deepEqual(lamps(), ['ringing', 'do-not-disturb']);
});
