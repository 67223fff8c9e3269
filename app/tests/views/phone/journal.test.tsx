import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { RpcError } from '../../telephony/fakes.ts';
import { closeScreen, openScreen } from './screen.tsx';
import type { Screen } from './screen.tsx';

after(closeScreen);

function entry(at: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  const day = 28 - Math.floor(at / 100);
  const minute = 1439 - (at % 100) * 10;
  const two = (value: number): string => String(value).padStart(2, '0');
  return {
    id: `e${at}`,
    direction: 'INBOUND',
    result: 'ANSWERED',
    callerNumber: `0721${1000 + at}`,
    calledNumber: '1001',
    callDescription: `Person ${at}`,
    startTime: {
      $date: `2020-06-${two(Math.max(day, 1))}T${two(Math.floor(minute / 60))}:${two(minute % 60)}:00`,
    },
    duration: 125,
    ...more,
  };
}

const many = (count: number) => Array.from({ length: count }, (_, at) => entry(at));

const names = (screen: Screen): (string | null)[] =>
  screen.all('.entry .title').map((one) => one.textContent);

test('calls stand under their days, with time and length in the language of the user', async () => {
  const screen = await openScreen({ journal: [entry(0), entry(100)] });
  const [first, second] = screen.all('.chunk h3').map((one) => one.textContent);
  // With or without a comma: engines differ.
  assert.match(first ?? '', /^Sunday,? 28 June 2020$/);
  assert.match(second ?? '', /^Saturday,? 27 June 2020$/);
  assert.equal(screen.text('.entry time'), '23:59');
  assert.match(screen.one('.entry time').getAttribute('datetime') ?? '', /T23:59/);
  assert.match(screen.text('.entry .detail'), /2 mins?/);
  const { setLanguage } = await import('../../../views/texts/language.ts');
  await screen.change(() => setLanguage('de'));
  assert.equal(screen.text('.chunk h3'), 'Sonntag, 28. Juni 2020');
});

test('missed calls are told by a word, and counted in the tab and in the badge of the host', async () => {
  const journal = [entry(1)];
  const screen = await openScreen({ journal });
  journal.unshift(entry(0, { result: 'MISSED', duration: 0 }));
  await screen.change(async () => {
    screen.session.emit('ucp.v30.events.callList.changed', []);
    await screen.clock.advance(2000);
  });
  assert.match(screen.text('.entry.missed .detail'), /missed/);
  assert.match(screen.text('[role=tab][data-key=journal]'), /1 missed call/);
  assert.equal(screen.host.badge, 1);
  await screen.press('Missed11 missed call');
  assert.equal(screen.host.badge, 0);
  assert.deepEqual(names(screen), ['Person 0']);
});

test('an outgoing call that nobody answered is not missed', async () => {
  const screen = await openScreen({
    journal: [entry(0, { direction: 'OUTBOUND', result: 'MISSED', duration: 0 })],
  });
  assert.equal(screen.all('.entry.missed').length, 0);
  assert.match(screen.text('.entry .detail'), /not answered/);
});

test('filters show incoming and outgoing calls', async () => {
  const outgoing = { direction: 'OUTBOUND', calledNumber: '1002' };
  const screen = await openScreen({ journal: [entry(0), entry(1, outgoing)] });
  await screen.press('Outgoing');
  assert.deepEqual(names(screen), ['Person 1']);
  assert.equal(screen.button('Outgoing').getAttribute('aria-pressed'), 'true');
  await screen.press('Incoming');
  assert.deepEqual(names(screen), ['Person 0']);
});

test('search finds parts of names, Esc ends it, and finding nothing is said', async () => {
  const screen = await openScreen({ journal: many(3) });
  const field = screen.one('.search input');
  await screen.type(field, 'son 2');
  assert.deepEqual(names(screen), ['Person 2']);
  await screen.type(field, 'nobody');
  assert.match(screen.text('.empty'), /No calls found/);
  await screen.key(field, 'Escape');
  assert.equal(names(screen).length, 3);
});

test('older calls are loaded when the end comes near, and by the button', async () => {
  const screen = await openScreen({ journal: many(130) });
  assert.equal(screen.session.count('callList.getCallList'), 2, 'the journal and what was missed');
  await screen.scrollTo(screen.one('.foot'));
  assert.equal(screen.session.last('callList.getCallList')?.[7], 50);
  await screen.press('Load older calls');
  assert.equal(screen.session.last('callList.getCallList')?.[7], 100);
  assert.ok(!screen.buttons().includes('Load older calls'));
});

test('a search does not load the whole journal by itself', async () => {
  const screen = await openScreen({ journal: many(1000) });
  await screen.type(screen.one('.search input'), 'nobody');
  const asked = screen.session.count('callList.getCallList');
  await screen.scrollTo(screen.one('.foot'));
  assert.equal(screen.session.count('callList.getCallList'), asked);
  await screen.press('Search older calls');
  assert.equal(screen.session.count('callList.getCallList'), asked + 1);
});

test('only what is near the screen is drawn, however much is loaded', async () => {
  const screen = await openScreen({ journal: many(2000) });
  for (let page = 0; page < 39; page += 1)
    await screen.change(() => screen.telephony.journal.loadMore());
  assert.equal(screen.telephony.journal.state.get().entries.length, 2000);
  assert.ok(screen.all('.entry').length <= 60, `${screen.all('.entry').length} rows`);
  const chunks = screen.all('.chunk');
  const last = chunks.at(-1);
  assert.ok(last !== undefined && chunks.length >= 100);
  assert.match(last.style.minHeight, /^\d+px$/);
  await screen.scrollTo(last);
  assert.ok(last.querySelectorAll('.entry').length > 0);
  await screen.scrollTo(last, false);
  assert.equal(last.querySelectorAll('.entry').length, 0);
});

