import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { deferred, RpcError } from '../../telephony/fakes.ts';
import { closeScreen, openScreen, talking } from './screen.tsx';
import type { Screen, ScreenOptions } from './screen.tsx';

after(closeScreen);

const kBook = [
  {
    id: 'c1',
    firstName: 'Carla',
    lastName: 'Öztürk',
    company: 'Öztürk & <b>Söhne</b>',
    numbers: [
      { kind: 'office', number: '+49 (30) 23125-003' },
      { kind: 'mobile', number: '0171/3920003' },
      { kind: 'private', number: '040-66969-003' },
      { kind: 'fax', number: '040-66969-004' },
      { kind: 'other', number: '069 90009003' },
    ],
  },
  { id: 'c2', company: 'Carlas Taxi', numbers: [{ kind: 'office', number: '004922147100' }] },
];

function withBook(session: Parameters<NonNullable<ScreenOptions['pbx']>>[0]) {
  return session.on('contacts.search', (params) => {
    const { text } = params as { text: string };
    const fits = (one: object): boolean =>
      JSON.stringify(one).toLowerCase().includes(text.toLowerCase());
    return { contacts: kBook.filter(fits), page: 0 };
  });
}

/** What each option shows, and says. */
function options(screen: Screen): string[][] {
  return screen
    .all('[role=option]')
    .map((option) =>
      [...option.querySelectorAll('.words > bdi, .hint > *')].map(
        (one) => one.getAttribute('title') ?? one.textContent,
      ),
    );
}

async function pause(screen: Screen): Promise<void> {
  await screen.change(() => screen.clock.advance(250));
}

test('contacts stand below colleagues, each number with its kind, and no fax', async () => {
  const screen = await openScreen({ pbx: withBook });
  await screen.type(screen.numberField(), 'car');
  assert.deepEqual(options(screen), [['Carla Conrad', '1003']]);
  await pause(screen);
  assert.deepEqual(options(screen), [
    ['Carla Conrad', '1003'],
    ['Carla Öztürk', 'Office', '+49 3023125003', 'Öztürk & <b>Söhne</b>'],
    ['Carla Öztürk', 'Mobile', '01713920003', 'Öztürk & <b>Söhne</b>'],
    ['Carla Öztürk', 'Private', '04066969003', 'Öztürk & <b>Söhne</b>'],
    ['Carla Öztürk', '06990009003', 'Öztürk & <b>Söhne</b>'],
    ['Carlas Taxi', 'Office', '+49 22147100'],
  ]);
  assert.equal(screen.all('[role=option] b').length, 0);
  assert.equal(screen.text('.dial .number-field [role=status]'), '6 matching contacts');
});

test('by keyboard: a number of several is chosen, and dialled as it is dialled always', async () => {
  const screen = await openScreen({ pbx: withBook });
  const field = screen.numberField();
  await screen.type(field, 'öztürk');
  await pause(screen);
  for (let times = 0; times < 2; times += 1) await screen.key(field, 'ArrowDown');
  const chosen = screen.one('[role=option][aria-selected=true]');
  assert.equal(field.getAttribute('aria-activedescendant'), chosen.id);
  assert.match(chosen.textContent, /Mobile/);
  await screen.key(field, 'ArrowUp');
  await screen.key(field, 'Enter');
  assert.equal(field.value, '+49 3023125003');
  assert.equal(screen.all('[role=option]').length, 0);
  assert.equal(screen.session.count('call.placeCallWithPhone'), 0);
  await pause(screen);
  assert.equal(screen.session.count('contacts.search'), 1, 'what was chosen is not looked for');
  await screen.key(field, 'Enter');
  assert.equal(screen.session.last('call.placeCallWithPhone')?.[0], '00493023125003');
});

test('a key that is held down chooses, and does not call at once', async () => {
  const screen = await openScreen({ pbx: withBook });
  const field = screen.numberField();
  await screen.type(field, 'carla');
  await screen.key(field, 'ArrowDown');
  await screen.key(field, 'Enter');
  await screen.key(field, 'Enter', true);
  assert.equal(field.value, '1003');
  assert.equal(screen.session.count('call.placeCallWithPhone'), 0);
});

test('accents are not needed for colleagues and past calls, as they are not for contacts', async () => {
  const screen = await openScreen({
    journal: [{ id: 'j', direction: 'INBOUND', callerNumber: '0721500', callDescription: 'Zoë' }],
    pbx: (session) =>
      session.on('functionKey.getFunctionKeys', () => [
        { id: 'k1', functionKeyType: 'BUSYLAMPFIELD', name: 'Jörg Müller', number: '1005' },
      ]),
  });
  for (const [typed, number] of [
    ['muller jorg', '1005'],
    ['zoe', '0721500'],
  ]) {
    await screen.type(screen.numberField(), typed ?? '');
    assert.deepEqual(
      options(screen).map((one) => one[1]),
      [number],
      typed,
    );
  }
});

