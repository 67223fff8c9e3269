// The connection against the real programs. Runs where they are built (build/*/bin, or the folder
// that STARFACE_TEAMS_PROGRAMS names).

import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { WebSocket } from 'undici';

import { systemClock } from '../../connection/clock.ts';
import { Connection } from '../../connection/connection.ts';
import { socketsOf, type WebSocketLike } from '../../connection/socket.ts';
import { type System, systemFromKeyFile } from '../../connection/system.ts';
import { code, MemoryTickets } from '../connection/page.ts';
import { crypto } from '../protocol/crypto_kinds.ts';
import { Chain, programs, until } from './programs.ts';

const bin = programs();

describe('with the real agent and connector', { skip: bin === null, timeout: 120_000 }, () => {
  const chain = new Chain(bin ?? '');
  const tickets = new MemoryTickets();
  let system: System;
  let connection: Connection;
  const signedIn: boolean[] = [];
  let gaps = 0;

  function page(): Connection {
    const made = new Connection({
      clock: systemClock,
      openSocket: socketsOf(WebSocket as unknown as new () => WebSocketLike),
      crypto,
      subtle: webcrypto.subtle as unknown as SubtleCrypto,
      random: Math.random,
      tickets: () => tickets,
      software: 'chain test',
    });
    made.onSignedIn((_, resumed) => signedIn.push(resumed));
    made.onGap(() => (gaps += 1));
    return made;
  }

  const shown = (): string => {
    const { phase, problem } = connection.state.get();
    return problem === null ? phase : `${phase} ${problem.code}`;
  };
  const shows = (wanted: string): Promise<void> => until(wanted, () => shown() === wanted);
  const phones = (): Promise<unknown> =>
    connection.request('ucp.v30.requests.phone.getPhoneIds', []);

  before(async () => {
    system = await systemFromKeyFile(crypto, await chain.start());
    connection = page();
  });

  after(async () => {
    connection.disconnect();
    await chain.stop();
  });

  test('a user signs in, after a wrong password', async () => {
    connection.connect(system);
    await shows('open');
    await until('system.info', () => connection.state.get().agent !== null);
    assert.equal(await code(connection.signIn('1001', 'wrong', true)), 'uci.login-refused');
    assert.equal(await code(connection.signIn('1001', 'anna-secret', true)), 'done');
    assert.equal(shown(), 'signed-in');
    assert.equal(connection.state.get().user, '1001');
    await until('a ticket', () => tickets.kept !== null);
    assert.ok(Array.isArray(await phones()));
    await until('PONG', () => connection.state.get().roundTrip !== null);
  });

  test('a request whose method is not let pass is refused with a code', async () => {
    assert.equal(await code(connection.request('no.such')), 'rpc.method-not-found');
  });

  test('a killed connector costs nobody the sign-in', async () => {
    await chain.kill('starface-teams-connector');
    await until('the break', () => shown().startsWith('interrupted'));
    const answer = phones();
    await chain.startConnector();
    await shows('signed-in');
    assert.ok(Array.isArray(await answer));
    assert.deepEqual(signedIn, [false, true]);
    assert.equal(gaps, 1);
  });

  test('a killed agent costs nobody the password', async () => {
    const kept = tickets.kept;
    await chain.kill('starface-teams-agent');
    await until('the break', () => shown().startsWith('interrupted'));
    chain.startAgent();
    await shows('signed-in');
    assert.ok(Array.isArray(await phones()));
    await until('the next ticket', () => tickets.kept?.ticket !== kept?.ticket);
  });

  test('a page that is loaded anew signs in with its ticket', async () => {
    connection.disconnect();
    connection = page();
    connection.connect(system);
    await shows('signed-in');
  });

  test('a page whose ticket was ended asks for the password', async () => {
    const { kept } = tickets;
    chain.agentCommand('ticket', 'revoke', '1001');
    await until('the end', () => !shown().startsWith('signed-in'));
    connection.disconnect();
    tickets.kept = kept;
    connection = page();
    connection.connect(system);
    await shows('open session.ticket-refused');
    assert.equal(tickets.kept, null);
  });

  test('a wrong key is told from an agent that is away, and from no connector', async () => {
    connection.disconnect();
    connection.connect({ ...system, name: 'other.example.com' });
    await shows('failed tunnel.admission-refused');
    await chain.kill('starface-teams-agent');
    connection.connect(system);
    await shows('connecting tunnel.pbx-offline');
    await chain.kill('starface-teams-connector');
    connection.connect(system);
    await shows('connecting transport.connect-failed');
  });

  test('the PBX has seen one wrong password', async () => {
    const logins = (await chain.journal()).filter(({ kind }) => kind === 'login');
    assert.equal(logins.filter(({ outcome }) => outcome === 'refused').length, 1);
  });
});
