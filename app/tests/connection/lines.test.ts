import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { Clock } from '../../connection/clock.ts';
import { credentials } from '../protocol/client.ts';
import { FakeClock } from './fake_clock.ts';
import { code, Page, system } from './page.ts';
import { World } from './world.ts';

const MINUTE = 60_000;

describe('a way that is not good', () => {
  const refusals: [number, string, string, string[]][] = [
    [3, 'tunnel.admission-refused', 'failed', ['connector']],
    [10, 'tunnel.key-revoked', 'failed', ['connector']],
    [1, 'tunnel.protocol-error', 'failed', ['connector']],
    [999, 'tunnel.unknown-code', 'failed', ['connector']],
    [4, 'tunnel.pbx-offline', 'connecting', ['connector', 'key']],
    [7, 'tunnel.try-again-later', 'connecting', ['connector']],
    [9, 'tunnel.too-many-streams', 'connecting', ['connector', 'key']],
    [19, 'tunnel.shutting-down', 'connecting', ['connector']],
  ];
  for (const [number, name, phase, reached] of refusals) {
    test(`${name} is told, and ${phase === 'failed' ? 'waits for the user' : 'tried again'}`, async () => {
      const page = new Page(new World());
      page.world.refusal = { code: number, retryAfter: 0, reason: 'because' };
      await page.connected();
      assert.equal(page.shown, `${phase} ${name}`);
      assert.equal(page.state.problem?.message, 'because');
      assert.deepEqual(page.state.reached, reached);
      assert.equal(page.state.problem.retryAt !== null, phase !== 'failed');
      await page.world.clock.advance(10 * MINUTE);
      const tries = page.world.urls.length;
      assert.ok(phase === 'failed' ? tries === 1 : tries > 100, `${tries} tries`);
      page.world.refusal = null;
      page.connection.retryNow();
      await page.world.quiet();
      assert.equal(page.shown, 'open');
    });
  }

  test('a connector that cannot be reached is tried again, and the waiting told', async () => {
    const page = new Page(new World());
    page.world.up = false;
    await page.connected();
    assert.equal(page.shown, 'connecting transport.connect-failed');
    assert.deepEqual(page.state.reached, []);
    const now = page.world.clock.now();
    const retryAt = page.state.problem?.retryAt ?? 0;
    assert.ok(retryAt >= now && retryAt <= now + 500);
    await page.world.clock.advance(10 * MINUTE);
    const tries = page.world.urls.length;
    // Every 2.5 s on the average, once the bound has grown.
    assert.ok(tries > 180 && tries < 320, `${tries} tries`);
    page.world.up = true;
    await page.world.clock.advance(5_000);
    assert.equal(page.shown, 'open');
  });

  test('a connector that takes the connection and says nothing is given up', async () => {
    const page = new Page(new World());
    page.world.carries = false;
    await page.connected();
    assert.equal(page.shown, 'connecting');
    await page.world.clock.advance(10_000);
    assert.equal(page.shown, 'connecting transport.connect-failed');
    assert.ok((page.state.problem?.retryAt ?? 0) >= page.world.clock.now());
    await page.world.clock.advance(500);
    assert.equal(page.state.problem?.retryAt, null);
    await page.world.clock.advance(10_000);
    page.world.carries = true;
    await page.world.clock.advance(1_000);
    assert.equal(page.shown, 'open');
  });

  test('an address that the page may not open is told as one that cannot be reached', async () => {
    const world = new World();
    world.openSocket = () => {
      throw new Error('SecurityError');
    };
    const page = await new Page(world).connected();
    assert.equal(page.shown, 'connecting transport.connect-failed');
  });

  test('a handshake that fails is not an unreachable connector, and waits for the user', async () => {
    const page = new Page(new World());
    page.world.checksHandshake = false;
    const psk = await page.world.crypto.material(new Uint8Array(32));
    page.connection.connect({ ...system, credentials: { ...credentials, psk } });
    await page.world.quiet();
    assert.equal(page.shown, 'failed tunnel.handshake-failed');
    assert.deepEqual(page.state.reached, ['connector', 'key']);
    await page.world.clock.advance(10 * MINUTE);
    assert.equal(page.world.urls.length, 1);
  });

  test('another version of the protocol waits for an update', async () => {
    const page = new Page(new World());
    page.world.version = 2;
    await page.connected();
    assert.equal(page.shown, 'failed tunnel.version-unsupported');
    assert.deepEqual(page.world.statuses, [1008]);
    await page.world.clock.advance(10 * MINUTE);
    assert.equal(page.world.urls.length, 1);
  });

  test('what the connector asks for is kept, also when the page comes back', async () => {
    const page = new Page(new World());
    page.world.refusal = { code: 7, retryAfter: 90, reason: '' };
    await page.connected();
    const wait = (page.state.problem?.retryAt ?? 0) - page.world.clock.now();
    assert.ok(wait >= 90_000 && wait <= 91_000, `${wait}`);
    for (let second = 0; second < 89; ++second) {
      page.connection.resume();
      await page.world.clock.advance(1_000);
    }
    assert.equal(page.world.urls.length, 1);
    page.world.refusal = null;
    await page.world.clock.advance(2_000);
    assert.equal(page.shown, 'open');
  });

  test('a connector that asks for hours is asked again after minutes', async () => {
    const page = new Page(new World());
    page.world.refusal = { code: 7, retryAfter: 65_535, reason: '' };
    await page.connected();
    await page.world.clock.advance(5 * MINUTE + 1_000);
    assert.equal(page.world.urls.length, 2);
  });
});

