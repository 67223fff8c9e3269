import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Calls } from '../../telephony/calls.ts';
import { Dialler } from '../../telephony/dialler.ts';
import type { DialAttempt, RememberedDial } from '../../telephony/dialler.ts';
import { defaultRules } from '../../telephony/numbers.ts';
import { Uci } from '../../telephony/uci.ts';
import { FakeClock, settle } from '../connection/fake_clock.ts';
import { allServices, deferred, FakeSession, RpcError } from './fakes.ts';

const kPlace = 'call.placeCallWithPhone';

function setUp(remembered: unknown = []) {
  const clock = new FakeClock();
  const session = new FakeSession();
  const uci = new Uci(session);
  uci.capabilities.setProvided(allServices, []);
  const calls = new Calls(uci, clock, defaultRules);
  let ids = 0;
  const saved: (readonly RememberedDial[])[] = [];
  const memory = {
    load: () => remembered,
    save: (dials: readonly RememberedDial[]) => saved.push(dials),
  };
  const dialler = new Dialler(uci, calls, defaultRules, () => `id-${(ids += 1)}`, memory);
  const event = (value: unknown): void => {
    calls.event('receiveCallState', value);
  };
  const shown = (): string[] => calls.list.get().map((call) => `${call.id} ${call.phase}`);
  const attempt = (): DialAttempt | undefined => dialler.attempts.get()[0];
  return { clock, session, calls, dialler, event, shown, attempt, saved };
}

test('a call is shown at once, and placed under the id that we chose', async () => {
  const { session, dialler, event, shown, attempt } = setUp();
  const answer = deferred<unknown>();
  session.on(kPlace, () => answer.promise);
  const dialling = dialler.dial('1002', { phoneId: 'SIP/1001' });
  await settle();
  assert.deepEqual(shown(), ['id-1 dialling']);
  assert.equal(attempt()?.status, 'requesting');
  assert.deepEqual(session.last(kPlace), ['1002', 'SIP/1001', 'id-1']);
  event({ id: 'id-1', state: 'RINGBACK', calledName: 'Ben' });
  answer.resolve('id-1');
  assert.equal((await dialling).status, 'placed');
  assert.deepEqual(shown(), ['id-1 ringback']);
});

test('pressed twice, it is one call', async () => {
  const { session, dialler } = setUp();
  session.on(kPlace, (_number, _phone, id) => id);
  const [one, two] = await Promise.all([dialler.dial('1002'), dialler.dial(' 10-02 ')]);
  assert.equal(one.id, two.id);
  assert.equal(session.count(kPlace), 1);
  await dialler.dial('1002', { id: 'id-1' });
  assert.equal(session.count(kPlace), 1);
});

test('a number that cannot be dialled asks nobody', async () => {
  const { session, dialler } = setUp();
  await assert.rejects(dialler.dial('Ben'), { code: 'telephony.bad-number', reason: 'letters' });
  assert.deepEqual(session.asked, []);
});

test('a call that the PBX refuses goes from the screen', async () => {
  const { session, dialler, shown } = setUp();
  session.on(kPlace, () => '').on('call.getCallState', () => ({}));
  const attempt = await dialler.dial('1002');
  assert.deepEqual([attempt.status, attempt.error?.code], ['failed', 'telephony.refused']);
  assert.deepEqual(shown(), []);
});

test('an error of the agent is passed on with its hint', async () => {
  const { session, dialler } = setUp();
  session.on(kPlace, () => {
    throw new RpcError('uci.access-refused', 'not allowed', 'ask the administrator');
  });
  const { status, error } = await dialler.dial('1002');
  assert.deepEqual(
    [status, error?.code, error?.message, error?.hint],
    ['failed', 'uci.access-refused', 'not allowed', 'ask the administrator'],
  );
});

