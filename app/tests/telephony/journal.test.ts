import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Journal } from '../../telephony/journal.ts';
import { MissedCalls } from '../../telephony/missed.ts';
import type { SeenMark } from '../../telephony/missed.ts';
import { Uci } from '../../telephony/uci.ts';
import { FakeClock, settle } from '../connection/fake_clock.ts';
import { allServices, deferred, FakeSession, RpcError } from './fakes.ts';

interface Raw {
  id: string;
  direction: string;
  result: string;
  callerNumber: string;
  calledNumber: string;
  callDescription: string;
  startTime: unknown;
  duration: number;
  calledBack: boolean;
}

function entry(number: number, changes: Partial<Raw> = {}): Raw {
  const minute = String(number % 60).padStart(2, '0');
  const hour = String(Math.floor(number / 60)).padStart(2, '0');
  return {
    id: `entry-${number}`,
    direction: 'INBOUND',
    result: 'MISSED',
    callerNumber: `0721${number}`,
    calledNumber: '1001',
    callDescription: `Caller ${number}`,
    startTime: { $date: `2026-11-23T${hour}:${minute}:00` },
    duration: 0,
    calledBack: false,
    ...changes,
  };
}

/** A PBX's list, the newest first. */
function setUp(count: number, total = true) {
  const clock = new FakeClock();
  const session = new FakeSession();
  const uci = new Uci(session);
  uci.capabilities.setProvided(allServices, []);
  const entries = Array.from({ length: count }, (_, at) => entry(count - at));
  session.on('callList.getCallList', (_b, _a, direction, result, _g, _p, _o, offset, limit) => {
    const fit = entries.filter(
      (one) =>
        (direction === '' || one.direction === direction) &&
        (result === '' || one.result === result),
    );
    const page = fit.slice(offset as number, (offset as number) + (limit as number));
    return total ? { entries: page, totalCount: fit.length } : { entries: page };
  });
  const journal = new Journal(uci, clock);
  const ids = (): string[] => journal.state.get().entries.map((one) => one.id);
  return { clock, session, uci, entries, journal, ids };
}

test('pages are loaded one by one until the end', async () => {
  for (const total of [true, false]) {
    const { journal, ids, session } = setUp(120, total);
    await journal.read();
    assert.equal(ids().length, 50);
    await Promise.all([journal.loadMore(), journal.loadMore()]);
    assert.equal(ids().length, 100);
    assert.equal(journal.state.get().complete, false);
    await journal.loadMore();
    assert.equal(new Set(ids()).size, 120);
    assert.equal(journal.state.get().complete, true);
    await journal.loadMore();
    assert.equal(session.count('callList.getCallList'), 3);
  }
});

test('new calls while scrolling are neither doubled nor do they leave a hole', async () => {
  const { journal, ids, entries } = setUp(120);
  await journal.read();
  entries.unshift(entry(121), entry(122));
  await journal.loadMore();
  entries.unshift(entry(123));
  await journal.read();
  await journal.loadMore();
  const all = ids();
  assert.equal(new Set(all).size, all.length);
  assert.ok(entries.every((one) => all.includes(one.id)));
});

test('after a long gap the list begins with its newest page', async () => {
  const { journal, ids, entries } = setUp(60);
  await journal.read();
  for (let number = 61; number <= 160; number += 1) entries.unshift(entry(number));
  await journal.read();
  assert.equal(ids()[0], 'entry-160');
  assert.equal(ids().length, 50);
  await journal.loadMore();
  assert.equal(ids()[50], 'entry-110');
});

test('a filter asks the PBX, and an answer for the filter before is thrown away', async () => {
  const { journal, session, ids } = setUp(3);
  const slow = deferred<unknown>();
  session.on('callList.getCallList', () => slow.promise);
  const reading = journal.read();
  await settle();
  session.on('callList.getCallList', () => ({ entries: [entry(9)], totalCount: 1 }));
  const filtering = journal.setFilter('missed');
  slow.resolve({ entries: [entry(1)], totalCount: 1 });
  await Promise.all([reading, filtering]);
  assert.deepEqual(ids(), ['entry-9']);
  const query = session.last('callList.getCallList') ?? [];
  assert.deepEqual(query.slice(2, 5), ['INBOUND', 'MISSED', '']);
  await journal.setFilter('outgoing');
  assert.deepEqual(session.last('callList.getCallList')?.slice(2, 4), ['OUTBOUND', '']);
});

test('a search looks at names and digits, and loads a few more pages', async () => {
  const { journal, session } = setUp(1000);
  await journal.read();
  await journal.setSearch('caller 900');
  assert.deepEqual(
    journal.state.get().visible.map((one) => one.id),
    ['entry-900'],
  );
  assert.equal(session.count('callList.getCallList'), 6);
  await journal.setSearch('+7 21 / 999');
  assert.deepEqual(
    journal.state.get().visible.map((one) => one.id),
    ['entry-999'],
  );
  await journal.setSearch('');
  assert.equal(journal.state.get().visible, journal.state.get().entries);
});