describe('a session whose line broke', () => {
  test('is resumed, and what happened meanwhile comes in its order', async () => {
    const page = await new Page(new World()).loggedIn();
    const [session] = page.world.signedIn;
    assert.ok(session);
    page.world.cut();
    for (let index = 0; index < 20; ++index) page.world.notify('event', [index]);
    await page.world.quiet();
    assert.equal(page.shown, 'interrupted client.connection-lost');
    assert.equal(page.state.user, '10');
    assert.deepEqual(page.state.reached, []);
    await page.world.clock.advance(1_000);
    assert.equal(page.shown, 'signed-in');
    assert.equal(session.resumed, 1);
    assert.deepEqual(
      page.events.map(({ params }) => params),
      Array.from({ length: 20 }, (_, index) => [index]),
    );
    assert.deepEqual(
      page.signedIn.map(({ resumed }) => resumed),
      [false, true],
    );
    assert.equal(page.gaps, 1);
    assert.equal(page.world.count('session.login'), 1);
  });

  test('is resumed for as long as the agent may keep it, and no longer', async () => {
    for (const away of [50_000, 100_000]) {
      const page = await new Page(new World()).loggedIn();
      page.world.up = false;
      page.world.cut();
      await page.world.clock.advance(away);
      assert.match(page.shown, /^interrupted transport.connect-failed$/);
      page.world.up = true;
      const tries = page.world.urls.length;
      await page.world.clock.advance(6_000);
      assert.equal(page.shown, 'signed-in');
      assert.equal(page.world.urls.length, tries + 1);
      assert.equal(page.world.count('session.login'), away > 60_000 ? 2 : 1);
    }
  });

  test('that the agent does not keep is not asked for', async () => {
    const world = new World();
    world.window = 0;
    const page = await new Page(world).loggedIn();
    world.cut();
    await world.clock.advance(1_000);
    assert.equal(page.shown, 'signed-in');
    assert.equal(world.urls.length, 2);
    assert.equal(page.signedIn.at(-1)?.resumed, false);
  });

  test('is resumed behind refusals that pass', async () => {
    const page = await new Page(new World()).loggedIn();
    page.world.refusal = { code: 4, retryAfter: 0, reason: 'away' };
    page.world.cut();
    await page.world.clock.advance(20_000);
    assert.equal(page.shown, 'interrupted tunnel.pbx-offline');
    page.world.refusal = null;
    await page.world.clock.advance(5_000);
    assert.equal(page.shown, 'signed-in');
    assert.equal(page.world.signedIn[0]?.resumed, 1);
  });

  test('whose key was revoked meanwhile waits for the user', async () => {
    const page = await new Page(new World()).loggedIn();
    page.world.refusal = { code: 10, retryAfter: 0, reason: 'revoked' };
    page.world.cut();
    await page.world.clock.advance(MINUTE);
    assert.equal(page.shown, 'failed tunnel.key-revoked');
    assert.equal(page.state.user, null);
    assert.equal(page.world.urls.length, 2);
  });

  test('at every message of a resume comes back without a sign-in', async () => {
    const first = await new Page(new World()).loggedIn();
    const before = first.world.passed;
    first.world.cut();
    await first.world.clock.advance(1_000);
    const needed = first.world.passed - before;
    assert.ok(needed > 5);
    for (let cut = 1; cut <= needed; ++cut) {
      const page = await new Page(new World()).loggedIn();
      page.world.cut();
      page.world.cutAt = page.world.passed + cut;
      await page.world.clock.advance(10_000);
      assert.equal(page.shown, 'signed-in', `cut at ${cut}`);
      assert.equal(page.world.count('session.login'), 1, `cut at ${cut}`);
      assert.equal(page.state.problem, null);
    }
  });

  test('that the agent ends is followed by another one', async () => {
    const page = await new Page(new World()).loggedIn();
    const [session] = page.world.signedIn;
    assert.ok(session);
    page.world.endSession(session, 17);
    await page.world.quiet();
    assert.equal(page.shown, 'interrupted tunnel.too-slow');
    await page.world.clock.advance(1_000);
    assert.equal(page.shown, 'signed-in');
    assert.equal(page.signedIn.at(-1)?.resumed, false);
  });
});

