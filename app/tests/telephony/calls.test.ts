import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../../telephony/call.ts';
import { duration, peer } from '../../telephony/call.ts';
import { Calls } from '../../telephony/calls.ts';
import { defaultRules } from '../../telephony/numbers.ts';
import { Uci } from '../../telephony/uci.ts';
import { FakeClock, settle } from '../connection/fake_clock.ts';
import { allServices, deferred, FakeSession, RpcError } from './fakes.ts';

function setUp() {
  const clock = new FakeClock();
  const session = new FakeSession();
  const uci = new Uci(session);
  uci.capabilities.setProvided(allServices, []);
  const calls = new Calls(uci, clock, defaultRules);
  const event = (value: unknown): void => {
    calls.event('receiveCallState', value);
  };
  const only = (): Call => {
    const [call, ...others] = calls.list.get();
    assert.ok(call !== undefined && others.length === 0);
    return call;
  };
  return { clock, session, calls, event, only };
}

test('an incoming call goes from ringing to its end', () => {
  const { calls, event, only, clock } = setUp();
  event({ id: 'a', state: 'INCOMING', callerNumber: '0721', callerName: 'Zoe', calledNumber: '1' });
  event({ id: 'a', state: 'RINGING' });
  assert.equal(only().phase, 'ringing');
  assert.equal(only().direction, 'incoming');
  assert.deepEqual(peer(only()), { number: '0721', name: 'Zoe' });
  event({ id: 'a', state: 'CONNECTED' });
  assert.equal(only().direction, 'incoming');
  assert.equal(only().connectedAt, clock.now());
  event({ id: 'a', state: 'HANGUP' });
  assert.deepEqual(calls.list.get(), []);
});

test('an outgoing call goes over ringback, in both spellings of its first state', () => {
  for (const first of ['PROCEEDING', 'OUTGOING']) {
    const { event, only } = setUp();
    event({ id: 'a', state: first, calledNumber: '1002' });
    assert.equal(only().phase, 'dialling');
    event({ id: 'a', state: 'RINGBACK' });
    assert.equal(only().phase, 'ringback');
    assert.equal(peer(only()).number, '1002');
  }
});

test('a first event without a state, and names that come late', () => {
  const { event, only } = setUp();
  event({ id: 'a', state: '', callerNumber: '' });
  assert.equal(only().phase, 'starting');
  event({ id: 'a', state: 'RINGING', callerNumber: '0721' });
  event({ id: 'a', state: '', callerName: 'Zoe', callerNumber: null });
  assert.equal(only().phase, 'ringing');
  assert.deepEqual(only().caller, { number: '0721', name: 'Zoe' });
});

test('a name does not stay with another number', () => {
  const { event, only } = setUp();
  event({ id: 'a', state: 'CONNECTED', callerNumber: '1', callerName: 'Anna' });
  event({ id: 'a', state: 'CONNECTED', callerNumber: '2', callerName: '' });
  assert.deepEqual(only().caller, { number: '2', name: '' });
});

test('unknown states and broken events do no harm', () => {
  const { calls, event, only } = setUp();
  for (const odd of [null, 7, [], {}, { id: '' }, { id: 'x'.repeat(500), state: 'RINGING' }]) {
    event(odd);
  }
  assert.deepEqual(calls.list.get(), []);
  event({ id: 'a', state: 'LEVITATING', channelNames: 7, timestamp: [], duration: 'long' });
  assert.equal(only().phase, 'other');
  assert.equal(only().state, 'LEVITATING');
  event({ id: 'a', state: 'constructor' });
  assert.equal(only().phase, 'other');
});

test('names with markup and right-to-left letters are text', () => {
  const { event, only } = setUp();
  const name = '<script>alert(1)</script> \u202e\u05d0';
  event({ id: 'a', state: 'RINGING', callerName: name });
  assert.equal(only().caller.name, name);
});

test('an older report does not bring an older state back', () => {
  const { event, only } = setUp();
  event({ id: 'a', state: 'CONNECTED', timestamp: '2026-11-23T10:00:05' });
  event({ id: 'a', state: 'RINGING', timestamp: '2026-11-23T10:00:01', callerName: 'Zoe' });
  assert.equal(only().phase, 'connected');
  assert.equal(only().caller.name, 'Zoe');
});

test('an event of a call that has ended does not bring it back', () => {
  const { calls, event } = setUp();
  event({ id: 'a', state: 'RINGING' });
  event({ id: 'a', state: 'HANGUP' });
  event({ id: 'a', state: 'RINGING' });
  assert.deepEqual(calls.list.get(), []);
});

test('the duration counts on our clock, from what the PBX says', async () => {
  const { clock, session, calls, event, only } = setUp();
  session.on('call.getCallIds', () => ['a']);
  session.on('call.getCallState', () => ({ id: 'a', state: 'CONNECTED', duration: 90 }));
  await calls.read();
  assert.equal(duration(only(), clock.now()), 90);
  await clock.advance(2500);
  assert.equal(duration(only(), calls.now.get()), 92);
  event({ id: 'a', state: 'CONNECTED', duration: 0 });
  assert.equal(duration(only(), clock.now()), 92);
  event({ id: 'a', state: 'CONNECTED', duration: 200 });
  assert.equal(duration(only(), clock.now()), 200);
});

