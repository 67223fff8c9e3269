// A connection without a network: tests and the gallery say what it shows and read what was asked.

import type { Readable } from '../../connection/index.ts';
import type { Connection, ConnectionState, Problem, System } from '../connection.ts';

const CLOSED: ConnectionState = {
  phase: 'closed',
  problem: null,
  user: null,
  login: null,
  reached: [],
  roundTrip: null,
  agent: null,
};

export class FakeConnection implements Connection {
  /** What was asked of it, in order, without passwords. */
  readonly asked: string[] = [];

  /** What the next signIn() ends with; null: it succeeds. */
  refuse: Problem | null = null;

  private readonly listeners = new Set<(state: ConnectionState) => void>();
  private readonly signedIn = new Set<(login: unknown, resumed: boolean) => void>();
  private readonly gaps = new Set<() => void>();
  private shown: ConnectionState;

  constructor(shown: Partial<ConnectionState> = {}) {
    this.shown = { ...CLOSED, ...shown };
  }

  readonly state: Readable<ConnectionState> = {
    get: () => this.shown,
    subscribe: (listener) => {
      this.listeners.add(listener);
      return () => this.listeners.delete(listener);
    },
  };

  show(changes: Partial<ConnectionState>): void {
    this.shown = { ...this.shown, ...changes };
    for (const listener of [...this.listeners]) listener(this.shown);
  }

  connect(system: System): void {
    this.asked.push(`connect ${system.name}`);
    this.show({ phase: 'connecting', problem: null });
  }

  async signIn(user: string, _password: string, remember: boolean): Promise<void> {
    this.asked.push(`signIn ${user}${remember ? ' remember' : ''}`);
    this.show({ phase: 'signing-in' });
    await Promise.resolve();
    if (this.refuse !== null) {
      this.show({ phase: 'open', problem: this.refuse });
      throw Object.assign(new Error(this.refuse.message), this.refuse);
    }
    this.comeIn(user, false);
  }

  comeIn(user: string, resumed: boolean): void {
    this.show({ phase: 'signed-in', problem: null, user, login: { user } });
    for (const handler of [...this.signedIn]) handler(this.shown.login, resumed);
  }

  signOut(): Promise<void> {
    this.asked.push('signOut');
    this.show({ phase: 'open', user: null, login: null });
    return Promise.resolve();
  }

  disconnect(): void {
    this.asked.push('disconnect');
    this.show(CLOSED);
  }

  suspend(): void {
    this.asked.push('suspend');
  }

  resume(): void {
    this.asked.push('resume');
  }

  retryNow(): void {
    this.asked.push('retryNow');
  }

  onSignedIn(handler: (login: unknown, resumed: boolean) => void): () => void {
    this.signedIn.add(handler);
    return () => this.signedIn.delete(handler);
  }

  onGap(handler: () => void): () => void {
    this.gaps.add(handler);
    return () => this.gaps.delete(handler);
  }

  gap(): void {
    for (const handler of [...this.gaps]) handler();
  }
}
