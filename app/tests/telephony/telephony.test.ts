import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Telephony } from '../../telephony/index.ts';
import { FakeClock, settle } from '../connection/fake_clock.ts';
import { allServices, deferred, FakeSession, RpcError } from './fakes.ts';

const kLogin = { user: '1001', services: ['ucp.v30.events.call'] };

function setUp() {
  const clock = new FakeClock();
  const session = new FakeSession();
  session
    .on('system.info', () => ({ uci: { version: 'v30' } }))
    .on('service.getProvidedRequests', () => allServices)
    .on('service.getProvidedEvents', () => ['ucp.v30.events.call', 'ucp.v30.events.redirect'])
    .on('service.subscribeEvents', () => true)
    .on('call.getCallIds', () => [])
    .on('userState.getUserState', () => ({ telephonyState: 'AVAILABLE' }))
    .on('callList.getCallList', () => ({ entries: [], totalCount: 0 }));
  let ids = 0;
  const telephony = new Telephony(session, clock, { newId: () => `id-${(ids += 1)}` });
  return { clock, session, telephony };
}

test('running calls are asked for first, and the settings last', async () => {
  const { session, telephony } = setUp();
  await telephony.start(kLogin);
  assert.equal(telephony.state.get().phase, 'ready');
  const methods = session.asked.map((one) => one.method);
  assert.equal(methods[0], 'call.getCallIds');
  const place = (method: string): number => methods.indexOf(method);
  assert.ok(place('service.getProvidedRequests') < place('userState.getUserState'));
  assert.ok(place('userState.getUserState') < place('callList.getCallList'));
  assert.ok(place('callList.getCallList') < place('redirect.getRedirectSettings'));
});

test('only events that the PBX has, and that the agent has not subscribed, are subscribed', async () => {
  const { session, telephony } = setUp();
  await telephony.start(kLogin);
  assert.equal(session.count('service.subscribeEvents'), 1);
  assert.deepEqual(session.last('service.subscribeEvents'), ['ucp.v30.events.redirect']);
});

test('a PBX that answers nothing but faults leaves a telephone without parts', async () => {
  const telephony = new Telephony(new FakeSession(), new FakeClock(), { newId: () => 'id' });
  await telephony.start(null);
  assert.equal(telephony.state.get().phase, 'ready');
  assert.equal(telephony.presence.state.get().status, 'hidden');
  assert.equal(telephony.journal.state.get().status, 'hidden');
  assert.equal(telephony.voicemail.state.get().status, 'hidden');
  assert.equal(telephony.seats.state.get().status, 'hidden');
});

test('a part that hangs does not hold up the calls', async () => {
  const { session, telephony } = setUp();
  session.on('redirect.getRedirectSettings', () => deferred<unknown>().promise);
  void telephony.start(kLogin);
  await settle();
  await settle();
  assert.equal(telephony.state.get().phase, 'ready');
  session.call({ id: 'a', state: 'RINGING' });
  assert.equal(telephony.calls.list.get().length, 1);
});

test('events that come before the first answers count', async () => {
  const { session, telephony } = setUp();
  const starting = telephony.start(kLogin);
  session.call({ id: 'a', state: 'RINGING' });
  await starting;
  assert.equal(telephony.calls.list.get()[0]?.phase, 'ringing');
});

test('after a gap the calls are read again, then what is shown of the past', async () => {
  const { clock, session, telephony } = setUp();
  await telephony.start(kLogin);
  session.call({ id: 'a', state: 'CONNECTED' });
  session.emit('session.pbx', { connected: false });
  assert.equal(telephony.state.get().connected, false);
  assert.equal(telephony.calls.status.get().stale, true);
  assert.equal(telephony.calls.list.get().length, 1);
  const before = session.asked.length;
  for (let time = 0; time < 50; time += 1) session.emit('session.pbx', { connected: true });
  await clock.advance(1000);
  assert.deepEqual(telephony.calls.list.get(), []);
  assert.equal(telephony.calls.status.get().stale, false);
  const asked = session.asked.slice(before).map((one) => one.method);
  assert.equal(asked[0], 'call.getCallIds');
  assert.equal(asked.filter((method) => method === 'call.getCallIds').length, 1);
  assert.ok(asked.includes('userState.getUserState'));
});

test('a gap during the start leads to one more reading of the calls', async () => {
  const { clock, session, telephony } = setUp();
  const starting = telephony.start(kLogin);
  session.emit('session.pbx', { connected: true });
  await starting;
  await clock.advance(1000);
  assert.equal(telephony.calls.status.get().stale, false);
  assert.equal(session.count('call.getCallIds'), 2);
});

test('a call that ended leads to one reading of the journal and of the missed calls', async () => {
  const { clock, session, telephony } = setUp();
  await telephony.start(kLogin);
  const before = session.count('callList.getCallList');
  for (const id of ['a', 'b', 'c']) {
    session.call({ id, state: 'RINGING' });
    session.call({ id, state: 'HANGUP' });
  }
  await clock.advance(1000);
  assert.equal(session.count('callList.getCallList'), before + 2);
});

