import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pageOf, pathOf, startNumberOf } from '../../host/location.ts';
import { isTeamsHost } from '../../host/teams-hosts.ts';
import { within } from '../../host/within.ts';

test('the pages keep to the directory in which the page is served', () => {
  for (const directory of ['/app/', '/', '/base/app/']) {
    assert.equal(pageOf(directory), 'main');
    assert.equal(pathOf('main', `${directory}info`), directory);
    for (const page of ['info', 'privacy', 'terms'] as const) {
      assert.equal(pageOf(directory + page), page);
      assert.equal(pathOf(page, directory), directory + page);
    }
  }
  assert.equal(pageOf('/app/other'), 'main');
});

test('a link gives its number, in each of its spellings', () => {
  const spellings: [string | null | undefined, string | null][] = [
    ['+49 721 5550', '+49 721 5550'],
    ['tel:+497215550', '+497215550'],
    ['tel:%2B49%20721', '+49 721'],
    ['tel:5550;phone-context=+49721', '5550'],
    ['sip:5550@pbx.example.com', '5550'],
    ['callto://5550', '5550'],
    ['100%', '100%'],
    ['tel:', null],
    ['', null],
    ['   ', null],
    [null, null],
    [undefined, null],
    ['1'.repeat(200), null],
  ];
  for (const [link, number] of spellings) assert.equal(startNumberOf(link), number, String(link));
});

test('only the hosts of Teams, Outlook and Microsoft 365 are talked to', () => {
  for (const good of [
    'https://teams.microsoft.com',
    'https://emea.teams.microsoft.com',
    'https://teams.cloud.microsoft',
    'https://outlook.office.com',
    'https://www.microsoft365.com',
    'https://gov.teams.microsoft.us',
  ]) {
    assert.equal(isTeamsHost(new URL(good)), true, good);
  }
  for (const bad of [
    'http://teams.microsoft.com',
    'https://teams.microsoft.com.example.com',
    'https://evilcloud.microsoft',
    'https://microsoft.com',
    'https://example.com',
    'https://cloud.microsoft.example',
  ]) {
    assert.equal(isTeamsHost(new URL(bad)), false, bad);
  }
});

test('what takes too long, or fails, is null', async () => {
  assert.equal(await within(1_000, Promise.resolve(7)), 7);
  assert.equal(await within(1_000, Promise.reject(new Error('no'))), null);
  assert.equal(await within(1, new Promise(() => undefined)), null);
});
