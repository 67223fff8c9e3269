import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Store } from '../../connection/store.ts';

test('a store tells changes only, and of the newest value', () => {
  const store = new Store({ a: 1, b: 2 });
  const seen: number[] = [];
  const end = store.subscribe(({ a }) => seen.push(a));
  store.patch({ a: 1 });
  store.patch({ a: 2 });
  end();
  store.patch({ a: 3 });
  assert.deepEqual(seen, [2]);
});

test('a listener that changes the store again does not show the others an old value last', () => {
  const store = new Store(0);
  const seen: number[] = [];
  store.subscribe((value) => {
    if (value === 1) store.set(2);
  });
  store.subscribe((value) => seen.push(value));
  store.set(1);
  assert.deepEqual(seen, [2]);
});
