import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Forwardings, byNumber } from '../../telephony/forwardings.ts';
import { Groups } from '../../telephony/groups.ts';
import { defaultRules } from '../../telephony/numbers.ts';
import { Phones } from '../../telephony/phones.ts';
import { Presence } from '../../telephony/presence.ts';
import { Seats } from '../../telephony/seats.ts';
import { Uci } from '../../telephony/uci.ts';
import { Voicemail } from '../../telephony/voicemail.ts';
import { FakeClock } from '../connection/fake_clock.ts';
import { allServices, deferred, FakeSession, RpcError } from './fakes.ts';

function setUp() {
  const clock = new FakeClock();
  const session = new FakeSession();
  const uci = new Uci(session);
  uci.capabilities.setProvided(allServices, []);
  return { clock, session, uci };
}

function presenceOf(state: unknown) {
  const parts = setUp();
  parts.session.on('userState.getUserState', () => state);
  return { ...parts, presence: new Presence(parts.uci, parts.clock) };
}

test('the own state is read, and what is not known in it stays unknown', async () => {
  const { presence } = presenceOf({
    chatPresence: 'DO_NOT_DISTURB',
    telephonyState: 'DANCING',
    chatPresenceMessage: 'back at 3 <b>',
    redirectAlwaysActive: 'true',
  });
  await presence.read();
  assert.deepEqual(presence.state.get().value, {
    chat: 'do-not-disturb',
    telephony: 'unknown',
    message: 'back at 3 <b>',
    doNotDisturb: true,
    redirected: true,
  });
});

test('do not disturb shows at once, and goes back when it fails', async () => {
  const { presence, session, clock } = presenceOf({ chatPresence: 'AVAILABLE' });
  await presence.read();
  const answer = deferred<unknown>();
  session.on('userState.setDoNotDisturbSetting', () => answer.promise);
  const setting = presence.setDoNotDisturb(true);
  assert.equal(presence.state.get().value.doNotDisturb, true);
  answer.reject(new RpcError('uci.timeout', 'no answer', 'try again'));
  await assert.rejects(setting, { code: 'uci.timeout', hint: 'try again' });
  assert.equal(presence.state.get().value.doNotDisturb, false);
  await clock.advance(1000);
  assert.equal(session.count('userState.getUserState'), 2);
});

test('a reading that began before a change does not undo it', async () => {
  const { presence, session, clock } = presenceOf({ chatPresence: 'AVAILABLE' });
  await presence.read();
  const slow = deferred<unknown>();
  session.on('userState.getUserState', () => slow.promise);
  session.on('userState.setChatPresenceMessage', () => true);
  const reading = presence.read();
  await presence.setMessage('  lunch ');
  slow.resolve({ chatPresenceMessage: '' });
  await reading;
  assert.equal(presence.state.get().value.message, 'lunch');
  session.on('userState.getUserState', () => ({ chatPresenceMessage: 'lunch' }));
  await clock.advance(1000);
  assert.equal(presence.state.get().value.message, 'lunch');
});

test('a part that fails says why, and one without the right is hidden', async () => {
  const { presence, session } = presenceOf({});
  session.on('userState.getUserState', () => {
    throw new RpcError('uci.unreachable');
  });
  await presence.read();
  assert.deepEqual(
    [presence.state.get().status, presence.state.get().error?.code],
    ['failed', 'uci.unreachable'],
  );
  session.on('userState.getUserState', () => {
    throw new RpcError('session.method-not-allowed');
  });
  await presence.read();
  assert.equal(presence.state.get().status, 'hidden');
  await presence.read();
  assert.equal(session.count('userState.getUserState'), 2);
});

const kForwardings = [
  {
    id: '1-A',
    type: 'ALWAYS',
    calledNumber: '1001',
    enabled: false,
    destinationType: 'PHONENUMBER',
    destination: '',
    timeout: 20,
    mailboxes: [],
    secret: { kept: true },
  },
  { id: '1-T', type: 'TIMEOUT', calledNumber: '1001', enabled: true, destinationType: 'VOICEMAIL' },
  { id: '2-B', type: 'BUSY', calledNumber: '0721', enabled: false, destinationType: 'PIGEON' },
  { type: 'ON_TUESDAYS' },
  null,
];

async function forwardingsOf() {
  const parts = setUp();
  parts.session.on('redirect.getRedirectSettings', () => kForwardings);
  parts.session.on('redirect.setRedirectSetting', () => null);
  const forwardings = new Forwardings(parts.uci, parts.clock, defaultRules);
  await forwardings.read();
  return { ...parts, forwardings };
}

test('forwardings come by number, with those left out that nobody understands', async () => {
  const { forwardings } = await forwardingsOf();
  const numbers = byNumber(forwardings.state.get().value);
  assert.deepEqual([...numbers.keys()], ['1001', '0721']);
  assert.deepEqual(
    numbers.get('1001')?.map((one) => [one.trigger, one.target, one.enabled, one.timeout]),
    [
      ['always', 'number', false, 20],
      ['no-answer', 'voicemail', true, null],
    ],
  );
  assert.equal(numbers.get('0721')?.[0]?.target, 'unknown');
});

