import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Calls } from '../../telephony/calls.ts';
import { Journal } from '../../telephony/journal.ts';
import { Names } from '../../telephony/names.ts';
import { defaultRules } from '../../telephony/numbers.ts';
import { settle } from '../connection/fake_clock.ts';
import { deferred, RpcError } from './fakes.ts';
import { restParts } from './rest-parts.ts';

function setUp() {
  const parts = restParts();
  const { clock, rest, users } = parts;
  const names = new Names(rest, clock, defaultRules, users);
  const asked = (): unknown[] => parts.asked('contacts.search', 'text');
  const nameOf = (number: string): string => names.named({ number, name: '' }).name;
  const want = (number: string, first = false): void => {
    names.want({ number, name: '' }, first);
  };
  return { ...parts, names, asked, nameOf, want };
}

function contact(name: string, company: string, ...numbers: string[]) {
  return {
    lastName: name,
    company,
    numbers: numbers.map((number) => ({ kind: 'office', number })),
  };
}

test('a contact is found by the number in any spelling, looked up once', async () => {
  const { clock, session, asked, nameOf, want, names } = setUp();
  session.on('contacts.search', () => ({
    contacts: [contact('Other', '', '07219'), contact('Weiß', 'Elektro', '+49 (721) 15-10 42')],
  }));
  want('0721151042');
  want('+49721151042');
  await clock.advance(5000);
  assert.deepEqual(asked(), ['721151042']);
  for (const spelled of ['0721151042', '0049721151042', '+49 721 151042']) {
    assert.equal(nameOf(spelled), 'Weiß');
  }
  const own = { number: '0721151042', name: 'As the PBX says' };
  assert.equal(names.named(own), own);
  assert.equal(names.named({ number: '0721151042', name: '0721 151042' }).name, 'Weiß');
});

test('part of a number is not the number, and what was not found is not looked up again', async () => {
  const { clock, session, asked, nameOf, want } = setUp();
  session.on('contacts.search', () => ({ contacts: [contact('Longer', '', '07211510429')] }));
  want('0721151042');
  await clock.advance(5000);
  want('0721151042');
  await clock.advance(5000);
  assert.equal(nameOf('0721151042'), '');
  assert.equal(asked().length, 1);
});

test('a number that several have is called by what they share', async () => {
  const { clock, session, nameOf, want } = setUp();
  let contacts = [
    contact('Anna', 'Bakery', '0721151042'),
    contact('Jürgen', 'Bakery', '0721151042'),
  ];
  session.on('contacts.search', () => ({ contacts }));
  want('0721151042');
  await clock.advance(1000);
  assert.equal(nameOf('0721151042'), 'Bakery');
  contacts = [contact('Anna', 'Bakery', '0721151043'), contact('Ben', 'Forge', '0721151043')];
  want('0721151043');
  await clock.advance(1000);
  assert.equal(nameOf('0721151043'), '');
});

test('names are looked up one after the other, calls first, and not without end', async () => {
  const { clock, session, asked, want } = setUp();
  const answer = deferred<unknown>();
  session.on('contacts.search', () => answer.promise);
  for (const number of ['0721100001', '0721100002', '0721100003']) want(number);
  want('0721100009', true);
  await clock.advance(60_000);
  assert.deepEqual(asked(), ['721100001']);
  answer.resolve({ contacts: [] });
  await settle();
  assert.equal(asked().length, 1, 'there is a pause behind each');
  await clock.advance(1000);
  assert.deepEqual(asked(), ['721100001', '721100009']);
  for (let at = 0; at < 500; at += 1) {
    want(`07212${String(at).padStart(5, '0')}`);
    await clock.advance(1000);
  }
  assert.equal(asked().length, 200);
});

test('of many rows the last that were seen are looked up', async () => {
  const { clock, session, asked, want } = setUp();
  session.on('contacts.search', () => ({ contacts: [] }));
  for (let at = 0; at < 100; at += 1) want(`07212${String(at).padStart(5, '0')}`);
  await clock.advance(60_000);
  assert.equal(asked().length, 31);
  assert.deepEqual(asked().slice(0, 2), ['721200000', '721200070']);
});

test('what is no number is not looked up', async () => {
  const { clock, session, asked, want } = setUp();
  session.on('contacts.search', () => ({ contacts: [] }));
  for (const number of ['', 'anonymous', '*21#', '11']) want(number);
  await clock.advance(5000);
  assert.deepEqual(asked(), []);
});

