import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { describe, test } from 'node:test';

import { ticketIn } from '../../connection/tickets.ts';
import { MemoryTickets, Page } from './page.ts';
import { World } from './world.ts';

const MINUTE = 60_000;

/** The logins that reached the agent, as `password` or the ticket. */
function logins(world: World): unknown[] {
  return world.calls
    .filter(({ method }) => method === 'session.login')
    .map(({ params }) => params['ticket'] ?? 'password');
}

/** A page that is loaded again, with what the browser has kept. */
async function reloaded(page: Page): Promise<Page> {
  page.connection.disconnect();
  await page.world.quiet();
  return new Page(page.world, page.tickets).connected();
}

describe('a kept ticket', () => {
  test('signs in a page that was loaded anew, and a new one takes its place', async () => {
    const first = await new Page(new World()).loggedIn();
    assert.equal(first.tickets.kept?.ticket, 't1.long');
    assert.equal(first.tickets.kept.user, '10');
    assert.equal(first.tickets.kept.lifetime, 'long');
    assert.equal(first.tickets.kept.expires, 1_900_000_000);
    const page = await reloaded(first);
    assert.equal(page.shown, 'signed-in');
    assert.equal(page.state.user, '10');
    assert.deepEqual(page.phases, ['connecting', 'signing-in', 'signed-in']);
    assert.deepEqual(page.signedIn.at(-1)?.resumed, false);
    assert.deepEqual(logins(page.world), ['password', 't1.long']);
    assert.equal(page.tickets.kept?.ticket, 't2.long');
  });

  test('is one for the tab where the user does not want to be remembered', async () => {
    const first = await new Page(new World()).loggedIn(false);
    assert.equal(first.tickets.kept?.ticket, 't1.tab');
    const page = await reloaded(first);
    assert.equal(page.tickets.kept?.ticket, 't2.tab');
  });

  test('has a key that cannot be read out', async () => {
    const { tickets } = await new Page(new World()).loggedIn();
    const key = tickets.kept?.key;
    assert.ok(key !== undefined);
    assert.equal(key.extractable, false);
    assert.equal(key.type, 'private');
    await assert.rejects(webcrypto.subtle.exportKey('pkcs8', key));
  });

  test('brings the user back when the agent was started anew', async () => {
    const page = await new Page(new World()).loggedIn();
    page.world.killAgent();
    await page.world.clock.advance(5_000);
    assert.equal(page.shown, 'signed-in');
    assert.deepEqual(page.phases.slice(-2), ['interrupted', 'signed-in']);
    assert.equal(page.state.user, '10');
    assert.deepEqual(page.signedIn.at(-1)?.resumed, false);
    assert.equal(page.gaps, 0);
  });

  for (const refusal of ['session.ticket-refused', 'uci.login-refused', 'rpc.invalid-params']) {
    test(`is forgotten after ${refusal}, and never sent again`, async () => {
      const first = await new Page(new World()).loggedIn();
      first.world.answers.set('session.login', () => ({ code: refusal }));
      const page = await reloaded(first);
      assert.equal(page.shown, `open ${refusal}`);
      assert.equal(page.state.user, null);
      assert.equal(page.tickets.kept, null);
      page.world.cut();
      await page.world.clock.advance(10 * MINUTE);
      assert.deepEqual(logins(page.world), ['password', 't1.long']);
    });
  }

  test('that was refused is not sent again by a page whose store cannot forget it', async () => {
    const tickets = new MemoryTickets();
    const first = await new Page(new World(), tickets).loggedIn();
    first.world.tickets.clear();
    tickets.forget = () => Promise.reject(new Error('blocked'));
    const page = await reloaded(first);
    page.world.cut();
    await page.world.clock.advance(10 * MINUTE);
    assert.deepEqual(logins(page.world), ['password', 't1.long']);
    assert.equal(page.shown, 'open');
  });

  for (const refusal of ['uci.unreachable', 'license.no-seat', 'uci.disabled', 'session.strange']) {
    test(`is kept after ${refusal}, and tried again by itself`, async () => {
      const first = await new Page(new World()).loggedIn();
      first.world.answers.set('session.login', () => ({ code: refusal }));
      const page = await reloaded(first);
      assert.equal(page.shown, `signing-in ${refusal}`);
      const retryAt = page.state.problem?.retryAt ?? 0;
      assert.ok(retryAt > page.world.clock.now());
      assert.ok(retryAt <= page.world.clock.now() + 5_000);
      assert.notEqual(page.tickets.kept, null);
      await page.world.clock.advance(30 * MINUTE);
      const tries = page.world.count('session.login');
      assert.ok(tries > 30 && tries < 90, `${tries} tries`);
      page.world.answers.clear();
      await page.world.clock.advance(MINUTE);
      assert.equal(page.shown, 'signed-in');
    });
  }

  test('waits as long as the agent pauses logins, also when the page comes back', async () => {
    const first = await new Page(new World()).loggedIn();
    first.world.answers.set('session.login', () => ({
      code: 'session.login-paused',
      retryAfter: 180,
    }));
    const page = await reloaded(first);
    assert.equal(page.shown, 'signing-in session.login-paused');
    for (let second = 0; second < 170; second += 10) {
      page.connection.resume();
      await page.world.clock.advance(10_000);
    }
    assert.equal(page.world.count('session.login'), 2);
    await page.world.clock.advance(20_000);
    assert.equal(page.world.count('session.login'), 3);
  });

  test('outlives the session that the agent ends meanwhile', async () => {
    const first = await new Page(new World()).loggedIn();
    first.world.answers.set('session.login', () => ({
      code: 'session.login-paused',
      retryAfter: 180,
    }));
    const page = await reloaded(first);
    await page.world.clock.advance(MINUTE);
    for (const session of page.world.sessions.values()) page.world.endSession(session, 12);
    await page.world.quiet();
    assert.equal(page.shown, 'signing-in session.login-paused');
    assert.ok((page.state.problem?.retryAt ?? 0) > page.world.clock.now() + MINUTE);
    page.world.answers.clear();
    await page.world.clock.advance(3 * MINUTE);
    assert.equal(page.shown, 'signed-in');
  });

  test('of a user who is not named waits for a person', async () => {
    const first = await new Page(new World()).loggedIn();
    first.world.answers.set('session.login', () => ({ code: 'license.not-named' }));
    const page = await reloaded(first);
    assert.equal(page.shown, 'failed license.not-named');
    assert.equal(page.state.problem?.retryAt, null);
    for (const session of page.world.sessions.values()) page.world.endSession(session, 12);
    await page.world.clock.advance(10 * MINUTE);
    assert.equal(page.world.count('session.login'), 2);
    assert.equal(page.shown, 'failed license.not-named');
    page.world.answers.clear();
    page.connection.retryNow();
    await page.world.quiet();
    assert.equal(page.shown, 'signed-in');
  });

  test('can be passed over by a password while it waits', async () => {
    const first = await new Page(new World()).loggedIn();
    first.world.answers.set('session.login', () => ({ code: 'license.no-seat' }));
    first.world.passwords.set('11', 'right');
    const page = await reloaded(first);
    page.world.answers.clear();
    assert.equal(await page.signIn('right', false, '11'), 'done');
    assert.equal(page.tickets.kept?.user, '11');
    await page.world.clock.advance(10 * MINUTE);
    assert.equal(page.state.user, '11');
    assert.deepEqual(logins(page.world), ['password', 't1.long', 'password']);
  });

  test('that cannot be used any more asks for the password', async () => {
    const first = await new Page(new World()).loggedIn();
    const { kept } = first.tickets;
    assert.ok(kept !== null);
    first.tickets.kept = { ...kept, key: {} as CryptoKey };
    const page = await reloaded(first);
    assert.equal(page.shown, 'open session.ticket-refused');
    assert.equal(page.tickets.kept, null);
    assert.equal(page.world.count('session.login'), 1);
  });

  test('of another user goes before the answer comes', async () => {
    const tickets = new MemoryTickets();
    const page = await new Page(new World(), tickets).loggedIn();
    await page.connection.signOut();
    tickets.kept = { ...(await otherTicket()), user: '99' };
    page.world.answers.set('session.ticket', () => undefined);
    assert.equal(await page.signIn('right'), 'done');
    assert.equal(tickets.kept, null);
  });
});

