import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Random } from '../protocol/random.ts';
import { code, Page } from './page.ts';
import { World } from './world.ts';

const MINUTE = 60_000;

/** A page on which `do` of the agent counts how often it was carried out. */
async function counting(): Promise<{ page: Page; done: Map<number, number> }> {
  const done = new Map<number, number>();
  const page = await new Page(new World()).loggedIn();
  page.world.answers.set('do', ({ params }) => {
    const number = Number(params['number']);
    done.set(number, (done.get(number) ?? 0) + 1);
    return { result: { number } };
  });
  return { page, done };
}

describe('a request', () => {
  test('gives what the agent answers', async () => {
    const page = await new Page(new World()).loggedIn();
    assert.deepEqual(await page.connection.request('some.thing', [1, 'ä', null]), [1, 'ä', null]);
    assert.deepEqual(await page.connection.request('some.thing', { a: true }), { a: true });
  });

  test('fails with the code, the sentence and the hint of the agent', async () => {
    const page = await new Page(new World()).loggedIn();
    page.world.answers.set('some.thing', () => ({ code: 'uci.fault', hint: 'do this' }));
    await assert.rejects(page.connection.request('some.thing'), {
      name: 'ConnectionProblem',
      code: 'uci.fault',
      message: 'about uci.fault',
      hint: 'do this',
    });
  });

  test('is not sent where nobody is signed in', async () => {
    const page = new Page(new World());
    assert.equal(await code(page.connection.request('a')), 'session.not-signed-in');
    await page.connected();
    assert.equal(await code(page.connection.request('a')), 'session.not-signed-in');
    assert.equal(page.world.count('a'), 0);
  });

  test('whose values are no JSON fails alone', async () => {
    const page = await new Page(new World()).loggedIn();
    assert.equal(await code(page.connection.request('a', [Infinity])), 'tunnel.internal');
    assert.equal(
      await code(page.connection.request('a', ['x'.repeat(300_000)])),
      'tunnel.too-large',
    );
    assert.equal(await code(page.connection.request('a', [1])), 'done');
    assert.equal(page.world.count('a'), 1);
  });

  test('waits for others when there are many, and all are answered', async () => {
    const page = await new Page(new World()).loggedIn();
    let most = 0;
    const open: (() => void)[] = [];
    page.world.answers.set('a', (call, session) => {
      open.push(() => {
        page.world.answer(session, call, { result: call.params });
      });
      most = Math.max(most, open.length);
      return undefined;
    });
    const all = Promise.all(
      Array.from({ length: 300 }, (_, index) => page.connection.request('a', [index])),
    );
    for (let left = 300; left > 0; --left) {
      await page.world.quiet();
      open.shift()?.();
    }
    assert.deepEqual(
      await all,
      Array.from({ length: 300 }, (_, index) => [index]),
    );
    assert.equal(most, 60);
  });

  test('is refused when there are far too many', async () => {
    const page = await new Page(new World()).loggedIn();
    page.world.answers.set('a', () => undefined);
    const codes = Array.from({ length: 700 }, () => code(page.connection.request('a')));
    page.connection.disconnect();
    const found = await Promise.all(codes);
    const many = (name: string): number => found.filter((one) => one === name).length;
    assert.equal(many('client.closed'), 60);
    assert.equal(many('session.not-signed-in'), 512);
    assert.equal(many('session.too-many-calls'), 128);
  });

  test('larger than what the session may keep waits for room', async () => {
    const page = await new Page(new World()).loggedIn();
    const large = 'x'.repeat(200_000);
    const all = Promise.all(
      Array.from({ length: 12 }, (_, index) => page.connection.request('a', [index, large])),
    );
    await page.world.quiet();
    assert.equal((await all).length, 12);
  });
});

