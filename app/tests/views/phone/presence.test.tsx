import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Stage } from '../../../gallery/stage.tsx';
import type { UserState } from '../../../telephony/index.ts';
import { setLanguage } from '../../../views/texts/language.ts';
import { ownState, PresenceMenu } from '../../../views/phone/people/presence-menu.tsx';
import { RpcError } from '../../telephony/fakes.ts';
import { doing, field, find, has, submit, text, type } from '../page.ts';
import { announced, named, press, sitDown, tick } from './desk.ts';

function menu(change?: (stage: Stage) => void) {
  return sitDown((telephony) => <PresenceMenu telephony={telephony} />, change);
}

const button = (): HTMLElement => named('Your status');

async function open(change?: (stage: Stage) => void) {
  const desk = await menu(change);
  await press(button());
  return desk;
}

test('the button says the own state and text, and is none where the PBX does not tell them', async () => {
  await menu();
  assert.equal(button().textContent, 'Your status: AvailableAb 14 Uhr wieder am Platz');
  assert.equal(button().getAttribute('aria-expanded'), 'false');
  await menu(({ session }) => {
    session.on('service.getProvidedRequests', () => ['ucp.v30.requests.call']);
  });
  assert.equal(text(), '');
});

test('do not disturb shows at once, is announced when it is true, and goes back when refused', async () => {
  const { session, wait } = await open();
  let answer: (taken: boolean) => void = () => undefined;
  session.on(
    'userState.setDoNotDisturbSetting',
    () => new Promise<boolean>((resolve) => (answer = resolve)),
  );
  await press(tick('Do not disturb'));
  assert.equal(tick('Do not disturb').checked, true);
  assert.match(button().textContent, /Do not disturb/);
  assert.equal(announced(), '');
  answer(true);
  await wait(1);
  assert.equal(announced(), 'Do not disturb is on');
  await press(tick('Do not disturb'));
  answer(false);
  await wait(1);
  assert.equal(tick('Do not disturb').checked, true);
  assert.match(find('[role="alert"]').textContent, /Do not disturb: not changed\./);
});

test('the status text is saved and cleared', async () => {
  const { session } = await open();
  await type('Status text', '  <i>away</i> ');
  await submit();
  assert.deepEqual(session.last('userState.setChatPresenceMessage'), ['<i>away</i>']);
  assert.equal(announced(), 'Status text saved');
  assert.equal(has('i'), false);
  await press(named('Clear status text'));
  assert.deepEqual(session.last('userState.setChatPresenceMessage'), ['']);
  assert.equal(field('Status text').value, '');
});

test('a status text that the PBX refuses stays in the field', async () => {
  await open(({ session }) => {
    session.on('userState.setChatPresenceMessage', () => {
      throw new RpcError('uci.timeout', 'no answer');
    });
  });
  await type('Status text', 'in a meeting');
  await submit();
  assert.equal(field('Status text').value, 'in a meeting');
  assert.match(find('[role="alert"]').textContent, /did not answer in time/);
  assert.match(button().textContent, /Ab 14 Uhr/);
});

test('a status text that is refused later stays in the field, until something else is typed', async () => {
  const { session, wait } = await open();
  let refuse: () => void = () => undefined;
  session.on(
    'userState.setChatPresenceMessage',
    () =>
      new Promise((_, reject) => {
        refuse = () => {
          reject(new RpcError('uci.timeout', 'no answer'));
        };
      }),
  );
  await type('Status text', 'in a meeting');
  await submit();
  await wait(1);
  assert.match(button().textContent, /in a meeting/);
  refuse();
  for (let turn = 0; turn < 4; turn += 1) await wait(300);
  assert.match(button().textContent, /Ab 14 Uhr/);
  assert.equal(field('Status text').value, 'in a meeting');
  await type('Status text', 'at lunch');
  assert.equal(field('Status text').value, 'at lunch');
});

test('only what is offered can be changed', async () => {
  await open(({ session }) => {
    session.on('service.getProvidedRequests', () => ['ucp.v30.requests.userState.getUserState']);
  });
  assert.equal(has('input'), false);
  assert.match(find('[role="dialog"]').textContent, /Ab 14 Uhr/);
});

test('Esc closes the panel and gives the focus back, a click elsewhere closes it', async () => {
  await open();
  assert.equal(document.activeElement, find('[role="dialog"]'));
  await doing(() => {
    field('Status text').dispatchEvent(
      new window.KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }),
    );
  });
  assert.equal(has('[role="dialog"]'), false);
  assert.equal(document.activeElement, button());
  await press(button());
  await doing(() => {
    document.body.dispatchEvent(new window.Event('pointerdown', { bubbles: true }));
  });
  assert.equal(has('[role="dialog"]'), false);
});

test('the language changes while it is shown', async () => {
  await menu();
  await doing(() => setLanguage('de'));
  assert.match(text(), /Verfügbar/);
});

test('of several states the one that counts most is shown', () => {
  const state = (changes: Partial<UserState>): string =>
    ownState({
      chat: 'available',
      telephony: 'available',
      message: '',
      doNotDisturb: false,
      redirected: false,
      ...changes,
    }).word;
  assert.equal(state({}), 'available');
  assert.equal(state({ doNotDisturb: true, telephony: 'ringing' }), 'ringing');
  assert.equal(state({ doNotDisturb: true, telephony: 'active' }), 'busy');
  assert.equal(state({ doNotDisturb: true }), 'do-not-disturb');
  assert.equal(state({ telephony: 'queue-pause' }), 'paused');
  assert.equal(state({ chat: 'extended-away' }), 'away');
  assert.equal(state({ telephony: 'unavailable' }), 'offline');
  assert.equal(state({ telephony: 'unknown', chat: 'unavailable' }), 'offline');
  assert.equal(state({ telephony: 'unknown', chat: 'unknown' }), 'unknown');
});