test('a call that is found talking without a duration has none', async () => {
  const { clock, session, calls, only } = setUp();
  session.on('call.getCallIds', () => ['a']);
  session.on('call.getCallState', () => ({ id: 'a', state: 'CONNECTED' }));
  await calls.read();
  assert.equal(duration(only(), clock.now()), null);
});

test('the clock stands while nobody talks', async () => {
  const { clock, event } = setUp();
  event({ id: 'a', state: 'CONNECTED', duration: 1 });
  await clock.advance(3000);
  assert.equal(clock.pending, 1);
  event({ id: 'a', state: 'HANGUP' });
  assert.equal(clock.pending, 0);
});

test('a call that ends while the list is being read does not come back', async () => {
  const { session, calls, event } = setUp();
  const state = deferred<unknown>();
  session.on('call.getCallIds', () => ['a']);
  session.on('call.getCallState', () => state.promise);
  event({ id: 'a', state: 'CONNECTED' });
  const reading = calls.read();
  await settle();
  event({ id: 'a', state: 'HANGUP' });
  state.resolve({ id: 'a', state: 'CONNECTED' });
  await reading;
  assert.deepEqual(calls.list.get(), []);
});

test('a call that nobody knew and that ends while the list is being read stays away', async () => {
  const { session, calls, event } = setUp();
  const ids = deferred<unknown>();
  session.on('call.getCallIds', () => ids.promise);
  session.on('call.getCallState', () => ({ id: 'a', state: 'RINGING' }));
  const reading = calls.read();
  event({ id: 'a', state: 'HANGUP' });
  ids.resolve(['a']);
  await reading;
  assert.deepEqual(calls.list.get(), []);
});

test('a call that begins while the list is being read stays', async () => {
  const { session, calls, event, only } = setUp();
  const ids = deferred<unknown>();
  session.on('call.getCallIds', () => ids.promise);
  const reading = calls.read();
  event({ id: 'b', state: 'RINGING' });
  ids.resolve([]);
  await reading;
  assert.equal(only().id, 'b');
});

test('an event that overtakes the answer to a question wins', async () => {
  const { session, calls, event, only } = setUp();
  const state = deferred<unknown>();
  session.on('call.getCallIds', () => ['a']);
  session.on('call.getCallState', () => state.promise);
  event({ id: 'a', state: 'RINGING' });
  const reading = calls.read();
  await settle();
  event({ id: 'a', state: 'CONNECTED' });
  state.resolve({ id: 'a', state: 'RINGING', callerName: 'Zoe' });
  await reading;
  assert.equal(only().phase, 'connected');
  assert.equal(only().caller.name, 'Zoe');
});

test('a call that ended unseen goes, with one change of the list for the whole reading', async () => {
  const { session, calls, event } = setUp();
  for (const id of ['a', 'b', 'c']) event({ id, state: 'CONNECTED' });
  const [, , c] = calls.list.get();
  const lists: (readonly Call[])[] = [];
  const ended: string[] = [];
  calls.list.subscribe((list) => lists.push(list));
  calls.table.onEnded((call) => ended.push(call.id));
  session.on('call.getCallIds', () => ['b', 'c', 'd']);
  session.on('call.getCallState', (id) =>
    id === 'c' ? { id, state: 'CONNECTED' } : id === 'b' ? {} : { id, state: 'RINGING' },
  );
  await calls.read();
  assert.equal(lists.length, 1);
  assert.deepEqual(
    calls.list.get().map((call) => call.id),
    ['c', 'd'],
  );
  assert.equal(calls.list.get()[0], c);
  assert.deepEqual(ended, ['b', 'a']);
});

test('calls are stale between a gap and the reading that follows', async () => {
  const { session, calls } = setUp();
  const ids = deferred<unknown>();
  session.on('call.getCallIds', () => ids.promise);
  const reading = calls.read();
  calls.lost();
  ids.resolve([]);
  await reading;
  assert.equal(calls.status.get().stale, true);
  session.on('call.getCallIds', () => []);
  await calls.read();
  assert.equal(calls.status.get().stale, false);
});

test('a reading that fails keeps the calls, and is tried again after growing pauses', async () => {
  const { clock, session, calls, event, only } = setUp();
  event({ id: 'a', state: 'RINGING' });
  session.on('call.getCallIds', () => {
    throw new RpcError('uci.unreachable', 'not there', 'wait');
  });
  await calls.read();
  assert.equal(only().id, 'a');
  const { error } = calls.status.get();
  assert.deepEqual([error?.code, error?.hint], ['uci.unreachable', 'wait']);
  await clock.advance(2000);
  assert.equal(session.count('call.getCallIds'), 2);
  await clock.advance(3999);
  assert.equal(session.count('call.getCallIds'), 2);
  session.on('call.getCallIds', () => []);
  await clock.advance(1);
  assert.deepEqual(calls.list.get(), []);
  assert.deepEqual(calls.status.get(), { stale: false, error: null });
});