test('what is deleted goes at once, and comes back when the PBX says no', async () => {
  const { journal, session, ids } = setUp(5);
  await journal.read();
  const answer = deferred<unknown>();
  session.on('callList.deleteCallListEntry', () => answer.promise);
  const deleting = journal.delete(['entry-4']);
  assert.ok(!ids().includes('entry-4'));
  answer.resolve(false);
  await assert.rejects(deleting, { code: 'telephony.refused' });
  assert.deepEqual(ids(), ['entry-5', 'entry-4', 'entry-3', 'entry-2', 'entry-1']);
  session.on('callList.deleteCallListEntries', () => null);
  await journal.delete(['entry-1', 'entry-2']);
  assert.deepEqual(session.last('callList.deleteCallListEntries'), [['entry-2', 'entry-1']]);
  assert.equal(ids().length, 3);
});

test('an answer that is too large is asked for in smaller pages', async () => {
  const { journal, session, ids } = setUp(100);
  session.on('callList.getCallList', (...query) => {
    const limit = query[8] as number;
    if (limit > 20) throw new RpcError('session.answer-too-large');
    return { entries: Array.from({ length: limit }, (_, at) => entry(100 - at)), totalCount: 100 };
  });
  await journal.read();
  assert.equal(ids().length, 12);
});

test('broken entries are left out, and the rest is shown', async () => {
  const { journal, session } = setUp(0);
  session.on('callList.getCallList', () => ({
    entries: [null, {}, entry(1, { direction: 'SIDEWAYS', startTime: 'soon', result: 'LOST' })],
    totalCount: 'many',
  }));
  await journal.read();
  const [only, ...others] = journal.state.get().entries;
  assert.equal(others.length, 0);
  assert.deepEqual([only?.direction, only?.result, only?.start], ['unknown', 'other', null]);
});

test('a description with the number in it is a name', async () => {
  const { journal, session } = setUp(0);
  session.on('callList.getCallList', () => [
    entry(1, { callDescription: 'Zoe (07211)' }),
    entry(2, { callDescription: '07212' }),
  ]);
  await journal.read();
  assert.deepEqual(
    journal.state.get().entries.map((one) => one.name),
    ['Zoe', ''],
  );
});

test('without the right the journal is hidden, after an error it says so', async () => {
  const { journal, session } = setUp(0);
  session.on('callList.getCallList', () => {
    throw new RpcError('uci.timeout');
  });
  await journal.read();
  assert.equal(journal.state.get().status, 'failed');
  session.on('callList.getCallList', () => {
    throw new RpcError('uci.access-refused');
  });
  await journal.read();
  assert.equal(journal.state.get().status, 'hidden');
});

function missedCalls(count: number, mark: unknown = null) {
  const parts = setUp(count);
  const saved: SeenMark[] = [];
  const missed = new MissedCalls(parts.uci, parts.clock, {
    load: () => mark,
    save: (one) => saved.push(one),
  });
  return { ...parts, missed, saved };
}

test('missed calls count from the moment at which the user last looked', async () => {
  const { missed, entries, saved } = missedCalls(3);
  await missed.read();
  assert.equal(missed.state.get().value.count, 0);
  entries.unshift(entry(4), entry(3, { id: 'same minute' }), entry(5, { calledBack: true }));
  await missed.read();
  assert.equal(missed.state.get().value.count, 2);
  missed.markSeen();
  assert.equal(missed.state.get().value.count, 0);
  await missed.read();
  assert.equal(missed.state.get().value.count, 0);
  assert.equal(saved.length, 2);
});

test('the mark outlives the page, and a broken one counts from now', async () => {
  const first = missedCalls(3);
  await first.missed.read();
  const later = missedCalls(6, JSON.parse(JSON.stringify(first.saved[0])));
  await later.missed.read();
  assert.equal(later.missed.state.get().value.count, 3);
  const broken = missedCalls(6, { ms: 'x' });
  await broken.missed.read();
  assert.equal(broken.missed.state.get().value.count, 0);
});

test('more missed calls than one page has are told as such', async () => {
  const { missed } = missedCalls(80, { ms: 1, ids: [] });
  await missed.read();
  assert.deepEqual(missed.state.get().value, { count: 50, more: true });
});

test('an outgoing call that nobody answered is not missed', async () => {
  const { missed, entries } = missedCalls(1, { ms: 1, ids: [] });
  entries.unshift(entry(2, { direction: 'OUTBOUND' }));
  await missed.read();
  assert.equal(missed.state.get().value.count, 1);
});

test('a page of nothing but known entries leads to the newest ones', async () => {
  const { journal, ids, entries } = setUp(100);
  await journal.read();
  for (let number = 101; number <= 150; number += 1) entries.unshift(entry(number));
  await journal.loadMore();
  assert.equal(ids()[0], 'entry-150');
});
