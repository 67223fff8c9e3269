import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MemoryCabinet } from '../../../host/storage/cabinet.ts';
import { openMemory } from '../../../views/phone/memory.ts';

const dial = { id: 'a', number: '1002', phoneId: null };

test('calls under way and seen calls outlive the page, for the same user', async () => {
  const cabinet = new MemoryCabinet();
  const before = await openMemory(cabinet, () => '0011');
  assert.equal(before.dials.load(), null);
  before.dials.save([dial]);
  before.seen.save({ ms: 7, ids: ['x'] });
  const after = await openMemory(cabinet, () => '0011');
  assert.deepEqual(after.dials.load(), [dial]);
  assert.deepEqual(after.seen.load(), { ms: 7, ids: ['x'] });
});

test('another user of the same page gets nothing of it', async () => {
  const cabinet = new MemoryCabinet();
  let user: string | null = '0011';
  const memory = await openMemory(cabinet, () => user);
  memory.dials.save([dial]);
  user = '0012';
  assert.equal(memory.dials.load(), null);
  user = null;
  memory.seen.save({ ms: 7, ids: [] });
  user = '0012';
  assert.equal(memory.seen.load(), null, 'nobody was signed in');
});

test('calls under way are those of one window; what was seen holds for all', async () => {
  const cabinet = new MemoryCabinet();
  const memory = await openMemory(cabinet, () => '0011');
  memory.dials.save([dial]);
  memory.seen.save({ ms: 7, ids: [] });
  assert.notEqual(await cabinet.load('dials', 'tab'), undefined);
  assert.equal(await cabinet.load('dials', 'long'), undefined);
  assert.notEqual(await cabinet.load('seen', 'long'), undefined);
});

test('a cabinet that is broken does no harm', async () => {
  const cabinet = new MemoryCabinet();
  cabinet.load = () => Promise.reject(new Error('blocked'));
  cabinet.save = () => Promise.reject(new Error('blocked'));
  const memory = await openMemory(cabinet, () => '0011');
  memory.dials.save([dial]);
  assert.deepEqual(memory.dials.load(), [dial], 'for as long as the page lives');
});