describe('a request and a break', () => {
  test('at every message: carried out once, and answered', async () => {
    const whole = await counting();
    const before = whole.page.world.passed;
    await whole.page.connection.request('do', { number: 1 });
    await whole.page.world.quiet();
    const needed = whole.page.world.passed - before;
    assert.ok(needed >= 3);
    for (let cut = 1; cut <= needed; ++cut) {
      const { page, done } = await counting();
      page.world.cutAt = page.world.passed + cut;
      const answer = page.connection.request('do', { number: 1 });
      await page.world.clock.advance(10_000);
      assert.deepEqual(await answer, { number: 1 }, `cut at ${cut}`);
      assert.deepEqual([...done], [[1, 1]], `cut at ${cut}`);
    }
  });

  test('made meanwhile goes on after the resume', async () => {
    const { page, done } = await counting();
    page.world.cut();
    await page.world.quiet();
    const answer = page.connection.request('do', { number: 1 });
    await page.world.quiet();
    assert.equal(done.size, 0);
    await page.world.clock.advance(1_000);
    assert.deepEqual(await answer, { number: 1 });
    assert.deepEqual([...done], [[1, 1]]);
  });

  test('made meanwhile goes on in the session that follows', async () => {
    const { page, done } = await counting();
    page.world.killAgent();
    await page.world.quiet();
    const answer = page.connection.request('do', { number: 1 });
    await page.world.clock.advance(5_000);
    assert.deepEqual(await answer, { number: 1 });
    assert.deepEqual([...done], [[1, 1]]);
  });

  test('made meanwhile is not carried out much later', async () => {
    const { page, done } = await counting();
    page.world.up = false;
    page.world.cut();
    await page.world.quiet();
    const outcome = code(page.connection.request('do', { number: 1 }));
    await page.world.clock.advance(29_000);
    const later = code(page.connection.request('do', { number: 2 }));
    await page.world.clock.advance(1_000);
    page.world.up = true;
    await page.world.clock.advance(6_000);
    assert.equal(await outcome, 'session.not-signed-in');
    assert.equal(await later, 'done');
    assert.deepEqual([...done], [[2, 1]]);
  });

  test('with a killed agent: its outcome is not known, and it is not repeated', async () => {
    const { page } = await counting();
    page.world.answers.set('slow', () => undefined);
    const outcome = code(page.connection.request('slow'));
    await page.world.quiet();
    page.world.killAgent();
    await page.world.clock.advance(10_000);
    assert.equal(await outcome, 'client.session-lost');
    assert.equal(page.shown, 'signed-in');
    assert.equal(page.world.count('slow'), 1);
  });

  test('for longer than the agent keeps the session ends with the session', async () => {
    const { page } = await counting();
    page.world.answers.set('slow', () => undefined);
    const outcome = code(page.connection.request('slow'));
    await page.world.quiet();
    page.world.up = false;
    page.world.cut();
    let settled = false;
    void outcome.then(() => (settled = true));
    await page.world.clock.advance(80_000);
    assert.equal(settled, false);
    await page.world.clock.advance(15_000);
    assert.equal(settled, true);
    assert.equal(await outcome, 'client.session-lost');
  });

  test('a disconnect, a sign-out: what was sent is not known, what was not is', async () => {
    for (const end of ['disconnect', 'signOut'] as const) {
      const { page } = await counting();
      page.world.answers.set('slow', () => undefined);
      const sent = code(page.connection.request('slow'));
      await page.world.quiet();
      page.world.cut();
      await page.world.quiet();
      const unsent = code(page.connection.request('slow'));
      void page.connection[end]();
      assert.equal(await sent, 'client.closed');
      assert.equal(await unsent, 'session.not-signed-in');
      await page.world.clock.advance(MINUTE);
      assert.equal(page.world.count('slow'), 1);
    }
  });
});

describe('many breaks', () => {
  test('1,000 resumptions with requests in flight lose nothing and double nothing', async () => {
    await Promise.all(Array.from({ length: 10 }, (_, seed) => manyBreaks(seed + 1, 100)));
  });
});

async function manyBreaks(seed: number, resumptions: number): Promise<void> {
  const random = new Random(seed);
  const { page, done } = await counting();
  const { world } = page;
  const [session] = world.signedIn;
  assert.ok(session);
  const answers: Promise<unknown>[] = [];
  let told = 0;
  while (session.resumed < resumptions) {
    for (let some = random.below(4); some > 0; --some) {
      answers.push(page.connection.request('do', { number: answers.length }));
    }
    for (let some = random.below(3); some > 0; --some) world.notify('event', [told++]);
    // Behind some messages of requests, answers and acknowledgements, or of the resume itself.
    world.cutAt = world.passed + 1 + random.below(12);
    await world.quiet();
    if (random.chance(30)) world.cut();
    page.connection.resume();
    await world.clock.advance(random.below(300));
  }
  world.cutAt = Infinity;
  await world.clock.advance(10_000);
  const numbers = answers.map((_, number) => number);
  assert.deepEqual(
    await Promise.all(answers),
    numbers.map((number) => ({ number })),
  );
  assert.deepEqual(
    numbers.map((number) => done.get(number)),
    numbers.map(() => 1),
  );
  assert.deepEqual(
    page.events.map(({ params }) => (params as number[])[0]),
    Array.from({ length: told }, (_, number) => number),
  );
  assert.equal(world.count('session.login'), 1);
  // Some answers to RESUME were lost on their way.
  const resumed = page.signedIn.filter((one) => one.resumed).length;
  assert.ok(resumed > resumptions / 2 && resumed <= session.resumed, `${resumed} resumptions`);
  assert.equal(page.gaps, resumed);
}