test('a new call draws one part of the day again, not the others', async () => {
  const { inDays } = await import('../../../views/phone/journal/days.ts');
  const { parsePage } = await import('../../../telephony/journal-entry.ts');
  const { entries } = parsePage(many(100), 200);
  const before = inDays(entries.slice(1));
  const after = inDays(entries, before);
  assert.equal(before.length, 5);
  assert.deepEqual(
    after.map((chunk) => before.includes(chunk)),
    [false, true, true, true, true],
  );
  assert.deepEqual(
    after.flatMap((chunk) => chunk.entries),
    entries,
  );
});

test('today, yesterday, other days, other years', async () => {
  await openScreen();
  const { dayHeading } = await import('../../../views/phone/journal/days.ts');
  const { dayOf, timeText } = await import('../../../views/phone/moments.ts');
  assert.equal(dayHeading('2026-03-01', '2026-03-01'), 'Today');
  assert.equal(dayHeading('2026-02-28', '2026-03-01'), 'Yesterday');
  assert.match(dayHeading('2026-02-27', '2026-03-01'), /^Friday,? 27 February$/);
  assert.match(dayHeading('2025-12-31', '2026-01-02'), /^Wednesday,? 31 December 2025$/);
  assert.equal(dayHeading('', '2026-01-02'), 'Without a date');
  // The PBX's own wall clock is shown as it is, whatever the zone of the browser.
  const wall = { ms: Date.UTC(2026, 0, 2, 23, 30), zoned: false };
  assert.equal(dayOf(wall), '2026-01-02');
  assert.equal(timeText(wall), '23:30');
});

test('a call is called back by the request of the PBX, an outgoing one is repeated', async () => {
  const outgoing = { direction: 'OUTBOUND', calledNumber: '1002' };
  const screen = await openScreen({
    journal: [entry(0), entry(1, outgoing)],
    pbx: (pbx) => pbx.on('callList.placeCallbackCallWithPhone', (...call: unknown[]) => call[2]),
  });
  await screen.press('Call Person 0');
  assert.deepEqual(screen.session.last('callList.placeCallbackCallWithPhone'), [
    'e0',
    null,
    'new-1',
  ]);
  await screen.press('Call Person 1');
  assert.deepEqual(screen.session.last('call.placeCallWithPhone'), ['1002', null, 'new-2']);
});

test('a number can be changed before it is called, and copied', async () => {
  const screen = await openScreen({ journal: [entry(0)] });
  await screen.press('More for Person 0');
  await screen.press('Edit the number before calling');
  assert.equal(screen.numberField().value, '07211000');
  assert.equal(document.activeElement, screen.numberField());
  await screen.press('More for Person 0');
  await screen.press('Copy number');
  assert.deepEqual(screen.host.copied, ['07211000']);
  assert.equal(screen.text('.journal > [role=status]'), 'Number copied');
  screen.host.clipboardWorks = false;
  await screen.press('More for Person 0');
  await screen.press('Copy number');
  assert.match(screen.text('.journal > [role=status]'), /not possible here.*07211000/);
});

test('an entry is deleted after a question', async () => {
  const screen = await openScreen({ journal: many(2) });
  await screen.press('More for Person 1');
  await screen.press('Delete');
  await screen.press('Cancel', screen.one('dialog'));
  assert.equal(screen.session.count('callList.deleteCallListEntry'), 0);
  await screen.press('More for Person 1');
  await screen.press('Delete');
  assert.match(screen.text('dialog'), /Person 1/);
  await screen.press('Delete', screen.one('dialog'));
  assert.deepEqual(screen.session.last('callList.deleteCallListEntry'), ['e1']);
  assert.deepEqual(names(screen), ['Person 0']);
  assert.equal(screen.all('dialog').length, 0);
});

test('an entry that the PBX keeps comes back, with the reason', async () => {
  const screen = await openScreen({
    journal: many(2),
    pbx: (pbx) => pbx.on('callList.deleteCallListEntry', () => false),
  });
  await screen.press('More for Person 1');
  await screen.press('Delete');
  await screen.press('Delete', screen.one('dialog'));
  assert.match(screen.text('dialog [role=alert]'), /refused/);
  assert.deepEqual(names(screen), ['Person 0', 'Person 1']);
});

test('an empty journal, a waiting one and one that failed say so', async () => {
  const empty = await openScreen();
  assert.match(empty.text('.empty'), /No calls yet/);
  const waiting = await openScreen({
    pbx: (pbx) => pbx.on('callList.getCallList', () => new Promise(() => undefined)),
  });
  assert.match(waiting.text('.journal .waiting'), /Loading the journal/);
});

test('a journal that failed is read again by its button', async () => {
  let fail = true;
  const screen = await openScreen({
    pbx: (pbx) =>
      pbx.on('callList.getCallList', () => {
        if (fail) throw new RpcError('uci.timeout');
        return [entry(0)];
      }),
  });
  assert.match(screen.text('.journal .message.error'), /could not be loaded.*in time/);
  fail = false;
  await screen.press('Try again');
  assert.deepEqual(names(screen), ['Person 0']);
});

test('a PBX without a journal has no such tab', async () => {
  const screen = await openScreen({ services: ['ucp.v30.requests.call'] });
  assert.deepEqual(
    screen.all('[role=tab]').map((one) => one.dataset['key']),
    ['settings'],
  );
});