async function otherTicket(): Promise<NonNullable<MemoryTickets['kept']>> {
  const other = await new Page(new World()).loggedIn();
  assert.ok(other.tickets.kept !== null);
  return { ...other.tickets.kept, ticket: 'other' };
}

describe('agents and browsers without tickets', () => {
  for (const refusal of ['rpc.method-not-found', 'session.tickets-off']) {
    test(`an agent that answers ${refusal} is used without them`, async () => {
      const world = new World();
      world.ticketsOff = refusal;
      const first = await new Page(world).loggedIn();
      assert.equal(first.tickets.kept, null);
      const page = await reloaded(first);
      assert.equal(page.shown, 'open');
      assert.deepEqual(logins(world), ['password']);
    });
  }

  test('a session that is lost without one asks for the password', async () => {
    const world = new World();
    world.ticketsOff = 'session.tickets-off';
    const page = await new Page(world).loggedIn();
    world.killAgent();
    await world.clock.advance(5_000);
    assert.equal(page.shown, 'open client.session-lost');
    assert.equal(page.state.user, null);
    assert.equal(await page.signIn('right'), 'done');
  });

  test('a browser that keeps nothing still comes back while the page lives', async () => {
    const tickets = new MemoryTickets();
    tickets.fails = true;
    const page = await new Page(new World(), tickets).loggedIn();
    page.world.killAgent();
    await page.world.clock.advance(5_000);
    assert.equal(page.shown, 'signed-in');
  });

  test('answers that are no tickets are not kept', () => {
    const about = { key: {} as CryptoKey, user: '10', lifetime: 'tab' as const };
    for (const odd of [
      null,
      7,
      'ticket',
      [],
      {},
      { ticket: 'x' },
      { ticket: '', expires: 1 },
      { ticket: 'x'.repeat(1_025), expires: 1 },
      { ticket: 'ü', expires: 1 },
      { ticket: 'x', expires: '1' },
    ]) {
      assert.equal(ticketIn(odd, about), null);
    }
    assert.equal(ticketIn({ ticket: 'x'.repeat(1_024), expires: 1 }, about)?.user, '10');
  });
});

