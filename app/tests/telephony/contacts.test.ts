import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseContacts } from '../../telephony/contact.ts';
import { ContactSearch } from '../../telephony/contact-search.ts';
import { settle } from '../connection/fake_clock.ts';
import { deferred, RpcError } from './fakes.ts';
import { restParts } from './rest-parts.ts';

function setUp() {
  const parts = restParts();
  const search = new ContactSearch(parts.rest, parts.clock);
  const names = (): string[] => search.state.get().contacts.map((one) => one.name);
  const asked = (): unknown[] => parts.asked('contacts.search', 'text');
  return { ...parts, search, names, asked };
}

function called(name: string) {
  return { contacts: [{ id: name, lastName: name, numbers: [] }], page: 0 };
}

test('a contact has a name, a company and each number once, as it can be dialled', () => {
  const [contact] = parseContacts({
    contacts: [
      {
        id: 'c1',
        firstName: 'Björn',
        lastName: 'Öztürk',
        company: 'Öztürk & Söhne',
        externalNumber: '+49 30 23125 003',
        internalNumber: '1002',
        numbers: [
          { kind: 'office', number: '+49 (0)30 / 23125-003' },
          { kind: 'mobile', number: '0171/3920003' },
          { kind: 'fax', number: '040-66969-003' },
          { kind: 'pager', number: '004922147100' },
          { kind: 'private', number: 'ask at the office' },
          { kind: 'private', number: '' },
        ],
      },
    ],
  });
  assert.deepEqual(contact, {
    id: 'c1',
    name: 'Björn Öztürk',
    company: 'Öztürk & Söhne',
    numbers: [
      { kind: 'office', number: '+493023125003' },
      { kind: 'mobile', number: '01713920003' },
      { kind: 'fax', number: '04066969003' },
      { kind: 'other', number: '004922147100' },
      { kind: 'other', number: '1002' },
    ],
  });
});

test('whatever an answer holds, it is read as contacts or as none', () => {
  assert.deepEqual(parseContacts(null), []);
  assert.deepEqual(parseContacts({ contacts: 'many' }), []);
  const odd = parseContacts({
    contacts: [
      null,
      { firstName: 7, lastName: '<b>x</b>', numbers: 'none' },
      { firstName: '\u200b', lastName: '\u00a0', company: '\u2028', numbers: [{ number: '110' }] },
      { company: 'Taxizentrale' },
      {
        numbers: Array.from({ length: 1000 }, (_, at) => ({ number: String(10_000 + at) })),
      },
    ],
  });
  assert.deepEqual(
    odd.map((one) => [one.name, one.company, one.numbers.length]),
    [
      ['', '', 0],
      ['7 <b>x</b>', '', 0],
      ['', '', 1],
      ['Taxizentrale', '', 0],
      ['', '', 50],
    ],
  );
});

test('the address book is asked when typing pauses, and not for one letter', async () => {
  const { session, clock, search, names, asked } = setUp();
  session.on('contacts.search', () => called('Müller'));
  search.look('m');
  await clock.advance(1000);
  assert.deepEqual(asked(), []);
  search.look('mü');
  await clock.advance(200);
  search.look(' mül ');
  await clock.advance(200);
  assert.deepEqual(asked(), []);
  await clock.advance(50);
  assert.deepEqual(session.last('contacts.search'), [{ text: 'mül', size: 20 }]);
  assert.deepEqual(names(), ['Müller']);
  search.look('mül');
  await clock.advance(1000);
  assert.equal(asked().length, 1, 'the same words are not asked again');
  search.look('m');
  assert.deepEqual(search.state.get(), { words: '', contacts: [], waiting: false });
});

test('the newest answer wins, and few questions are under way', async () => {
  const { session, clock, search, names, asked } = setUp();
  const answers = new Map<string, ReturnType<typeof deferred<unknown>>>();
  session.on('contacts.search', (params) => {
    const answer = deferred<unknown>();
    answers.set((params as { text: string }).text, answer);
    return answer.promise;
  });
  for (const words of ['an', 'ann', 'anna', 'annal', 'annalen']) {
    search.look(words);
    await clock.advance(250);
  }
  assert.deepEqual(asked(), ['an', 'ann']);
  assert.equal(search.state.get().waiting, true);
  answers.get('an')?.resolve(called('An'));
  await settle();
  // Those that nobody wants any more are not asked at all.
  assert.deepEqual(asked(), ['an', 'ann', 'annalen']);
  answers.get('annalen')?.resolve(called('Annalen'));
  await settle();
  assert.deepEqual(names(), ['Annalen']);
  assert.equal(search.state.get().waiting, false);
  answers.get('ann')?.resolve(called('Ann'));
  await settle();
  assert.deepEqual(names(), ['Annalen']);
});

test('what was found stays while more is typed, until the next answer', async () => {
  const { session, clock, search, names } = setUp();
  session.on('contacts.search', () => called('Müller'));
  search.look('mü');
  await clock.advance(250);
  session.on('contacts.search', () => new Promise(() => undefined));
  search.look('mül');
  assert.deepEqual(names(), ['Müller']);
  await clock.advance(250);
  assert.deepEqual(names(), ['Müller']);
  assert.deepEqual([search.state.get().words, search.state.get().waiting], ['mü', true]);
});

test('long words are cut to what the agent takes', async () => {
  const { session, clock, search } = setUp();
  session.on('contacts.search', () => called('x'));
  search.look('🎉'.repeat(100));
  await clock.advance(250);
  const [params] = session.last('contacts.search') ?? [];
  const { text } = params as { text: string };
  assert.equal(new TextEncoder().encode(text).length, 128);
});

test('an error leaves no contacts, and the next words are asked again', async () => {
  const { session, clock, search, names } = setUp();
  session.on('contacts.search', () => {
    throw new RpcError('rest.busy');
  });
  search.look('mü');
  await clock.advance(250);
  assert.deepEqual(search.state.get(), { words: 'mü', contacts: [], waiting: false });
  session.on('contacts.search', () => called('Müller'));
  search.look('mül');
  await clock.advance(250);
  assert.deepEqual(names(), ['Müller']);
});

test('what is not offered is not asked again in the session, and in the next one it is', async () => {
  for (const code of ['rest.disabled', 'rest.not-offered', 'rpc.method-not-found']) {
    const { session, clock, rest, search, asked } = setUp();
    session.on('contacts.search', () => {
      throw new RpcError(code);
    });
    search.look('mü');
    await clock.advance(250);
    search.look('mül');
    await clock.advance(250);
    assert.deepEqual(asked(), ['mü'], code);
    assert.equal(search.state.get().waiting, false);
    await assert.rejects(rest.ask('contacts.search', {}), { code });
    assert.equal(asked().length, 1);
    assert.equal(rest.offers('users.list'), code !== 'rest.disabled');
    rest.reset();
    search.look('mü');
    await clock.advance(250);
    assert.equal(asked().length, 2);
  }
});