test('a changed forwarding goes back whole, with what is not understood in it', async () => {
  const { forwardings, session } = await forwardingsOf();
  const key = forwardings.state.get().value[0]?.key ?? '';
  await forwardings.change(key, { enabled: true, number: '+49 (0)721 15' });
  assert.deepEqual(session.last('redirect.setRedirectSetting'), [
    { ...kForwardings[0], enabled: true, destination: '004972115' },
  ]);
  await forwardings.change(key, { enabled: false });
  assert.equal(forwardings.state.get().value[0]?.destination, '004972115');
  await forwardings.change(key, { voicemail: true, timeout: 1e9 });
  const [changed] = forwardings.state.get().value;
  assert.equal(changed?.target, 'voicemail');
  assert.equal(changed.timeout, 20);
});

test('a forwarding to nowhere is refused before the PBX is asked', async () => {
  const { forwardings, session } = await forwardingsOf();
  const key = forwardings.state.get().value[0]?.key ?? '';
  const refused = { code: 'telephony.bad-number', reason: 'empty' };
  await assert.rejects(forwardings.change(key, { enabled: true }), refused);
  await assert.rejects(forwardings.change('no such', {}), { code: 'telephony.gone' });
  assert.equal(session.count('redirect.setRedirectSetting'), 0);
});

test('phones are read with what else there is, and one of them is chosen', async () => {
  const { session, uci, clock } = setUp();
  session.on('phone.getPhoneIds', () => ['SIP/1001.desk', 'SIP/1001.app', 7, null]);
  session.on('phone.getPrimaryPhoneId', () => null);
  session.on('phone.getAvailableDisplayNumbers', () => [{ id: 3, number: '0721' }, 'odd']);
  session.on('phone.setPrimaryPhoneId', () => true);
  const phones = new Phones(uci, clock);
  await phones.read();
  assert.deepEqual(phones.state.get().value, {
    phones: [
      { id: 'SIP/1001.desk', name: '1001.desk' },
      { id: 'SIP/1001.app', name: '1001.app' },
      { id: '7', name: '7' },
    ],
    primaryId: null,
    displayNumbers: [
      { id: '3', number: '0721' },
      { id: 'odd', number: 'odd' },
    ],
    displayNumberId: null,
    callWaiting: null,
  });
  await phones.setPrimary('SIP/1001.app');
  assert.equal(phones.state.get().value.primaryId, 'SIP/1001.app');
  await assert.rejects(phones.setPrimary('SIP/2000'), { code: 'telephony.gone' });
});

test('groups are joined and left by whatever member says so', async () => {
  const { session, uci, clock } = setUp();
  session.on('group.getGroupSettings', () => [
    { id: '9', name: 'Sales', phoneNumbers: ['90'], loggedIn: true, weight: 3 },
    { id: '8', name: 'Odd' },
  ]);
  session.on('group.setGroupSetting', () => null);
  const groups = new Groups(uci, clock);
  await groups.read();
  await groups.setActive('9', false);
  assert.deepEqual(session.last('group.setGroupSetting'), [
    { id: '9', name: 'Sales', phoneNumbers: ['90'], loggedIn: false, weight: 3 },
  ]);
  assert.deepEqual(
    groups.state.get().value.map((one) => one.active),
    [false, null],
  );
  await assert.rejects(groups.setActive('8', true), { code: 'telephony.not-offered' });
});

test('voice messages are listed, moved and deleted', async () => {
  const { session, uci, clock } = setUp();
  session.on('voicemailList.getVoicemailList', () => [
    { id: 'a', callerNumber: '1', startTime: { $date: '2026-11-23T10:00:00' }, folder: 'INBOX' },
    { id: 'b', callerNumber: '2', startTime: { $date: '2026-11-23T11:00:00' }, duration: 9.5 },
    {},
  ]);
  session.on('voicemailList.deleteVoicemailListEntry', () => true);
  session.on('voicemailList.moveVoicemailListEntry', () => false);
  const voicemail = new Voicemail(uci, clock);
  await voicemail.read();
  assert.deepEqual(
    voicemail.state.get().value.messages.map((one) => one.id),
    ['b', 'a'],
  );
  await voicemail.delete('b');
  assert.deepEqual(
    voicemail.state.get().value.messages.map((one) => one.id),
    ['a'],
  );
  await assert.rejects(voicemail.move('a', 'OLD'), { code: 'telephony.refused' });
  assert.equal(voicemail.state.get().value.messages[0]?.folder, 'INBOX');
});

test('seats are for administrators: listed, and withdrawn', async () => {
  const { session, uci, clock } = setUp();
  session.on('license.list', () => ({
    seats: 5,
    taken: 2,
    holders: [{ user: '1002', since: '2026-11-23T10:00:00Z', sessions: 1 }, { user: '1003' }, 7],
  }));
  session.on('license.revoke', () => true);
  const seats = new Seats(uci, clock);
  await seats.read();
  assert.deepEqual(
    seats.state.get().value.holders.map((one) => one.user),
    ['1002', '1003'],
  );
  await seats.revoke('1002');
  assert.deepEqual(session.last('license.revoke'), [{ user: '1002' }]);
  assert.equal(seats.state.get().value.taken, 1);
  session.on('license.list', () => {
    throw new RpcError('license.not-administrator');
  });
  await seats.read();
  assert.equal(seats.state.get().status, 'hidden');
});
