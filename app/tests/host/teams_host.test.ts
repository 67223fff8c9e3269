import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FakeTeams, install, settle } from './surroundings.ts';

const teams = new FakeTeams();
install(teams.window);
const fetched: string[] = [];
globalThis.fetch = (url) => {
  fetched.push(url instanceof Request ? url.url : url.toString());
  return Promise.reject(new Error('nothing is fetched'));
};

// Microsoft's library looks at the window when it is loaded.
const { openTeamsHost } = await import('../../host/teams-host.ts');
const host = await openTeamsHost();
assert.ok(host !== null);

test('what Teams says of user, language, theme and tab is taken over', () => {
  assert.equal(host.kind, 'teams');
  assert.equal(host.userKey, 'tenant-1/user-1');
  assert.equal(host.locale, 'de-de');
  assert.equal(host.theme.value, 'dark');
  assert.equal(host.page, 'main');
  assert.equal(host.background, false);
});

test('a deep link only fills in a number', () => {
  assert.equal(host.startNumber, '+497215550');
});

test('nobody but Teams is asked for anything', () => {
  assert.deepEqual(fetched, []);
});

const sent = async (func: string, ...args: unknown[]): Promise<void> => {
  teams.send(func, ...args);
  await settle();
};

test('the theme follows, and one that is not known follows the system', async () => {
  await sent('themeChange', 'contrast');
  assert.equal(host.theme.value, 'contrast');
  await sent('themeChange', 'default');
  assert.equal(host.theme.value, 'light');
  await sent('themeChange', 'dark');
  await sent('themeChange', 'glass');
  assert.equal(host.theme.value, 'light');
});

test('Teams waits with the frame until what has to be saved is saved', async () => {
  let saved = (): void => undefined;
  host.onSuspend(
    () =>
      new Promise((resolve) => {
        saved = resolve;
      }),
  );
  host.onSuspend(() => Promise.reject(new Error('one that fails holds up nothing')));
  await sent('beforeUnload');
  assert.ok(!teams.told.includes('readyToUnload'));
  saved();
  await settle();
  assert.ok(teams.told.includes('readyToUnload'));
});

test('after a resume the handlers are there again, and the tab that is wanted is told', async () => {
  const pages: unknown[] = [];
  host.onResume((page) => {
    pages.push(page);
  });
  teams.told.length = 0;
  teams.context = { ...teams.context, theme: 'contrast' };
  const load = { entityId: 'info', contentUrl: 'https://connector.example.com/app/info' };
  await sent('load', load);
  assert.deepEqual(pages, ['info']);
  // The theme changed while the frame was hidden.
  assert.equal(host.theme.value, 'contrast');
  assert.ok(teams.told.includes('appInitialization.success'), teams.told.join(' '));
  await sent('themeChange', 'dark');
  assert.equal(host.theme.value, 'dark');
  await sent('load', load);
  assert.equal(pages.length, 2);
});

test('without a user nothing may be kept that the next one would find', async () => {
  teams.context = { ...teams.context, userObjectId: '' };
  assert.equal(await openTeamsHost(), null);
});
