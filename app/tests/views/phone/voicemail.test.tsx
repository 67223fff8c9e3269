import assert from 'node:assert/strict';
import { test } from 'node:test';

import { onStage, type Stage } from '../../../gallery/stage.tsx';
import { setLanguage } from '../../../views/texts/language.ts';
import { clockText } from '../../../views/controls/clock-text.ts';
import { machineTime, moment } from '../../../views/phone/moments.ts';
import { VoicemailList } from '../../../views/phone/people/voicemail.tsx';
import { click, find, has, show, text } from '../page.ts';
import { announced, named, plain, press, sitDown } from './desk.ts';

async function list(change?: (stage: Stage) => void) {
  const dialled: string[] = [];
  const desk = await sitDown(
    (telephony) => (
      <VoicemailList telephony={telephony} onDial={(number) => void dialled.push(number)} />
    ),
    change,
  );
  return { ...desk, dialled };
}

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('li.row')];

test('each message says who, when, how long, where and whether it is new', async () => {
  await list();
  const [first, , third] = rows().map((row) => plain(row.textContent));
  assert.match(
    first ?? '',
    /^Zoë Zimmermann.*New · 0:42 min · \+49 7215550123 · in Voicemail Alice/,
  );
  assert.match(first ?? '', /10:42$/);
  assert.match(third ?? '', /ליאור כהן.*Heard · 0:08 min/);
  assert.match(text(), /2 new, 5 in all/);
});

test('the messages are read again when the list is opened: of some calls no event tells', async () => {
  const { shell, telephony, session, wait } = await list();
  await show(onStage(shell, <p>Another tab</p>));
  const before = session.count('voicemailList.getVoicemailList');
  session.on('voicemailList.getVoicemailList', () => []);
  await show(onStage(shell, <VoicemailList telephony={telephony} onDial={() => undefined} />));
  for (let turn = 0; turn < 4; turn += 1) await wait(1000);
  assert.equal(session.count('voicemailList.getVoicemailList'), before + 1);
  assert.match(text(), /No messages/);
});

test('a call back dials the caller; an unknown caller cannot be called', async () => {
  const { dialled } = await list();
  await press(named('Call back Zoë'));
  assert.deepEqual(dialled, ['00497215550123']);
  await press(named('Call back + 4 9 8 9'));
  assert.deepEqual(dialled[1], '+498944407700');
  assert.match(rows()[4]?.textContent ?? '', /Unknown caller/);
  assert.equal(rows()[4]?.querySelectorAll('button').length, 2);
});

test('a message is marked as heard at once, and as new again when the PBX refuses', async () => {
  const { session, wait } = await list();
  let answer: (taken: boolean) => void = () => undefined;
  session.on(
    'voicemailList.moveVoicemailListEntry',
    () => new Promise<boolean>((resolve) => (answer = resolve)),
  );
  await press(named('Mark message from Zoë'));
  assert.match(rows()[0]?.textContent ?? '', /Heard/);
  assert.deepEqual(session.last('voicemailList.moveVoicemailListEntry'), ['v1', 'Old']);
  answer(false);
  await wait(1);
  assert.match(rows()[0]?.textContent ?? '', /New/);
  assert.match(find('[role="alert"]').textContent, /Voicemail: not changed\..*refused/);
});

test('a message is deleted after a question only', async () => {
  const { session } = await list();
  await press(named('Delete message from Zoë'));
  await click('Cancel');
  assert.equal(session.count('voicemailList.deleteVoicemailListEntry'), 0);
  named('Delete message from Zoë').focus();
  await press(named('Delete message from Zoë'));
  await click('Delete');
  assert.deepEqual(session.last('voicemailList.deleteVoicemailListEntry'), ['v1']);
  assert.equal(rows().length, 4);
  assert.equal(announced(), 'Message deleted');
  assert.equal(has('dialog'), false);
  assert.equal(document.activeElement, named('Delete message from + 4 9 8 9'));
});

test('what the agent does not let pass is not there', async () => {
  const { dialled } = await list(({ session }) => {
    session.on('service.getProvidedRequests', () => [
      'ucp.v30.requests.voicemailList.getVoicemailList',
    ]);
  });
  assert.deepEqual(
    rows().map((row) => row.querySelectorAll('button').length),
    [1, 1, 1, 1, 0],
  );
  assert.deepEqual(dialled, []);
  await list(({ session }) => {
    session.on('service.getProvidedRequests', () => ['ucp.v30.requests.call']);
  });
  assert.equal(text(), '');
});

test('an empty mailbox says so', async () => {
  await list(({ session }) => {
    session.on('voicemailList.getVoicemailList', () => []);
  });
  assert.match(text(), /^No messages/);
});

test('a moment of today is a time of day, another has its date, one of another year the year', async () => {
  await setLanguage('en');
  const now = Date.parse('2026-11-30T12:00:00Z');
  const at = (ms: string) => ({ ms: Date.parse(ms), zoned: true });
  const local = (ms: string, options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-GB', options).format(Date.parse(ms));
  const hour = { hour: '2-digit', minute: '2-digit' } as const;
  assert.equal(moment(at('2026-11-30T11:58:00Z'), now), local('2026-11-30T11:58:00Z', hour));
  assert.match(moment(at('2026-11-27T12:00:00Z'), now), /^27 Nov, /);
  assert.match(moment(at('2025-11-27T12:00:00Z'), now), /2025/);
});

test('a moment without a zone is shown as the PBX wrote it', async () => {
  await setLanguage('de');
  const time = { ms: Date.parse('2026-11-03T16:20:00Z'), zoned: false };
  assert.match(moment(time, Date.parse('2026-11-30T12:00:00Z')), /3\. Nov\..*16:20/);
  assert.equal(machineTime(time), '2026-11-03T16:20:00.000');
});

test('lengths are minutes and seconds, with hours when there are some', () => {
  assert.deepEqual([0, 8, 125.9, 3723].map(clockText), ['0:00', '0:08', '2:05', '1:02:03']);
});