test('the own state follows the calls', async () => {
  const { session, telephony } = setUp();
  await telephony.start(kLogin);
  const state = (): string => telephony.presence.state.get().value.telephony;
  session.call({ id: 'a', state: 'RINGING' });
  assert.equal(state(), 'ringing');
  session.call({ id: 'a', state: 'CONNECTED' });
  assert.equal(state(), 'active');
  session.call({ id: 'a', state: 'HANGUP' });
  assert.equal(state(), 'available');
});

test('events of services whose form is unknown lead to a reading of what they are about', async () => {
  const { clock, session, telephony } = setUp();
  await telephony.start(kLogin);
  const before = session.count('redirect.getRedirectSettings');
  session.on('redirect.getRedirectSettings', () => []);
  session.on('group.getGroupSettings', () => []);
  await telephony.start(kLogin);
  for (const odd of [undefined, null, {}, [], [null], [{ a: [] }]]) {
    session.emit('ucp.v30.events.redirect.somethingChanged', odd);
    session.emit('ucp.v31.events.nothing.known', odd);
    session.emit('nonsense', odd);
  }
  await clock.advance(1000);
  assert.equal(session.count('redirect.getRedirectSettings'), before + 2);
});

test('a user who is signed out sees why, and nothing else', async () => {
  const { clock, session, telephony } = setUp();
  await telephony.start(kLogin);
  session.call({ id: 'a', state: 'CONNECTED' });
  const told = { code: 'license.seat-withdrawn', message: 'withdrawn', hint: 'ask' };
  session.emit('session.signedOut', told);
  const { phase, signedOut } = telephony.state.get();
  assert.equal(phase, 'stopped');
  assert.deepEqual([signedOut?.code, signedOut?.hint], ['license.seat-withdrawn', 'ask']);
  assert.deepEqual(telephony.calls.list.get(), []);
  const asked = session.asked.length;
  session.call({ id: 'b', state: 'RINGING' });
  await clock.advance(120_000);
  assert.deepEqual(telephony.calls.list.get(), []);
  assert.equal(session.asked.length, asked);
  assert.equal(clock.pending, 0);
});

test('a start that was overtaken by a stop asks nothing more', async () => {
  const { clock, session, telephony } = setUp();
  const info = deferred<unknown>();
  session.on('system.info', () => info.promise);
  const starting = telephony.start(kLogin);
  await settle();
  telephony.stop();
  info.resolve({});
  await starting;
  await clock.advance(120_000);
  assert.ok(!session.asked.some((one) => one.method === 'userState.getUserState'));
  assert.equal(telephony.state.get().phase, 'stopped');
});

test('a new sign-in keeps what is shown until it has been read again', async () => {
  const { session, telephony } = setUp();
  session.on('call.getCallIds', () => ['a']);
  session.on('call.getCallState', () => ({ id: 'a', state: 'CONNECTED', duration: 3 }));
  await telephony.start(kLogin);
  const [before] = telephony.calls.list.get();
  const lists: unknown[] = [];
  telephony.calls.list.subscribe((list) => lists.push(list));
  await telephony.start(kLogin);
  assert.equal(telephony.calls.list.get()[0], before);
  assert.ok(before !== undefined && telephony.calls.actions(before).includes('hangUp'));
});

test('a refused reading of calls is told with its code', async () => {
  const { session, telephony } = setUp();
  session.on('call.getCallIds', () => {
    throw new RpcError('uci.access-refused', 'not allowed');
  });
  await telephony.start(kLogin);
  assert.equal(telephony.calls.status.get().error?.code, 'uci.access-refused');
});

test('answers for the user before do not reach the next one', async () => {
  const { session, telephony } = setUp();
  const old = {
    ids: deferred<unknown>(),
    state: deferred<unknown>(),
    dial: deferred<unknown>(),
    journal: deferred<unknown>(),
  };
  await telephony.start(kLogin);
  session.on('call.getCallIds', () => old.ids.promise);
  session.on('userState.getUserState', () => old.state.promise);
  session.on('callList.getCallList', () => old.journal.promise);
  session.on('call.placeCallWithPhone', () => old.dial.promise);
  const work = [telephony.gap(), telephony.presence.read(), telephony.journal.read()];
  const dialling = telephony.dialler.dial('1002');
  await settle();
  telephony.stop();
  session.on('call.getCallIds', () => []);
  session.on('userState.getUserState', () => ({ chatPresenceMessage: 'new' }));
  session.on('callList.getCallList', () => ({ entries: [], totalCount: 0 }));
  await telephony.start(kLogin);
  old.ids.resolve(['old']);
  old.state.resolve({ chatPresenceMessage: 'old' });
  old.journal.resolve({ entries: [{ id: 'old' }], totalCount: 1 });
  old.dial.resolve('id-1');
  await Promise.all([...work, dialling]);
  await settle();
  assert.equal(telephony.presence.state.get().value.message, 'new');
  assert.deepEqual(telephony.journal.state.get().entries, []);
  assert.deepEqual(telephony.dialler.attempts.get(), []);
  assert.deepEqual(telephony.calls.list.get(), []);
});
