import 'fake-indexeddb/auto';

import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { beforeEach, test } from 'node:test';

import { IDBFactory } from 'fake-indexeddb';

import { BrowserCabinet } from '../../host/storage/browser-cabinet.ts';
import { MemoryCabinet } from '../../host/storage/cabinet.ts';

class Session {
  private readonly items = new Map<string, string>();
  getItem = (key: string): string | null => this.items.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.items.set(key, value);
}

function window(): void {
  Object.defineProperty(globalThis, 'sessionStorage', {
    value: new Session(),
    configurable: true,
  });
}

function blocked(name: 'indexedDB' | 'sessionStorage'): void {
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get: () => {
      throw new DOMException('blocked', 'SecurityError');
    },
  });
}

beforeEach(() => {
  Object.defineProperty(globalThis, 'crypto', { value: webcrypto, configurable: true });
  Object.defineProperty(globalThis, 'indexedDB', {
    value: new IDBFactory(),
    configurable: true,
    writable: true,
  });
  window();
});

test('a record outlives the page', async () => {
  const first = await BrowserCabinet.open('tenant/anna');
  await first.save('system', 'long', { name: 'pbx' });
  await first.save('ticket', 'tab', { ticket: 't' });
  const second = await BrowserCabinet.open('tenant/anna');
  assert.deepEqual(await second.load('system', 'long'), { name: 'pbx' });
  assert.deepEqual(await second.load('ticket', 'tab'), { ticket: 't' });
  assert.equal(second.lasting, true);
});

test('another user of Teams in the same browser sees nothing of the first', async () => {
  const anna = await BrowserCabinet.open('tenant/anna');
  await anna.save('system', 'long', 1);
  await anna.save('ticket', 'tab', 2);
  for (const other of ['tenant/ann', 'tenant/anna2', 'tenant', '', 'tenant/anna"\nlong\n']) {
    const cabinet = await BrowserCabinet.open(other);
    assert.equal(await cabinet.load('system', 'long'), undefined, other);
    assert.equal(await cabinet.load('ticket', 'tab'), undefined, other);
    await cabinet.clear();
  }
  assert.equal(await anna.load('system', 'long'), 1);
});

test('what lasts as long as the window is not found in another one', async () => {
  const one = await BrowserCabinet.open('u');
  await one.save('ticket', 'tab', 1);
  window();
  const two = await BrowserCabinet.open('u');
  assert.equal(await two.load('ticket', 'tab'), undefined);
});

test('what closed windows have left is removed after a day', async () => {
  const old = await BrowserCabinet.open('u');
  await old.save('ticket', 'tab', 1);
  await old.save('system', 'long', 1);
  await BrowserCabinet.open('u', Date.now() + 25 * 3_600_000);
  // The removal is the older transaction, so that this waits for it.
  assert.equal(await old.load('ticket', 'tab'), undefined);
  assert.equal(await old.load('system', 'long'), 1);
});

test('clearing removes both lives, of this user', async () => {
  const cabinet = await BrowserCabinet.open('u');
  await cabinet.save('a', 'tab', 1);
  await cabinet.save('b', 'long', 1);
  await cabinet.clear();
  assert.equal(await cabinet.load('a', 'tab'), undefined);
  assert.equal(await cabinet.load('b', 'long'), undefined);
});

test('a forgotten record is gone, and others stay', async () => {
  const cabinet = await BrowserCabinet.open('u');
  await cabinet.save('ticket pbx', 'long', 1);
  await cabinet.save('ticket pbx 2', 'long', 2);
  await cabinet.forget('ticket pbx', 'long');
  assert.equal(await cabinet.load('ticket pbx', 'long'), undefined);
  assert.equal(await cabinet.load('ticket pbx 2', 'long'), 2);
});

test('where the database is blocked, everything works without being kept', async () => {
  blocked('indexedDB');
  const cabinet = await BrowserCabinet.open('u');
  assert.ok(cabinet instanceof MemoryCabinet);
  assert.equal(cabinet.lasting, false);
  await cabinet.save('system', 'long', 1);
  assert.equal(await cabinet.load('system', 'long'), 1);
});

test('where only the window has no name, its records live as long as the page', async () => {
  blocked('sessionStorage');
  const cabinet = await BrowserCabinet.open('u');
  await cabinet.save('ticket', 'tab', 1);
  await cabinet.save('system', 'long', 1);
  assert.equal(await cabinet.load('ticket', 'tab'), 1);
  const next = await BrowserCabinet.open('u');
  assert.equal(await next.load('ticket', 'tab'), undefined);
  assert.equal(await next.load('system', 'long'), 1);
});

test('a database that fails later is replaced by memory', async () => {
  const cabinet = (await BrowserCabinet.open('u')) as BrowserCabinet;
  cabinet.close();
  await cabinet.save('system', 'long', 1);
  assert.equal(cabinet.lasting, false);
  assert.equal(await cabinet.load('system', 'long'), 1);
  await cabinet.clear();
  assert.equal(await cabinet.load('system', 'long'), undefined);
});
