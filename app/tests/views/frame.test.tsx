import assert from 'node:assert/strict';
import { test } from 'node:test';

import { makeStage, onStage } from '../../gallery/stage.tsx';
import { FakeHost } from '../../views/fake/host.ts';
import { fakeKeys, SYSTEM } from '../../views/fake/keys.ts';
import { FakeConnection } from '../../views/fake/connection.ts';
import { Preferences } from '../../views/preferences.ts';
import { Shell } from '../../views/shell.ts';
import { setLanguage } from '../../views/texts/language.ts';
import { FakeClock } from '../connection/fake_clock.ts';
import { button, click, doing, find, has, show, text } from './page.ts';

const lost = { code: 'client.connection-lost', message: 'x', hint: '', retryAt: null };

test('each phase of the connection has its screen', async () => {
  await setLanguage('en');
  const stage = makeStage({ phase: 'connecting' });
  await show(onStage(stage.shell));
  assert.match(text(), /Connecting to pbx\.example\.com/);
  await doing(() => {
    stage.connection.show({ phase: 'open' });
  });
  assert.match(text(), /STARFACE sign-in/);
  await doing(() => {
    stage.connection.comeIn('0011', false);
  });
  assert.ok(has('.work'));
  await doing(() => {
    const problem = { ...lost, code: 'license.seat-withdrawn' };
    stage.connection.show({ phase: 'failed', problem });
  });
  assert.match(text(), /withdrawn your licence/);
  assert.equal(has('.work'), false);
});

test('an interruption leaves the content as it is, and is worth a word only when it lasts', async () => {
  await setLanguage('en');
  const clock = new FakeClock();
  const stage = makeStage({ phase: 'signed-in', user: '0011' }, clock);
  await show(onStage(stage.shell));
  const before = find('.work');
  await doing(() => {
    stage.connection.show({ phase: 'interrupted', problem: lost });
  });
  assert.equal(find('.work'), before);
  assert.equal(has('.interrupted'), false);
  await doing(() => clock.advance(2_000));
  assert.match(find('.interrupted').textContent, /will be restored automatically/);
  await doing(() => {
    stage.connection.show({ problem: { ...lost, retryAt: clock.now() + 9_000 } });
  });
  assert.match(text(), /Next attempt in 9 s/);
  await click('Try now');
  assert.deepEqual(stage.connection.asked, ['retryNow']);
  await doing(() => {
    stage.connection.show({ phase: 'signed-in', problem: null });
  });
  assert.equal(has('.interrupted'), false);
  assert.equal(find('.work'), before);
});

test('the page Info leaves the work where it is', async () => {
  await setLanguage('en');
  const stage = makeStage({ phase: 'signed-in', user: '0011' });
  await show(onStage(stage.shell));
  const before = find('.work');
  await click('Info');
  assert.ok(has('.info-page'));
  assert.equal(find('.work'), before);
  assert.ok(before.closest('[hidden]') !== null);
  assert.equal(location.pathname, '/app/info');
  await click('Main');
  assert.equal(before.closest('[hidden]'), null);
  assert.equal(location.pathname, '/app/');
});

test('a button that leads from Info to the main page changes the address as the link does', async () => {
  await setLanguage('en');
  const stage = makeStage();
  stage.shell.system.value = null;
  await show(onStage(stage.shell));
  await click('Info');
  assert.equal(location.pathname, '/app/info');
  const before = history.length;
  await click('Connect on the page Main');
  assert.equal(location.pathname, '/app/');
  assert.equal(history.length, before + 1);
});

test('in Teams, which has its own tabs, the header has none', async () => {
  const stage = makeStage({ phase: 'open' });
  stage.host.kind = 'teams';
  await show(onStage(stage.shell));
  assert.equal(has('nav'), false);
});

test('signing out and another STARFACE are in the menu of the account', async () => {
  await setLanguage('en');
  const stage = makeStage({ phase: 'signed-in', user: '0011' });
  await show(onStage(stage.shell));
  await click('Signed in as 0011');
  assert.equal(document.activeElement?.textContent, 'Sign out');
  await doing(() => {
    find('.account').dispatchEvent(
      Object.assign(new Event('keydown', { bubbles: true }), { key: 'Escape' }),
    );
  });
  assert.equal(has('[role="menu"]'), false);
  assert.equal(document.activeElement, button('Signed in as 0011'));
  await click('Signed in as 0011');
  await click('Sign out');
  assert.deepEqual(stage.connection.asked, ['signOut']);
});

test('the account has the name that the PBX gives, else what the user has typed', async () => {
  await setLanguage('en');
  const stage = makeStage({ phase: 'signed-in', user: '0011' });
  await show(onStage(stage.shell));
  assert.equal(find('.account .user').textContent, '0011');
  stage.session
    .on('users.me', () => ({ id: '1', firstName: 'Anna', lastName: '<b>A</b>' }))
    .on('users.avatar', () => ({ type: 'image/png', data: btoa('x') }));
  await doing(() => stage.telephony.ownName.read());
  assert.equal(find('.account .user').textContent, 'Anna <b>A</b>');
  assert.match(find('.account button').ariaLabel ?? '', /Anna/);
  await doing();
  assert.equal(find<HTMLImageElement>('.account .face > img').alt, '');
});

test('privacy and terms are shown to everybody, without a connection', async () => {
  await setLanguage('de');
  for (const [page, heading] of [
    ['privacy', 'Hinweise zum Datenschutz'],
    ['terms', 'Nutzungsbedingungen'],
  ] as const) {
    const stage = makeStage();
    stage.shell.show(page);
    await show(onStage(stage.shell));
    assert.equal(find('h1').textContent, heading);
  }
});

function bareShell(): { shell: Shell; host: FakeHost; connection: FakeConnection } {
  const host = new FakeHost();
  const connection = new FakeConnection();
  const preferences = new Preferences(host);
  const clock = new FakeClock();
  const shell = new Shell({ host, connection, clock, keys: fakeKeys, preferences });
  return { shell, host, connection };
}

test('a kept system connects at the start', async () => {
  const { shell, host, connection } = bareShell();
  await host.cabinet.save('system', 'long', SYSTEM);
  await shell.begin();
  assert.deepEqual(connection.asked, ['connect pbx.example.com']);
});

test('a page that Teams has loaded in advance connects to nothing', async () => {
  const { shell, host, connection } = bareShell();
  host.background = true;
  await host.cabinet.save('system', 'long', SYSTEM);
  await shell.begin();
  assert.deepEqual(connection.asked, []);
});

test('what is kept and is no system is not used', async () => {
  for (const kept of [null, 7, {}, { ...SYSTEM, credentials: null }]) {
    const { shell, host, connection } = bareShell();
    await host.cabinet.save('system', 'long', kept);
    await shell.begin();
    assert.equal(shell.system.value, null);
    assert.deepEqual(connection.asked, []);
  }
});

test('the key of another system takes the place of the first, of which nothing stays', async () => {
  const { shell, host } = bareShell();
  await shell.use(SYSTEM);
  await host.cabinet.save('ticket', 'long', 'of the first');
  await shell.use({ ...SYSTEM, name: 'other.example.com' });
  assert.equal(await host.cabinet.load('ticket', 'long'), undefined);
  const kept = (await host.cabinet.load('system', 'long')) as { name: string };
  assert.equal(kept.name, 'other.example.com');
});
