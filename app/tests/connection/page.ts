// A page of a user: a connection, what it keeps, and what it has told.

import assert from 'node:assert/strict';

import type { Clock } from '../../connection/clock.ts';
import { Connection } from '../../connection/connection.ts';
import type { ConnectionProblem } from '../../connection/problem.ts';
import type { ConnectionState, Phase } from '../../connection/state.ts';
import type { System } from '../../connection/system.ts';
import type { StoredTicket, TicketStore } from '../../connection/tickets.ts';
import { credentials, NAME } from '../protocol/client.ts';
import { Random } from '../protocol/random.ts';
import type { World } from './world.ts';

export const system: System = {
  name: NAME,
  connector: 'wss://connector.example.com/base',
  keyId: '0011223344556677',
  credentials,
};

export class MemoryTickets implements TicketStore {
  kept: StoredTicket | null = null;
  /** As where the browser keeps nothing. */
  fails = false;

  load(): Promise<StoredTicket | null> {
    return this.#done(() => this.kept);
  }

  save(ticket: StoredTicket): Promise<void> {
    return this.#done(() => {
      this.kept = ticket;
    });
  }

  forget(): Promise<void> {
    return this.#done(() => {
      this.kept = null;
    });
  }

  #done<T>(action: () => T): Promise<T> {
    return this.fails ? Promise.reject(new Error('blocked')) : Promise.resolve(action());
  }
}

export class Page {
  readonly world: World;
  readonly tickets: MemoryTickets;
  readonly connection: Connection;
  readonly phases: Phase[] = [];
  readonly signedIn: { login: unknown; resumed: boolean }[] = [];
  readonly events: { method: string; params: unknown }[] = [];
  gaps = 0;

  constructor(world: World, tickets = new MemoryTickets(), clock: Clock = world.clock) {
    this.world = world;
    this.tickets = tickets;
    const random = new Random(7);
    this.connection = new Connection({
      clock,
      openSocket: world.openSocket,
      crypto: world.crypto,
      subtle: world.subtle,
      random: () => random.below(1_000) / 1_000,
      tickets: () => tickets,
      software: 'page/1',
    });
    this.connection.state.subscribe(({ phase }) => {
      if (phase !== this.phases.at(-1)) this.phases.push(phase);
    });
    this.connection.onSignedIn((login, resumed) => {
      this.signedIn.push({ login, resumed });
    });
    this.connection.onEvent((method, params) => {
      this.events.push({ method, params });
    });
    this.connection.onGap(() => {
      this.gaps += 1;
    });
  }

  get state(): ConnectionState {
    return this.connection.state.get();
  }

  /** `open`, or `failed tunnel.admission-refused`. */
  get shown(): string {
    const { phase, problem } = this.state;
    return problem === null ? phase : `${phase} ${problem.code}`;
  }

  async connected(): Promise<this> {
    this.connection.connect(system);
    await this.world.quiet();
    return this;
  }

  async loggedIn(remember = true): Promise<this> {
    await this.connected();
    await this.signIn('right', remember);
    assert.equal(this.shown, 'signed-in');
    return this;
  }

  /** The code of the problem, or 'done'. */
  async signIn(password: string, remember = true, user = '10'): Promise<string> {
    const outcome = code(this.connection.signIn(user, password, remember));
    await this.world.quiet();
    return outcome;
  }
}

/** How a promise ended: 'done', or the code of its error. */
export function code(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'done',
    (error: unknown) => (error as ConnectionProblem).code,
  );
}
