// Whatever a PBX sends: nothing throws, nothing is left hanging, and the parts stay usable.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNumber } from '../../telephony/numbers.ts';
import { Telephony } from '../../telephony/index.ts';
import { FakeClock } from '../connection/fake_clock.ts';
import { allServices, FakeSession, RpcError } from './fakes.ts';

/** Numbers that look random and are the same in each run (mulberry32). */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

const kNames = (
  'id state timestamp callerNumber callerName calledNumber calledName duration entries totalCount ' +
  'type destinationType enabled phoneNumbers active chatPresence telephonyState $date startTime ' +
  'direction result holders seats user number name connectedTimestamp channelNames uci version'
).split(' ');
const kTexts = [
  ...'a b c RINGING CONNECTED HANGUP INCOMING ALWAYS VOICEMAIL BUSY_LAMP_FIELD INBOUND MISSED'.split(
    ' ',
  ),
  '2026-11-23T10:00:00',
  '',
  '__proto__',
  '\ud800',
  '<b>\u202e',
  'x'.repeat(5000),
];

function oddValue(roll: (sides: number) => number, depth = 0): unknown {
  const kind = roll(depth > 3 ? 6 : 9);
  if (kind === 0) return null;
  if (kind === 1) return roll(2) === 0;
  if (kind === 2) return [0, -1, 1.5, 1e308, -0, 2 ** 53][roll(6)];
  if (kind < 6) return kTexts[roll(kTexts.length)];
  if (kind === 6) return Array.from({ length: roll(6) }, () => oddValue(roll, depth + 1));
  const struct: Record<string, unknown> = {};
  for (let member = roll(10); member >= 0; member -= 1) {
    struct[kNames[roll(kNames.length)] ?? ''] = oddValue(roll, depth + 1);
  }
  return struct;
}

const kServices = 'call userState functionKey callList redirect phone group voicemailList'.split(
  ' ',
);

test('odd answers and events harm nothing', async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const roll = dice(seed);
    const clock = new FakeClock();
    const session = new FakeSession();
    const request = session.request.bind(session);
    session.request = async (method, params) => {
      await request(method, params).catch(() => null);
      if (method.endsWith('getProvidedRequests') && seed % 2 === 0) return allServices;
      if (roll(10) === 0) throw new RpcError('uci.fault');
      return oddValue(roll);
    };
    const telephony = new Telephony(session, clock, { newId: () => `id-${seed}` });
    await telephony.start(oddValue(roll));
    for (let event = 0; event < 100; event += 1) {
      const service = kServices[roll(kServices.length)] ?? 'call';
      const params = roll(5) === 0 ? oddValue(roll) : [oddValue(roll)];
      session.emit(`ucp.v30.events.${service}.receiveCallState`, params);
      if (roll(20) === 0) session.emit('session.pbx', oddValue(roll));
    }
    const calls = telephony.calls.list.get();
    for (const call of calls) {
      telephony.calls.actions(call);
      await telephony.calls.hangUp(call.id).catch(() => null);
    }
    const attempt = await telephony.dialler.dial('1002');
    assert.ok(['placed', 'failed', 'uncertain'].includes(attempt.status));
    const [entry] = telephony.journal.state.get().entries;
    if (entry !== undefined) await telephony.journal.delete([entry.id]).catch(() => null);
    telephony.colleagues.watch(telephony.colleagues.state.get().value.map((one) => one.id));
    await clock.advance(30_000);
    telephony.stop();
    await clock.advance(60_000);
    assert.equal(clock.pending, 0);
  }
});

test('whatever is typed is dialled or refused', () => {
  const roll = dice(7);
  const letters = ['tel:', 'sip:', '(0)', '\u0660', '\u200b', '\ud83d', '\u00e9'].concat(
    Array.from('0123456789+*#()-/. \n\t,;:@%pwx'),
  );
  for (let run = 0; run < 20_000; run += 1) {
    const input = Array.from({ length: roll(20) }, () => letters[roll(letters.length)]).join('');
    const parsed = parseNumber(input);
    if (parsed.ok) assert.match(parsed.digits, /^\+?[\d*#]+$/);
  }
});

test('answers of thousands of entries are cut to what is shown', async () => {
  const clock = new FakeClock();
  const session = new FakeSession();
  const many = Array.from({ length: 50_000 }, (_, at) => ({
    id: `e${at}`,
    type: 'BUSY_LAMP_FIELD',
    state: 'RINGING',
  }));
  session
    .on('service.getProvidedRequests', () => allServices)
    .on('functionKey.getFunctionKeys', () => many)
    .on('callList.getCallList', () => ({ entries: many, totalCount: many.length }))
    .on('voicemailList.getVoicemailList', () => many)
    .on('call.getCallIds', () => many.map((one) => one.id))
    .on('call.getCallState', (id) => ({ id, state: 'RINGING' }));
  const telephony = new Telephony(session, clock, { newId: () => 'id' });
  await telephony.start({ services: [] });
  assert.equal(telephony.calls.list.get().length, 200);
  assert.equal(telephony.colleagues.state.get().value.length, 1000);
  assert.equal(telephony.journal.state.get().entries.length, 50);
  assert.equal(telephony.voicemail.state.get().value.messages.length, 2000);
});
