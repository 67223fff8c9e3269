import assert from 'node:assert/strict';
import { test } from 'node:test';

import { install } from './surroundings.ts';

install({ postMessage: () => undefined });
const { openTeamsHost } = await import('../../host/teams-host.ts');

test('a frame in which no Teams answers does not keep the page waiting', async () => {
  // The library itself would wait for a minute.
  assert.equal(await openTeamsHost(20), null);
});