describe('a line that is dead without a word', () => {
  test('is found by PING, and given up', async () => {
    const page = await new Page(new World()).loggedIn();
    page.world.goSilent();
    await page.world.clock.advance(26_000);
    assert.equal(page.signedIn.at(-1)?.resumed, true);
    assert.equal(page.shown, 'signed-in');
    assert.deepEqual(page.phases.slice(-2), ['interrupted', 'signed-in']);
  });

  test('is found within seconds when the network has changed', async () => {
    const page = await new Page(new World()).loggedIn();
    await page.world.clock.advance(1_000);
    page.world.goSilent();
    page.connection.resume();
    await page.world.clock.advance(3_000);
    assert.equal(page.shown, 'interrupted client.timeout');
    await page.world.clock.advance(1_000);
    assert.equal(page.shown, 'signed-in');
  });

  test('is not a line on which something comes', async () => {
    const page = await new Page(new World()).loggedIn();
    for (let minute = 0; minute < 10; ++minute) {
      page.connection.resume();
      await page.world.clock.advance(MINUTE);
    }
    assert.equal(page.world.urls.length, 1);
    assert.equal(page.shown, 'signed-in');
  });

  test('that was being made is not waited for when the network is back', async () => {
    const page = await new Page(new World()).loggedIn();
    page.world.carries = false;
    page.world.cut();
    await page.world.clock.advance(1_000);
    page.world.carries = true;
    page.connection.resume();
    await page.world.clock.advance(5_000);
    assert.equal(page.shown, 'signed-in');
  });
});

/** Timers of a page that is hidden: they come on the whole minute. */
class HiddenClock implements Clock {
  readonly #clock: FakeClock;
  hidden = false;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  after(ms: number, action: () => void): () => void {
    const due = this.now() + ms;
    const late = this.hidden ? Math.ceil(due / MINUTE) * MINUTE - this.now() : ms;
    return this.#clock.after(late, action);
  }

  soon(action: () => void): void {
    this.#clock.soon(action);
  }
}