describe('two windows of one user', () => {
  test('have a session each, and live side by side', async () => {
    const first = await new Page(new World()).loggedIn();
    const second = await new Page(first.world, first.tickets).connected();
    assert.equal(second.shown, 'signed-in');
    assert.equal(first.world.signedIn.length, 2);
    first.world.cut();
    await first.world.clock.advance(5_000);
    assert.equal(first.shown, 'signed-in');
    assert.equal(second.shown, 'signed-in');
    assert.deepEqual(
      first.world.signedIn.map(({ resumed }) => resumed),
      [1, 1],
    );
    first.connection.disconnect();
    await first.world.quiet();
    assert.equal(second.shown, 'signed-in');
  });

  test('a ticket that was refused to one leaves the newer one of the other', async () => {
    const world = new World();
    const first = await new Page(world).loggedIn();
    const old = first.tickets.kept;
    const second = await reloaded(first);
    const newer = second.tickets.kept;
    assert.notEqual(old?.ticket, newer?.ticket);
    // The third window has read the old one, which was withdrawn, before the second wrote its own.
    world.tickets.delete(old?.ticket ?? '');
    second.tickets.kept = old;
    const third = new Page(world, second.tickets);
    const load = second.tickets.load.bind(second.tickets);
    let loads = 0;
    second.tickets.load = () => {
      const found = load();
      if (++loads === 1) second.tickets.kept = newer;
      return found;
    };
    await third.connected();
    assert.equal(third.shown, 'signed-in');
    assert.deepEqual(logins(world).slice(-2), [old?.ticket, newer?.ticket]);
  });
});

describe('a user whom the agent has signed out', () => {
  for (const reason of ['uci.login-refused', 'license.seat-withdrawn', 'session.signed-out', '']) {
    test(`on purpose (${reason}) is not signed in again by the page`, async () => {
      const page = await new Page(new World()).loggedIn();
      const [session] = page.world.signedIn;
      assert.ok(session);
      page.world.notify('session.signedOut', { code: reason, message: 'because', hint: 'do' });
      session.user = null;
      await page.world.quiet();
      assert.equal(page.shown, `open ${reason === '' ? 'session.signed-out' : reason}`);
      assert.equal(page.state.problem?.message, 'because');
      assert.equal(page.tickets.kept, null);
      assert.equal(page.events.at(-1)?.method, 'session.signedOut');
      page.world.cut();
      await page.world.clock.advance(10 * MINUTE);
      assert.equal(page.world.count('session.login'), 1);
      assert.equal(await page.signIn('right'), 'done');
    });
  }

  test('by what passes is brought back with the ticket', async () => {
    const page = await new Page(new World()).loggedIn();
    const [session] = page.world.signedIn;
    assert.ok(session);
    page.world.notify('session.signedOut', { code: 'uci.disabled', message: '', hint: '' });
    session.user = null;
    await page.world.quiet();
    assert.equal(page.shown, 'interrupted uci.disabled');
    await page.world.clock.advance(10_000);
    assert.equal(page.shown, 'signed-in');
    assert.equal(page.world.sessions.size, 1);
  });
});
