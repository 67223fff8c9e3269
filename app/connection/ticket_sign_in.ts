// Signing in with the kept ticket: what follows from a refusal, when it is tried again, and the new
// ticket after each sign-in.

import type { Bytes, Crypto } from '../protocol/index.ts';
import { Backoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { type ConnectionProblem, problems } from './problem.ts';
import type { Outcome } from './requests.ts';
import type { Params } from './session.ts';
import { afterRefusal, type Verdict } from './sign_in_end.ts';
import {
  type KeptTicket,
  type Lifetime,
  newDeviceKey,
  type StoredTicket,
  ticketIn,
  ticketLogin,
} from './tickets.ts';

export interface TicketOptions {
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly subtle: SubtleCrypto;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** What this part needs of the connection. */
export interface TicketHandler {
  /** What was begun under another number is nobody's any more. */
  session(): number;
  /** Nobody is signed in, or about to be. */
  isFree(): boolean;
  /** There is no ticket; null: there was none from the start. */
  none(reason: ConnectionProblem | null): void;
  begins(): void;
  /** Told of the answer only while the session is the same. */
  login(params: Params, done: (outcome: Outcome) => void): void;
  ask(method: string, params: Params, done: (outcome: Outcome) => void): void;
  refused(): void;
  /** No ticket and no waiting helps. */
  needsPerson(problem: ConnectionProblem): void;
  /** It is tried again when the problem says. */
  later(problem: ConnectionProblem): void;
  /** Now it is time. */
  again(): void;
  signedIn(login: unknown, ticket: StoredTicket): void;
}

/** Tries while the PBX lets nobody in (ms). */
const LIMITS = { first: 5_000, most: 60_000, stable: 60_000 };

export class TicketSignIn {
  readonly #options: TicketOptions;
  readonly #handler: TicketHandler;
  readonly #backoff: Backoff;
  #kept: KeptTicket | null = null;
  #suspended = false;
  /** When the ticket is tried again, and from when on it may be. */
  #retry: { readonly at: number; readonly notBefore: number } | null = null;
  #offRetry: (() => void) | null = null;

  constructor(options: TicketOptions, handler: TicketHandler) {
    this.#options = options;
    this.#handler = handler;
    this.#backoff = new Backoff(LIMITS, options.random);
  }

  use(kept: KeptTicket | null): void {
    this.#kept = kept;
  }

  /** A refused ticket is tried again later. */
  get waits(): boolean {
    return this.#retry !== null;
  }

  suspend(): void {
    this.#suspended = true;
    this.#offRetry?.();
  }

  resume(): void {
    this.#suspended = false;
    const retry = this.#retry;
    if (retry !== null) this.#retryAt({ ...retry, at: retry.notBefore });
  }

  stop(): void {
    this.#offRetry?.();
    this.#offRetry = this.#retry = null;
  }

  succeeded(): void {
    this.#backoff.reset();
  }

  /**
   * @param hash of the handshake that opened the session.
   * @param reason what is shown when there is no ticket.
   */
  async signIn(hash: Bytes, reason: ConnectionProblem | null): Promise<void> {
    const handler = this.#handler;
    const session = handler.session();
    this.stop();
    const ticket = (await this.#kept?.load()) ?? null;
    if (session !== handler.session() || !handler.isFree()) return;
    if (ticket === null) {
      handler.none(reason);
      return;
    }
    handler.begins();
    const { crypto, subtle } = this.#options;
    const params = await ticketLogin(subtle, crypto, ticket, hash).catch(() => null);
    if (session !== handler.session()) return;
    if (params === null) {
      this.#failed(hash, ticket, problems.ticketUnusable());
      return;
    }
    handler.login(params, (outcome) => {
      if ('error' in outcome) this.#failed(hash, ticket, outcome.error);
      else handler.signedIn(outcome.result, ticket);
    });
  }

  #failed(hash: Bytes, ticket: StoredTicket, problem: ConnectionProblem): void {
    const handler = this.#handler;
    handler.refused();
    const verdict = afterRefusal(problem.code);
    if (verdict !== 'password') {
      this.waitFor(verdict, problem);
      return;
    }
    const session = handler.session();
    // Another window may have got a new one meanwhile.
    void this.#kept?.refused(ticket).then(() => {
      if (session === handler.session()) void this.signIn(hash, problem);
    });
  }

  waitFor(verdict: Exclude<Verdict, 'password'>, problem: ConnectionProblem): void {
    if (verdict === 'person') {
      this.#handler.needsPerson(problem);
      return;
    }
    const now = this.#options.clock.now();
    const notBefore = problem.retryAt ?? now;
    const at = Math.max(notBefore, now + this.#backoff.failed(now));
    this.#handler.later(problem.at(at));
    this.#retryAt({ at, notBefore });
  }

  #retryAt(retry: { readonly at: number; readonly notBefore: number }): void {
    this.#offRetry?.();
    this.#retry = retry;
    if (this.#suspended) return;
    const { clock } = this.#options;
    this.#offRetry = clock.after(Math.max(0, retry.at - clock.now()), () => {
      this.#handler.again();
    });
  }

  /** A new ticket after each sign-in, with a key of its own. The old one stays until it comes. */
  async renew(user: string, old: StoredTicket | null, lifetime: Lifetime): Promise<void> {
    const handler = this.#handler;
    const session = handler.session();
    const kept = this.#kept;
    // It may be another user's.
    if (old === null) await kept?.forget();
    const device = await newDeviceKey(this.#options.subtle).catch(() => null);
    if (session !== handler.session() || kept === null || device === null) return;
    const params = { key: device.publicKey, lifetime };
    handler.ask('session.ticket', params, (outcome) => {
      if (session !== handler.session()) return;
      if ('error' in outcome) {
        if (old !== null && outcome.error.code === 'session.tickets-off') void kept.refused(old);
        return;
      }
      const ticket = ticketIn(outcome.result, { key: device.key, user, lifetime });
      if (ticket !== null) void kept.save(ticket);
    });
  }
}