test('a state that cannot be read leaves its call as it was', async () => {
  const { session, calls, event, only } = setUp();
  event({ id: 'a', state: 'RINGING' });
  session.on('call.getCallIds', () => ['a']);
  session.on('call.getCallState', () => {
    throw new RpcError('uci.timeout');
  });
  await calls.read();
  assert.equal(only().phase, 'ringing');
  assert.equal(calls.status.get().stale, true);
});

test('thousands of events cost thousands of steps, and as many calls are not kept', () => {
  const { calls, event } = setUp();
  let told = 0;
  calls.list.subscribe(() => (told += 1));
  for (let number = 0; number < 20_000; number += 1) {
    event({ id: `call-${number % 5000}`, state: number % 2 === 0 ? 'RINGING' : 'CONNECTED' });
  }
  assert.equal(calls.list.get().length, 200);
  assert.ok(told <= 2000, String(told));
});

test('a command for a call is given once, and its call is busy meanwhile', async () => {
  const { session, calls, event, only } = setUp();
  const answer = deferred<unknown>();
  session.on('call.hold', () => answer.promise);
  event({ id: 'a', state: 'CONNECTED' });
  const holding = calls.hold('a', true);
  await assert.rejects(calls.hold('a', true), { code: 'telephony.busy' });
  assert.equal(only().busy, 'hold');
  answer.resolve(true);
  await holding;
  assert.equal(only().busy, null);
  assert.equal(only().held, true);
  await calls.hold('a', true);
  assert.equal(session.count('call.hold'), 1);
  assert.deepEqual(calls.actions(only()), ['hangUp', 'unhold', 'transfer']);
});

test('a transfer dials what was typed, and refuses what is no number before it asks', async () => {
  const { session, calls, event } = setUp();
  session.on('call.forward', () => null);
  event({ id: 'a', state: 'RINGING' });
  await assert.rejects(calls.transfer('a', 'Ben'), { code: 'telephony.bad-number' });
  await calls.transfer('a', '+49 (0)721 15');
  assert.deepEqual(session.last('call.forward'), ['a', '004972115']);
  assert.equal(session.count('call.forward'), 1);
});

test('hanging up a call that has just ended is no error, one that goes on is', async () => {
  const { session, calls, event } = setUp();
  event({ id: 'a', state: 'CONNECTED' });
  event({ id: 'b', state: 'CONNECTED' });
  session.on('call.hangupCall', (id) => {
    if (id === 'a') event({ id: 'a', state: 'HANGUP' });
    return false;
  });
  await calls.hangUp('a');
  await assert.rejects(calls.hangUp('b'), { code: 'telephony.refused' });
  await assert.rejects(calls.hangUp('c'), { code: 'telephony.gone' });
});

test('what the PBX turns out not to have is no longer offered', async () => {
  const { calls, event } = setUp();
  event({ id: 'a', state: 'CONNECTED' });
  event({ id: 'b', state: 'CONNECTED' });
  const [a] = calls.list.get();
  assert.ok(a !== undefined && calls.actions(a).includes('conference'));
  await assert.rejects(calls.conference(['a', 'b']), { code: 'uci.fault' });
  assert.ok(!calls.actions(a).includes('conference'));
});

test('a conference event leads to a reading, many to one', async () => {
  const { clock, session, calls } = setUp();
  session.on('call.getCallIds', () => []);
  for (let number = 0; number < 1000; number += 1) calls.event('receiveConfrenceCallState', {});
  await clock.advance(0);
  assert.equal(session.count('call.getCallIds'), 1);
});

test('a PBX that reports a held call as parked is believed', async () => {
  const { session, calls, event, only } = setUp();
  session.on('call.hold', () => true);
  event({ id: 'a', state: 'CONNECTED' });
  await calls.hold('a', true);
  event({ id: 'a', state: 'PARKED' });
  assert.ok(calls.actions(only()).includes('unhold'));
  event({ id: 'a', state: 'CONNECTED' });
  assert.ok(calls.actions(only()).includes('hold'));
});

test('a view that throws does not keep a command from ending', async (context) => {
  const { session, calls, event, only } = setUp();
  session.on('call.hold', () => true);
  event({ id: 'a', state: 'CONNECTED' });
  const later: (() => void)[] = [];
  context.mock.method(globalThis, 'queueMicrotask', (action: () => void) => later.push(action));
  calls.list.subscribe(() => {
    throw new Error('a view');
  });
  await calls.hold('a', true);
  assert.deepEqual([only().held, only().busy], [true, null]);
  assert.throws(() => later[0]?.(), /a view/);
});
