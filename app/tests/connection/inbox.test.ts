import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { Clock } from '../../connection/clock.ts';
import { Inbox } from '../../connection/inbox.ts';
import { utf8 } from '../../protocol/bytes.ts';

const MIB = 1_048_576;

/** Turns come when they are asked for, and every look at the clock costs some time. */
class Turns implements Clock {
  readonly #waiting: (() => void)[] = [];
  readonly #look: number;
  #time = 0;
  /** Looks at the clock in each turn. */
  readonly looks: number[] = [0];

  constructor(look: number) {
    this.#look = look;
  }

  now(): number {
    this.looks.push((this.looks.pop() ?? 0) + 1);
    return (this.#time += this.#look);
  }

  after(): never {
    throw new Error('no timer is needed');
  }

  soon(action: () => void): void {
    this.#waiting.push(action);
  }

  /** Returns whether there was one to run. */
  next(): boolean {
    const action = this.#waiting.shift();
    this.looks.push(0);
    action?.();
    return action !== undefined;
  }
}

function open(look = 1) {
  const turns = new Turns(look);
  const heard: unknown[] = [];
  const refused: unknown[] = [];
  const inbox: Inbox = new Inbox(turns, {
    take: (message) => {
      heard.push(message);
    },
    refuse: (error) => {
      refused.push(error);
    },
  });
  return { turns, heard, refused, inbox };
}

function large(size: number, piece = '[]'): string {
  return `[${Array.from({ length: Math.floor(size / (piece.length + 1)) }, () => piece).join(',')}]`;
}

describe('messages of the agent', () => {
  test('are read at once when they are small', () => {
    const { turns, heard, inbox } = open();
    inbox.put(utf8('1'));
    inbox.put(utf8('{"a":2}'));
    assert.deepEqual(heard, [1, { a: 2 }]);
    while (turns.next());
    assert.equal(heard.length, 2);
  });

  test('of 4 MiB are read in many turns, none of them a long one, and keep their place', () => {
    for (const piece of ['[]', '{"a":1}', `"${'x'.repeat(4_000)}"`, `"${'\\n'.repeat(100_000)}"`]) {
      const { turns, heard, inbox } = open();
      const text = large(4 * MIB - 100, piece);
      inbox.put(utf8('"before"'));
      inbox.put(utf8(text));
      inbox.put(utf8('"behind"'));
      assert.deepEqual(
        [...heard],
        ['before'],
        'a large one is never read in the turn in which it came',
      );
      while (turns.next());
      assert.equal(heard.length, 3);
      assert.equal((heard[1] as unknown[]).length, (JSON.parse(text) as unknown[]).length);
      assert.equal(heard[2], 'behind');
      // One look for every 16 Ki characters; eight of them are a turn here.
      assert.ok(turns.looks.length >= 30, `${turns.looks.length} turns for ${piece.slice(0, 8)}`);
      assert.ok(Math.max(...turns.looks) <= 10, `${Math.max(...turns.looks)} looks in a turn`);
    }
  });

  test('a string of 4 MiB is read in pieces, too', () => {
    const { turns, heard, inbox } = open();
    const text = '\\u20ac'.repeat(600_000);
    inbox.put(utf8(`"${text}"`));
    while (turns.next());
    assert.equal(heard[0], '€'.repeat(600_000));
    assert.ok(turns.looks.length >= 9);
  });

  test('by the thousand are read in turns', () => {
    const { turns, heard, inbox } = open(4);
    for (let number = 0; number < 1_000; ++number) inbox.put(utf8(`[${number}]`));
    // All of them came in one websocket message.
    assert.equal(heard.length, 2);
    while (turns.next());
    assert.ok(turns.looks.length >= 500);
    assert.deepEqual(
      heard,
      Array.from({ length: 1_000 }, (_, number) => [number]),
    );
  });

  test('that come behind one that waits, wait', () => {
    const { turns, heard, inbox } = open(100);
    inbox.put(utf8(large(100_000)));
    for (let number = 0; number < 1_000; ++number) inbox.put(utf8(`${number}`));
    assert.deepEqual(heard, []);
    let count = 0;
    while (turns.next()) count += 1;
    // The clock says that each message took longer than a turn.
    assert.ok(count >= 1_000);
    assert.deepEqual(heard.slice(1), [...Array(1_000).keys()]);
  });

  test('of a session that is over are nobody’s, also when a message says so', () => {
    const { turns, heard, inbox } = open();
    inbox.put(utf8(large(MIB)));
    inbox.put(utf8('2'));
    turns.next();
    turns.next();
    inbox.clear();
    while (turns.next());
    inbox.put(utf8('3'));
    assert.deepEqual(heard, [3]);
  });

  test('that are no JSON are refused, with what waits behind them', () => {
    const { turns, heard, refused, inbox } = open();
    inbox.put(utf8(`${large(100_000)}x`));
    inbox.put(utf8('1'));
    while (turns.next());
    assert.deepEqual(heard, []);
    assert.equal(refused.length, 1);
    assert.equal((refused[0] as { code?: string }).code, 'json.syntax');
    inbox.put(Uint8Array.of(0x22, 0xff, 0x22));
    assert.equal((refused[1] as { code?: string }).code, 'json.not-utf8');
  });
});
