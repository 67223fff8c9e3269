import assert from 'node:assert/strict';
import { test } from 'node:test';

import { makeStage, onStage, type Stage } from '../../gallery/stage.tsx';
import type { ConnectionState } from '../../views/connection.ts';
import { language, setLanguage } from '../../views/texts/language.ts';
import { click, doing, field, find, has, show, text } from './page.ts';

async function infoPage(state: Partial<ConnectionState> = {}): Promise<Stage> {
  await setLanguage('en');
  const stage = makeStage({ phase: 'signed-in', user: '0011', ...state });
  stage.shell.show('info');
  await show(onStage(stage.shell));
  return stage;
}

async function choose(label: string, value: string): Promise<void> {
  await doing(() => {
    const list = field(label);
    list.value = value;
    list.dispatchEvent(new Event('change', { bubbles: true }));
  });
}

test('the way to the PBX shows the first step that is wrong, and what to do', async () => {
  const problem = { code: 'tunnel.pbx-offline', message: 'x', hint: '', retryAt: null };
  await infoPage({ phase: 'connecting', reached: ['connector', 'key'], problem });
  const steps = Array.from(find('.steps').children).map((step) => step.className);
  assert.deepEqual(steps, ['good', 'good', 'bad', 'pending', 'pending']);
  assert.match(find('.steps .bad').textContent, /Agent of the PBX.*is running.*pbx-offline/s);
});

test('the diagnosis has the way, versions and the key ID, and nothing of the user', async () => {
  const problem = { code: 'uci.timeout', message: 'no answer', hint: '', retryAt: null };
  const stage = await infoPage({ reached: ['connector'], problem, agent: 'agent/1.2' });
  await click('Copy diagnosis');
  const [copied = ''] = stage.host.copied;
  for (const line of [
    'agent: agent/1.2',
    'key id: 3f9a5c0112d07b4e',
    'step connector: ok',
    'step key: no',
    'problem: [uci.timeout] no answer',
  ]) {
    assert.ok(copied.includes(`${line}\n`), line);
  }
  assert.doesNotMatch(copied, /0011|password|ticket/i);
  assert.match(text(), /Copied\./);
});

test('where nothing can be copied, the text is shown to be selected', async () => {
  const stage = await infoPage();
  stage.host.clipboardWorks = false;
  await click('Copy diagnosis');
  assert.match(find<HTMLTextAreaElement>('textarea').value, /key id: 3f9a5c0112d07b4e/);
});

test('the language changes at once and is kept', async () => {
  // Loading it the first time takes longer than the test waits.
  await setLanguage('de');
  const stage = await infoPage();
  const end = stage.shell.preferences.follow();
  await doing();
  await choose('Language', 'de');
  assert.match(text(), /Weg zur Anlage/);
  assert.equal(document.documentElement.lang, 'de');
  const kept = await stage.host.cabinet.load('preferences', 'long');
  assert.deepEqual(kept, { language: 'de', theme: null });
  await choose('Sprache', 'auto');
  assert.equal(language.value, 'en');
  end();
});

test('the theme follows the host, or what was chosen outside of Teams', async () => {
  const stage = await infoPage();
  const end = stage.shell.preferences.follow();
  const shown = (): string | undefined => document.documentElement.dataset['theme'];
  stage.host.theme.value = 'dark';
  assert.equal(shown(), 'dark');
  await choose('Appearance', 'contrast');
  assert.equal(shown(), 'contrast');
  end();

  const teams = await infoPage();
  teams.host.kind = 'teams';
  await teams.host.cabinet.save('preferences', 'long', { language: 'xx', theme: 'dark' });
  await teams.shell.preferences.restore();
  assert.equal(teams.shell.preferences.shownTheme.value, 'light');
  assert.equal(teams.shell.preferences.language.value, null);
});

test('links for telephone numbers are offered where the browser can', async () => {
  const stage = await infoPage();
  assert.doesNotMatch(text(), /telephone links/);
  let registered = 0;
  stage.host.handleTelLinks = () => (registered += 1);
  await show(onStage(stage.shell));
  await click('Open telephone links with this app');
  assert.equal(registered, 1);
  assert.match(text(), /never dials/);
});

test('notices of calls are asked for by a click, where that is possible', async () => {
  const stage = await infoPage();
  assert.doesNotMatch(text(), /Turn on notifications/);
  await doing(() => {
    stage.host.notices.value = 'ask';
  });
  await click('Turn on notifications of calls');
  assert.equal(stage.host.notices.value, 'granted');
  assert.doesNotMatch(text(), /Turn on notifications/);
});

test('without a STARFACE it leads to the first step', async () => {
  const stage = await infoPage({ phase: 'closed' });
  await doing(() => {
    stage.shell.system.value = null;
  });
  await click('Connect on the page Main');
  assert.ok(has('.drop'));
});
