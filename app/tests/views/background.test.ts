import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FakeConnection } from '../../views/fake/connection.ts';
import { FakeHost } from '../../views/fake/host.ts';
import { fakeKeys, SYSTEM } from '../../views/fake/keys.ts';
import { Preferences } from '../../views/preferences.ts';
import { Shell, SYSTEM_RECORD } from '../../views/shell.ts';
import { FakeClock } from '../connection/fake_clock.ts';

async function kept(background: boolean) {
  const host = new FakeHost();
  host.background = background;
  await host.cabinet.save(SYSTEM_RECORD, 'long', SYSTEM);
  const connection = new FakeConnection();
  const preferences = new Preferences(host);
  const shell = new Shell({
    host,
    connection,
    clock: new FakeClock(),
    keys: fakeKeys,
    preferences,
  });
  return { shell, phase: () => connection.state.get().phase };
}

test('a page that Teams loads in advance connects when the user goes there, and not before', async () => {
  const { shell, phase } = await kept(true);
  await shell.begin();
  assert.equal(phase(), 'closed');
  shell.wake();
  assert.notEqual(phase(), 'closed');
});

test('it connects also when the user is quicker than the storage', async () => {
  const { shell, phase } = await kept(true);
  const begun = shell.begin();
  shell.wake();
  await begun;
  assert.notEqual(phase(), 'closed');
});

test('going to a page that is in use changes nothing', async () => {
  const { shell, phase } = await kept(false);
  await shell.begin();
  shell.connection.disconnect();
  shell.wake();
  assert.equal(phase(), 'closed');
});