describe('junk from the agent', () => {
  const junk: [string, string, string][] = [
    ['no JSON', 'x', 'json.syntax'],
    ['a number', '7', 'rpc.bad-response'],
    [
      'an answer that nobody waits for',
      '{"id":999,"jsonrpc":"2.0","result":1}',
      'rpc.bad-response',
    ],
    ['a call', '{"id":1,"jsonrpc":"2.0","method":"a"}', 'rpc.bad-response'],
    [
      'an error without an id',
      '{"error":{"code":-32600,"message":"what?"},"id":null,"jsonrpc":"2.0"}',
      'rpc.bad-response',
    ],
    ['too many levels', `${'['.repeat(40)}${']'.repeat(40)}`, 'json.too-deep'],
  ];
  for (const [name, text, problem] of junk) {
    test(`${name}: the session is given up, and another one begun`, async () => {
      const page = await new Page(new World()).loggedIn();
      page.world.answers.set('slow', () => undefined);
      const outcome = code(page.connection.request('slow'));
      await page.world.quiet();
      const [session] = page.world.signedIn;
      assert.ok(session);
      page.world.say(session, text);
      page.world.notify('event', [1]);
      await page.world.quiet();
      assert.equal(page.shown, `interrupted ${problem}`);
      assert.equal(await outcome, 'client.session-lost');
      assert.deepEqual(page.events, []);
      assert.equal(page.world.sessions.size, 0);
      await page.world.clock.advance(1_000);
      assert.equal(page.shown, 'signed-in');
    });
  }

  test('again and again makes the waits longer', async () => {
    const page = await new Page(new World()).loggedIn();
    page.world.answers.set('session.login', (_, session) => {
      page.world.say(session, 'junk');
      return undefined;
    });
    page.world.killAgent();
    await page.world.clock.advance(10 * MINUTE);
    const tries = page.world.urls.length;
    assert.ok(tries > 100 && tries < 320, `${tries} tries`);
  });

  test('odd members of answers and notices do no harm', async () => {
    const page = new Page(new World());
    page.world.answers.set('system.info', () => ({ result: [7] }));
    page.world.answers.set('session.login', () => ({ result: { user: 7 } }));
    await page.connected();
    assert.equal(page.state.agent, null);
    const signedIn = page.signIn('right');
    assert.equal(await signedIn, 'done');
    assert.equal(page.state.user, '10');
    const all = [...page.world.sessions.values()];
    for (const params of [{ connected: 'x' }, [], [null]]) {
      page.world.notify('session.pbx', params, all);
    }
    await page.world.quiet();
    assert.equal(page.shown, 'signed-in');
    page.world.notify('session.signedOut', [7], all);
    await page.world.quiet();
    assert.equal(page.shown, 'open session.signed-out');
  });

  test('markup and controls in the texts of an error stay text', async () => {
    const page = await new Page(new World()).loggedIn();
    const hint = '<img src=x onerror=alert(1)>\u202e';
    page.world.answers.set('a', () => ({ code: 'uci.fault', hint }));
    await assert.rejects(page.connection.request('a'), { hint });
  });
});

describe('what is told', () => {
  test('the PBX is no longer reached when the agent says so', async () => {
    const page = await new Page(new World()).loggedIn();
    page.world.notify('session.pbx', { connected: false });
    await page.world.quiet();
    assert.deepEqual(page.state.reached, ['connector', 'key', 'agent', 'session']);
    page.world.notify('session.pbx', { connected: true });
    await page.world.quiet();
    assert.equal(page.state.reached.at(-1), 'pbx');
    assert.equal(page.events.length, 2);
  });

  test('the sign-in comes before the events behind it, and requests may be made in it', async () => {
    const page = await new Page(new World()).connected();
    const order: string[] = [];
    page.connection.onSignedIn(() => {
      order.push('signed in');
      void page.connection.request('a').then(() => order.push('answer'));
    });
    page.connection.onEvent((method) => order.push(method));
    page.world.answers.set('session.login', (call, session) => {
      session.user = '10';
      page.world.answer(session, call, { result: { user: '10' } });
      page.world.notify('event', [1]);
      return undefined;
    });
    await page.signIn('right');
    assert.deepEqual(order, ['signed in', 'event', 'answer']);
  });

  test('a handler that has unsubscribed is told nothing more', async () => {
    const page = await new Page(new World()).connected();
    const ends = [
      page.connection.onSignedIn(() => assert.fail()),
      page.connection.onEvent(() => assert.fail()),
      page.connection.onGap(() => assert.fail()),
    ];
    for (const end of ends) end();
    await page.signIn('right');
    page.world.notify('event', []);
    page.world.cut();
    await page.world.clock.advance(1_000);
    assert.equal(page.gaps, 1);
  });
});
