import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { MemoryTickets, Page, system } from './page.ts';
import { World } from './world.ts';

const MINUTE = 60_000;

describe('a sign-in with a password', () => {
  test('goes through all phases, and tells how far the way is good', async () => {
    const page = await new Page(new World()).connected();
    assert.deepEqual(page.phases, ['connecting', 'open']);
    assert.deepEqual(page.state.reached, ['connector', 'key', 'agent', 'session']);
    assert.equal(page.state.agent, 'agent/1');
    assert.equal(await page.signIn('right'), 'done');
    assert.deepEqual(page.phases, ['connecting', 'open', 'signing-in', 'signed-in']);
    assert.deepEqual(page.state.reached, ['connector', 'key', 'agent', 'session', 'pbx']);
    assert.equal(page.state.user, '10');
    assert.equal(page.state.roundTrip, 0);
    assert.deepEqual(page.signedIn, [
      { login: { user: '10', services: [], serverVersion: null }, resumed: false },
    ]);
    assert.deepEqual(page.world.urls, [
      'wss://connector.example.com/base/v1/client starface-teams-client.v1',
    ]);
  });

  test('that is refused says so, is sent once, and can be tried again', async () => {
    const page = await new Page(new World()).connected();
    assert.equal(await page.signIn('wrong'), 'uci.login-refused');
    assert.equal(page.shown, 'open uci.login-refused');
    assert.equal(page.state.problem?.hint, 'check user name and password');
    await page.world.clock.advance(5 * MINUTE);
    assert.equal(page.world.count('session.login'), 1);
    assert.equal(await page.signIn('right'), 'done');
    assert.equal(page.shown, 'signed-in');
  });

  const refusals: [string, number | undefined, number | null][] = [
    ['session.login-paused', 300, 5 * MINUTE],
    ['session.login-paused', 42, 42_000],
    ['session.login-paused', undefined, null],
    ['session.login-paused', 86_401, null],
    ['license.no-seat', undefined, null],
    ['license.not-named', undefined, null],
    ['uci.disabled', undefined, null],
    ['uci.unreachable', undefined, null],
    ['something.new', undefined, null],
  ];
  for (const [refusal, retryAfter, wait] of refusals) {
    test(`tells ${refusal} from other refusals (${retryAfter ?? 'no'} wait)`, async () => {
      const page = await new Page(new World()).connected();
      // Words are for people: they say nothing here.
      const answer = { code: refusal, hint: 'try again in 7 min' };
      page.world.answers.set('session.login', () =>
        retryAfter === undefined ? answer : { ...answer, retryAfter },
      );
      assert.equal(await page.signIn('right'), refusal);
      assert.equal(page.shown, `open ${refusal}`);
      const { problem } = page.state;
      const until = problem?.retryAt ?? null;
      assert.equal(until === null ? null : until - page.world.clock.now(), wait);
      assert.equal(page.world.count('session.login'), 1);
    });
  }

  test('that is paused tells how long also when its session has ended', async () => {
    const page = await new Page(new World()).connected();
    page.world.answers.set('session.login', () => ({
      code: 'session.login-paused',
      retryAfter: 300,
    }));
    await page.signIn('right');
    const until = page.state.problem?.retryAt;
    assert.equal(until, page.world.clock.now() + 5 * MINUTE);
    for (const session of page.world.sessions.values()) page.world.endSession(session, 12);
    await page.world.clock.advance(MINUTE);
    assert.equal(page.shown, 'open session.login-paused');
    assert.equal(page.state.problem?.retryAt, until);
  });

  test('cannot be begun where nothing is wanted, or somebody is signed in', async () => {
    const page = new Page(new World());
    assert.equal(await page.signIn('right'), 'client.closed');
    await page.connected();
    page.world.answers.set('session.login', () => undefined);
    void page.connection.signIn('10', 'right', true).catch(() => undefined);
    await page.world.quiet();
    assert.equal(await page.signIn('right'), 'session.already-signed-in');
    page.world.answers.clear();
    page.connection.disconnect();
    await page.loggedIn();
    assert.equal(await page.signIn('right'), 'session.already-signed-in');
  });

  test('a page on which nobody signs in keeps no line, and makes one for the sign-in', async () => {
    const page = await new Page(new World()).connected();
    const [session] = [...page.world.sessions.values()];
    assert.ok(session);
    page.world.endSession(session, 12);
    await page.world.clock.advance(10 * MINUTE);
    assert.equal(page.shown, 'open');
    assert.equal(page.world.urls.length, 1);
    assert.equal(await page.signIn('right'), 'done');
    assert.equal(page.world.urls.length, 2);
  });

  test('the agent that has UCI switched off says so before somebody types a password', async () => {
    const page = new Page(new World());
    page.world.answers.set('system.info', () => ({ result: { uci: { enabled: false } } }));
    await page.connected();
    assert.equal(page.shown, 'open uci.disabled');
  });

  test('can be begun while the line is being made', async () => {
    const page = new Page(new World());
    page.connection.connect(system);
    assert.equal(await page.signIn('right'), 'done');
    assert.equal(page.shown, 'signed-in');
    assert.equal(page.world.count('session.login'), 1);
  });

  test('fails at once when no line comes about, and is not tried by itself', async () => {
    const page = await new Page(new World()).connected();
    page.world.up = false;
    page.world.cut();
    await page.world.quiet();
    assert.equal(await page.signIn('right'), 'transport.connect-failed');
    page.world.up = true;
    await page.world.clock.advance(MINUTE);
    assert.equal(page.shown, 'open');
    assert.equal(page.world.count('session.login'), 0);
  });
});