test('that no contact has the name is said, of a number it is not', async () => {
  const screen = await openScreen({ pbx: withBook });
  for (const [typed, said] of [
    ['nobody', 'No matching contacts'],
    ['0999', ''],
  ]) {
    await screen.type(screen.numberField(), typed ?? '');
    await pause(screen);
    assert.equal(screen.text('.dial .number-field [role=status]'), said);
  }
});

test('while the address book is searched it is said, and what is chosen stays chosen', async () => {
  const answer = deferred<unknown>();
  const screen = await openScreen({
    pbx: (session) => session.on('contacts.search', () => answer.promise),
  });
  const field = screen.numberField();
  await screen.type(field, 'car');
  assert.equal(screen.all('.number-field .spinner').length, 0);
  await pause(screen);
  assert.equal(screen.all('.number-field .spinner').length, 1);
  assert.match(screen.text('.dial .number-field [role=status]'), /Searching the address book/);
  await screen.key(field, 'ArrowDown');
  await screen.change(() => {
    answer.resolve({ contacts: kBook });
  });
  assert.equal(screen.all('.number-field .spinner').length, 0);
  assert.match(screen.text('[role=option][aria-selected=true]'), /Carla Conrad/);
});

test('what was found and still fits stays while more is typed', async () => {
  const screen = await openScreen({ pbx: withBook });
  await screen.type(screen.numberField(), 'carla');
  await pause(screen);
  screen.session.on('contacts.search', () => new Promise(() => undefined));
  await screen.type(screen.numberField(), 'carlas');
  assert.deepEqual(options(screen), [['Carlas Taxi', 'Office', '+49 22147100']]);
  await pause(screen);
  assert.deepEqual(options(screen), [['Carlas Taxi', 'Office', '+49 22147100']]);
});

test('a field that is left asks no more', async () => {
  const screen = await openScreen({ pbx: withBook });
  await screen.type(screen.numberField(), 'carla');
  await screen.change(() => {
    screen.numberField().blur();
  });
  await pause(screen);
  assert.equal(screen.session.count('contacts.search'), 0);
});

test('a call is transferred to a contact', async () => {
  const screen = await openScreen({ pbx: withBook });
  await screen.change(() => {
    screen.session.call(talking);
  });
  await screen.press('Transfer');
  const field = screen.one('.transfer input');
  await screen.type(field, 'taxi');
  await pause(screen);
  await screen.key(field, 'ArrowDown');
  await screen.key(field, 'Enter');
  await screen.key(field, 'Enter');
  assert.deepEqual(screen.session.last('call.forward'), ['out', '004922147100']);
});

test('where nothing is offered, nothing is shown or asked again; errors are not shown', async () => {
  for (const [code, times] of [
    ['rest.disabled', 1],
    ['rest.not-offered', 1],
    ['rest.pbx-error', 2],
  ] as const) {
    const screen = await openScreen({
      pbx: (session) =>
        session.on('contacts.search', () => {
          throw new RpcError(code);
        }),
    });
    for (const words of ['car', 'carl']) {
      await screen.type(screen.numberField(), words);
      await pause(screen);
      assert.deepEqual(options(screen), [['Carla Conrad', '1003']]);
    }
    assert.equal(screen.session.count('contacts.search'), times, code);
    const said = screen.all('[role=alert], .message').map((one) => one.textContent);
    assert.equal(said.join(''), '');
  }
});

test('a past call without a name gets that of the contact, in the list and when it is looked for', async () => {
  const entry = {
    id: 'e1',
    direction: 'INBOUND',
    result: 'ANSWERED',
    callerNumber: '01713920003',
    calledNumber: '1001',
    callDescription: '',
    startTime: { $date: '2026-11-30T10:00:00' },
  };
  const screen = await openScreen({
    journal: [entry],
    pbx: (session) => session.on('contacts.search', () => ({ contacts: kBook })),
  });
  await pause(screen);
  assert.match(screen.text('.entry'), /Carla Öztürk/);
  assert.deepEqual(screen.session.last('contacts.search'), [{ text: '1713920003', size: 20 }]);
  await screen.type(screen.numberField(), 'öztürk');
  assert.deepEqual(options(screen), [['Carla Öztürk', '01713920003']]);
});

test('a call without a name gets that of a colleague or a contact', async () => {
  const screen = await openScreen({
    pbx: (session) =>
      withBook(session).on('users.list', () => ({
        users: [{ firstName: 'Ben', lastName: 'Brandt', number: '1002' }],
      })),
  });
  await screen.change(() => {
    screen.session.call({ ...talking, calledName: '', state: 'RINGBACK' });
    screen.session.call({ id: 'in', state: 'RINGING', callerNumber: '+4922147100' });
  });
  assert.deepEqual(screen.cards(), ['Carlas Taxi', 'Ben Brandt']);
  assert.equal(screen.text('.calls > [role=alert]'), 'Incoming call from Carlas Taxi');
});