test('after an error it rests; what is not offered is never asked again', async () => {
  const { clock, session, asked, want, nameOf } = setUp();
  session.on('contacts.search', () => {
    throw new RpcError('rest.pbx-error');
  });
  want('0721100001');
  await settle();
  want('0721100002');
  await clock.advance(29_999);
  assert.equal(asked().length, 1);
  session.on('contacts.search', () => ({ contacts: [contact('Two', '', '0721100002')] }));
  await clock.advance(1);
  assert.equal(nameOf('0721100002'), 'Two');
  session.on('contacts.search', () => {
    throw new RpcError('rest.not-offered');
  });
  await clock.advance(1000);
  want('0721100003');
  want('0721100004');
  await clock.advance(60_000);
  want('0721100005');
  await clock.advance(60_000);
  assert.equal(asked().length, 3);
});

test('colleagues are known by their internal number, without a look-up', async () => {
  const { clock, session, users, asked, want, nameOf } = setUp();
  session.on('users.list', () => ({
    users: [
      { accountId: '1', firstName: 'Ben', lastName: 'Brandt', number: '1002' },
      { accountId: '2', display: 'Carla (1003)', number: '1003' },
      { accountId: '3', login: '1004', number: '1004' },
      { accountId: '4', firstName: 'Nobody' },
      null,
    ],
  }));
  await users.read();
  assert.deepEqual(['1002', '1003', '1004', ''].map(nameOf), [
    'Ben Brandt',
    'Carla (1003)',
    '',
    '',
  ]);
  want('1002');
  await clock.advance(5000);
  assert.deepEqual(asked(), []);
});

test('the own name is that of users.me, or none', async () => {
  const { session, own, rest } = setUp();
  session.on('users.me', () => ({ id: '1', login: '1001', firstName: 'Anna', lastName: 'Arnold' }));
  await own.read();
  assert.equal(own.state.get().value, 'Anna Arnold');
  own.stop();
  session.on('users.me', () => {
    throw new RpcError('rest.disabled');
  });
  await own.read();
  await own.read();
  assert.deepEqual([own.state.get().value, own.state.get().status], ['', 'hidden']);
  assert.equal(session.count('users.me'), 2);
  assert.equal(rest.offers('contacts.search'), false, 'all of it is switched off');
});

test('a call that rings gets its name when it is found', async () => {
  const { session, uci, clock, names } = setUp();
  session.on('contacts.search', () => ({ contacts: [contact('Weiß', '', '0721 151042')] }));
  const calls = new Calls(uci, clock, defaultRules, names);
  const shown: string[] = [];
  calls.list.subscribe((list) => {
    shown.push(list.map((one) => one.caller.name).join());
  });
  calls.event('receiveCallState', { id: 'a', state: 'RINGING', callerNumber: '0721151042' });
  assert.deepEqual(shown, [''], 'it is shown at once');
  await settle();
  assert.deepEqual(shown, ['', 'Weiß']);
  calls.event('receiveCallState', { id: 'a', state: 'CONNECTED', callerNumber: '0721151042' });
  assert.equal(calls.list.get()[0]?.caller.name, 'Weiß');
  assert.equal(session.count('contacts.search'), 1);
});

test('journal entries get their names, and are found by them', async () => {
  const { session, uci, clock, names, want } = setUp();
  const entry = (id: string, callerNumber: string, callDescription: string) => ({
    id,
    direction: 'INBOUND',
    result: 'ANSWERED',
    callerNumber,
    callDescription,
  });
  session.on('callList.getCallList', () => [
    entry('a', '0721151042', ''),
    entry('b', '0049721151042', ''),
    entry('c', '0721151042', 'Told'),
  ]);
  session.on('contacts.search', () => ({ contacts: [contact('Weiß', '', '0721 151042')] }));
  const journal = new Journal(uci, clock, names);
  await journal.read();
  const shown = (): string[] => journal.state.get().visible.map((one) => one.name);
  assert.deepEqual(shown(), ['', '', 'Told']);
  await journal.setSearch('wei');
  want('0721151042');
  await settle();
  assert.deepEqual(shown(), ['Weiß', 'Weiß']);
  await journal.setSearch('');
  await journal.read();
  assert.deepEqual(shown(), ['Weiß', 'Weiß', 'Told']);
});