describe('a page that is hidden', () => {
  async function hidden(): Promise<{ page: Page; clock: HiddenClock }> {
    const world = new World();
    const clock = new HiddenClock(world.clock);
    const page = await new Page(world, undefined, clock).loggedIn();
    clock.hidden = true;
    await world.clock.advance(3 * MINUTE);
    return { page, clock };
  }

  test('keeps its line though its timers come once a minute', async () => {
    const { page } = await hidden();
    await page.world.clock.advance(60 * MINUTE);
    assert.equal(page.world.urls.length, 1);
    assert.equal(page.shown, 'signed-in');
  });

  test('acknowledges what comes at once, so that the agent does not give it up', async () => {
    const { page } = await hidden();
    const [session] = page.world.signedIn;
    assert.ok(session);
    await page.world.clock.advance(1_000);
    page.world.notify('event', [1]);
    await page.world.quiet();
    assert.equal(session.acknowledged, session.sent.length);
  });

  test('comes back at once when it is seen again', async () => {
    const { page, clock } = await hidden();
    page.world.up = false;
    page.world.cut();
    await page.world.clock.advance(20_000);
    assert.match(page.shown, /^interrupted/);
    page.world.up = true;
    clock.hidden = false;
    page.connection.resume();
    await page.world.clock.advance(0);
    assert.equal(page.shown, 'signed-in');
    assert.equal(page.world.count('session.login'), 1);
  });

  test('does not take a session for kept that was away for too long', async () => {
    const { page, clock } = await hidden();
    page.world.up = false;
    page.world.cut();
    await page.world.quiet();
    const outcome = code(page.connection.request('a'));
    await page.world.clock.advance(5 * MINUTE);
    assert.equal(await outcome, 'session.not-signed-in');
    page.world.up = true;
    clock.hidden = false;
    const before = page.world.urls.length;
    page.connection.resume();
    await page.world.clock.advance(0);
    assert.equal(page.shown, 'signed-in');
    assert.equal(page.world.urls.length, before + 1);
    assert.equal(page.world.count('session.login'), 2);
  });
});

describe('a frame that its host puts aside', () => {
  test('gives up its line, keeps the session, and resumes it', async () => {
    const page = await new Page(new World()).loggedIn();
    page.connection.suspend();
    await page.world.clock.advance(20_000);
    assert.equal(page.shown, 'interrupted');
    assert.equal(page.world.wires.length, 0);
    assert.equal(page.world.urls.length, 1);
    page.connection.resume();
    await page.world.clock.advance(0);
    assert.equal(page.shown, 'signed-in');
    assert.equal(page.signedIn.at(-1)?.resumed, true);
    assert.equal(page.gaps, 1);
  });

  test('for half an hour signs in with the ticket afterwards, and is quiet meanwhile', async () => {
    const page = await new Page(new World()).loggedIn();
    page.connection.suspend();
    await page.world.clock.advance(30 * MINUTE);
    assert.equal(page.shown, 'interrupted');
    assert.equal(page.world.urls.length, 1);
    page.connection.resume();
    await page.world.clock.advance(1_000);
    assert.equal(page.shown, 'signed-in');
    assert.equal(page.signedIn.at(-1)?.resumed, false);
  });

  test('and taken back at once does not lose its session', async () => {
    const page = await new Page(new World()).loggedIn();
    for (let turn = 0; turn < 5; ++turn) {
      page.connection.suspend();
      page.connection.suspend();
      page.connection.resume();
    }
    await page.world.clock.advance(2_000);
    assert.equal(page.shown, 'signed-in');
    assert.equal(page.world.count('session.login'), 1);
  });

  test('while its ticket waits does not try it', async () => {
    const first = await new Page(new World()).loggedIn();
    first.connection.disconnect();
    first.world.answers.set('session.login', () => ({ code: 'license.no-seat' }));
    const page = await new Page(first.world, first.tickets).connected();
    page.connection.suspend();
    await page.world.clock.advance(10 * MINUTE);
    assert.equal(page.world.count('session.login'), 2);
    page.world.answers.clear();
    page.connection.resume();
    await page.world.clock.advance(0);
    assert.equal(page.shown, 'signed-in');
  });
});