test('after a timeout the PBX is asked for the call, and nothing is sent again', async () => {
  const { session, dialler, shown } = setUp();
  session.on(kPlace, () => {
    throw new RpcError('uci.timeout');
  });
  session.on('call.getCallState', (id) => ({ id, state: 'RINGBACK' }));
  assert.equal((await dialler.dial('1002')).status, 'placed');
  assert.deepEqual(shown(), ['id-1 ringback']);
  assert.equal(session.count(kPlace), 1);
});

test('an attempt of which nothing is known waits for the user, and goes again under its id', async () => {
  const { session, dialler, shown, saved } = setUp();
  session.on(kPlace, () => {
    throw new RpcError('tunnel.timeout');
  });
  session.on('call.getCallState', () => ({}));
  const { id, status } = await dialler.dial('1002');
  assert.equal(status, 'uncertain');
  assert.deepEqual(shown(), []);
  assert.deepEqual(saved.at(-1), [{ id, number: '1002', phoneId: null }]);
  session.on(kPlace, (_number, _phone, sent) => sent);
  assert.equal((await dialler.retry(id)).status, 'placed');
  assert.deepEqual(session.last(kPlace), ['1002', null, id]);
  assert.deepEqual(shown(), [`${id} dialling`]);
  assert.deepEqual(saved.at(-1), []);
});

test('a retry sends nothing when the call has come about, even if it is over', async () => {
  const { session, dialler, event } = setUp();
  session.on(kPlace, () => {
    throw new RpcError('uci.timeout');
  });
  session.on('call.getCallState', () => ({}));
  const { id } = await dialler.dial('1002');
  event({ id, state: 'RINGBACK' });
  assert.equal(dialler.attempts.get()[0]?.status, 'placed');
  event({ id, state: 'HANGUP' });
  await dialler.retry(id);
  assert.equal(session.count(kPlace), 1);
});

test('a call that rang and ended before its answer was lost is placed', async () => {
  const { session, dialler, event, shown } = setUp();
  session.on(kPlace, () => {
    event({ id: 'id-1', state: 'RINGBACK' });
    event({ id: 'id-1', state: 'HANGUP' });
    throw new RpcError('uci.timeout');
  });
  assert.equal((await dialler.dial('1002')).status, 'placed');
  assert.deepEqual(shown(), []);
});

test('a PBX that takes an id of its own is followed', async () => {
  const { session, dialler, shown } = setUp();
  session.on(kPlace, () => 'pbx-7');
  await dialler.dial('1002');
  assert.deepEqual(shown(), ['pbx-7 dialling']);
});

test('a reading does not end a call that is being placed', async () => {
  const { session, calls, dialler, shown } = setUp();
  const answer = deferred<unknown>();
  session.on(kPlace, () => answer.promise).on('call.getCallIds', () => []);
  const dialling = dialler.dial('1002');
  await calls.read();
  assert.deepEqual(shown(), ['id-1 dialling']);
  answer.resolve('id-1');
  await dialling;
  await calls.read();
  assert.deepEqual(shown(), []);
});

test('after a reload the PBX is asked for calls that were not answered', async () => {
  const { session, dialler } = setUp([
    { id: 'there', number: '1', phoneId: null },
    { id: 'gone', number: '2', phoneId: 'SIP/1' },
    { id: 7 },
    'nonsense',
  ]);
  session.on('call.getCallState', (id) => (id === 'there' ? { id, state: 'CONNECTED' } : {}));
  await dialler.restore();
  assert.deepEqual(
    dialler.attempts.get().map((one) => [one.id, one.status]),
    [
      ['there', 'placed'],
      ['gone', 'uncertain'],
    ],
  );
  assert.equal(session.count(kPlace), 0);
  dialler.dismiss('gone');
  assert.equal(dialler.attempts.get().length, 1);
});

test('calling back uses the request of the call list, so that the entry is marked', async () => {
  const { session, dialler } = setUp();
  session.on('callList.placeCallbackCallWithPhone', (_entry, _phone, id) => id);
  assert.equal((await dialler.callBack('entry', '0721 1')).status, 'placed');
  assert.deepEqual(session.last('callList.placeCallbackCallWithPhone'), ['entry', null, 'id-1']);
});