describe('a break while a user is being signed in', () => {
  test('at every message: signed in once, or asked again, and never sent twice', async () => {
    const whole = await new Page(new World()).loggedIn();
    let again = 0;
    for (let cut = 1; cut <= whole.world.passed; ++cut) {
      const page = new Page(new World());
      page.world.cutAt = cut;
      page.connection.connect(system);
      const outcome = await (async () => {
        const promise = page.signIn('right');
        await page.world.clock.advance(2 * MINUTE);
        return promise;
      })();
      assert.ok(page.world.count('session.login') <= 1, `cut at ${cut}`);
      if (outcome === 'done') {
        assert.equal(page.shown, 'signed-in', `cut at ${cut}`);
      } else {
        ++again;
        assert.match(outcome, /^(client\.session-lost|client\.connection-lost)$/, `cut at ${cut}`);
        assert.equal(page.shown, 'open', `cut at ${cut}`);
        assert.equal(await page.signIn('right'), 'done');
      }
    }
    assert.ok(again > 0);
  });

  test('goes on after a resume, with the answer that was on its way', async () => {
    const page = await new Page(new World()).connected();
    page.world.answers.set('session.login', () => undefined);
    const outcome = page.signIn('right');
    await page.world.quiet();
    page.world.cut();
    await page.world.quiet();
    assert.equal(page.shown, 'signing-in client.connection-lost');
    const [session] = [...page.world.sessions.values()];
    const call = page.world.calls.find(({ method }) => method === 'session.login');
    assert.ok(session !== undefined && call !== undefined);
    page.world.answer(session, call, { result: { user: '10' } });
    await page.world.clock.advance(5_000);
    assert.equal(await outcome, 'done');
    assert.equal(page.shown, 'signed-in');
    assert.equal(page.world.count('session.login'), 1);
  });

  test('asks the user again when the agent was restarted meanwhile', async () => {
    const page = await new Page(new World()).connected();
    page.world.answers.set('session.login', () => undefined);
    const outcome = page.signIn('right');
    await page.world.quiet();
    page.world.killAgent();
    await page.world.clock.advance(MINUTE);
    assert.equal(await outcome, 'client.session-lost');
    assert.equal(page.shown, 'open');
    assert.equal(page.world.count('session.login'), 1);
  });
});

describe('signing out', () => {
  test('forgets the ticket and ends the session', async () => {
    const page = await new Page(new World()).loggedIn();
    assert.notEqual(page.tickets.kept, null);
    await page.connection.signOut();
    await page.world.quiet();
    assert.equal(page.shown, 'open');
    assert.equal(page.state.user, null);
    assert.equal(page.tickets.kept, null);
    assert.equal(page.world.sessions.size, 0);
    assert.equal(page.world.wires.length, 0);
    await page.world.clock.advance(MINUTE);
    assert.equal(page.world.urls.length, 1);
    assert.equal(await page.signIn('right'), 'done');
  });

  test('works without a line, and nobody is signed in again', async () => {
    const page = await new Page(new World()).loggedIn();
    page.world.up = false;
    page.world.cut();
    await page.world.quiet();
    await page.connection.signOut();
    page.world.up = true;
    await page.world.clock.advance(5 * MINUTE);
    assert.equal(page.shown, 'open');
    assert.equal(page.world.count('session.login'), 1);
  });

  test('of a store that keeps what it was told to forget brings nobody back', async () => {
    const tickets = new MemoryTickets();
    const page = await new Page(new World(), tickets).loggedIn();
    const kept = tickets.kept;
    await page.connection.signOut();
    tickets.kept = kept;
    assert.equal(await page.signIn('wrong'), 'uci.login-refused');
    page.world.cut();
    await page.world.clock.advance(MINUTE);
    assert.equal(page.shown, 'open');
    assert.equal(page.world.urls.length, 3);
    assert.equal(page.world.count('session.login'), 2);
  });
});

describe('disconnecting', () => {
  test('at every message leaves nothing behind', async () => {
    const whole = await new Page(new World()).loggedIn();
    for (let stop = 1; stop <= whole.world.passed; ++stop) {
      const page = new Page(new World());
      const { world } = page;
      const passes = world.passes.bind(world);
      world.passes = () => {
        if (world.passed + 1 === stop) page.connection.disconnect();
        return passes();
      };
      page.connection.connect(system);
      const outcome = await page.signIn('right');
      assert.match(outcome, /^(client\.closed|done)$/);
      assert.equal(page.shown, 'closed', `stopped at ${stop}`);
      assert.equal(world.wires.length, 0, `stopped at ${stop}`);
      assert.equal(world.clock.pending, 0, `stopped at ${stop}`);
      await page.connected();
      assert.match(page.shown, /^(open|signed-in)$/, `stopped at ${stop}`);
    }
  });

  test('while it waits for the next try ends the waiting', async () => {
    const page = new Page(new World());
    page.world.up = false;
    await page.connected();
    assert.equal(page.shown, 'connecting transport.connect-failed');
    page.connection.disconnect();
    await page.world.clock.advance(5 * MINUTE);
    assert.equal(page.shown, 'closed');
    assert.equal(page.world.urls.length, 1);
    assert.equal(page.world.clock.pending, 0);
  });
});
