// The one object that outlives sockets: it keeps the way to the PBX and the user's sign-in, and is
// the session that the layers above use.

import type { Bytes, Crypto, Json } from '../protocol/index.ts';
import { Carrier, type CarrierHandler } from './carrier.ts';
import type { Clock } from './clock.ts';
import { Inbox } from './inbox.ts';
import { type ConnectionProblem, fromNotice, problems, toProblem } from './problem.ts';
import { type Outcome, Requests } from './requests.ts';
import type { Params, Session } from './session.ts';
import { afterSignedOut } from './sign_in_end.ts';
import type { OpenSocket } from './socket.ts';
import { CLOSED, type ConnectionState, stepsTo } from './state.ts';
import { patched, type Readable, Store, tell } from './store.ts';
import type { System } from './system.ts';
import { type TicketHandler, TicketSignIn } from './ticket_sign_in.ts';
import { KeptTicket, type Lifetime, type StoredTicket, type TicketStore } from './tickets.ts';

export interface ConnectionOptions {
  readonly clock: Clock;
  readonly openSocket: OpenSocket;
  readonly crypto: Crypto;
  /** For the device key of tickets: `crypto.subtle`. */
  readonly subtle: SubtleCrypto;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Where the present user of the host keeps the ticket for that system. */
  readonly tickets: (system: System) => TicketStore;
  /** At most 64 printable ASCII characters; the agent's log has it. */
  readonly software: string;
}

type SignedInHandler = (login: unknown, resumed: boolean) => void;
type EventHandler = (method: string, params: unknown) => void;

/** Somebody waits for the sign-in with a password. The password itself is not kept. */
interface Waiting {
  readonly reject: (problem: ConnectionProblem) => void;
}

/** With these codes the agent ends a session on which nobody signs in for a minute. */
const IDLE_ENDS = new Set(['tunnel.timeout', 'tunnel.too-many-streams']);

export class Connection implements Session {
  readonly #options: ConnectionOptions;
  readonly #state = new Store<ConnectionState>(CLOSED);
  readonly #carrier: Carrier;
  readonly #requests: Requests;
  readonly #inbox: Inbox;
  readonly #ticket: TicketSignIn;
  readonly #signedInHandlers = new Set<SignedInHandler>();
  readonly #gapHandlers = new Set<() => void>();
  readonly #eventHandlers = new Set<EventHandler>();
  #kept: KeptTicket | null = null;
  /** What was begun under another number is nobody's any more. */
  #session = 0;
  #hash: Bytes | null = null;
  #problem: ConnectionProblem | null = null;
  /** Of this session. */
  #user: 'none' | 'signing-in' | 'signed-in' = 'none';
  #password: Waiting | null = null;
  /** Somebody was signed in and has not signed out: that user is brought back by itself. */
  #comesBack = false;
  #uciOff = false;
  #suspended = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { clock, crypto, openSocket, random, software, subtle } = options;
    this.#carrier = new Carrier(
      { clock, crypto, openSocket, random, software },
      this.#carrierHandler(),
    );
    this.#requests = new Requests(clock, (text) => {
      this.#carrier.send(text);
    });
    this.#inbox = new Inbox(clock, {
      take: (message) => {
        this.#message(message);
      },
      refuse: (error) => {
        this.#carrier.refuse(toProblem(error));
      },
    });
    this.#ticket = new TicketSignIn({ clock, crypto, random, subtle }, this.#ticketHandler());
  }

  get state(): Readable<ConnectionState> {
    return this.#state;
  }

  /** Ends what was before, and signs in with the kept ticket when there is one. */
  connect(system: System): void {
    this.disconnect();
    this.#kept = new KeptTicket(this.#options.tickets(system));
    this.#ticket.use(this.#kept);
    this.#carrier.use(system);
    this.#state.set({ ...CLOSED, phase: 'connecting' });
    this.#carrier.open();
  }

  /**
   * Rejects with a ConnectionProblem. The password is not kept: when the session is lost before the
   * answer, the user has to type it again. It is sent once.
   */
  signIn(user: string, password: string, remember: boolean): Promise<void> {
    if (this.#kept === null) return Promise.reject(problems.closed());
    if (this.#user !== 'none' || this.#comesBack) {
      return Promise.reject(problems.alreadySignedIn());
    }
    return new Promise((resolve, reject) => {
      this.#ticket.stop();
      this.#user = 'signing-in';
      this.#password = { reject };
      this.#show({ phase: 'signing-in' }, null);
      this.#login({ user, password }, (outcome) => {
        this.#password = null;
        if ('error' in outcome) {
          this.#user = 'none';
          this.#show({ phase: 'open' }, outcome.error);
          reject(outcome.error);
        } else {
          this.#signedIn(outcome.result, user, null, remember ? 'long' : 'tab');
          resolve();
        }
      });
      this.#openForSignIn();
    });
  }

  /** The message goes along with the opening when no session is open. */
  #openForSignIn(): void {
    if (this.#password !== null && !this.#carrier.carries) this.#carrier.open();
  }

  /** Forgets the ticket and ends the session; the next sign-in opens another one. */
  async signOut(): Promise<void> {
    const kept = this.#kept;
    if (kept === null) return;
    this.#leave();
    const { agent } = this.#state.get();
    this.#state.set({ ...CLOSED, phase: 'open', agent });
    await kept.forget();
  }

  /** The ticket is kept. */
  disconnect(): void {
    this.#leave();
    this.#kept = null;
    this.#ticket.use(null);
    this.#state.set(CLOSED);
  }

  /**
   * The frame is about to go, or is put aside by its host: gives up the socket and is quiet. Not for
   * a page that is merely hidden: calls ring there, too.
   */
  suspend(): void {
    this.#suspended = true;
    this.#ticket.suspend();
    this.#carrier.suspend();
  }

  /** The frame is back, the page is visible, or the network has come back: looks at once. */
  resume(): void {
    this.#suspended = false;
    this.#carrier.resume();
    this.#ticket.resume();
  }

  /** The user does not want to wait, or has done what a problem asked for. */
  retryNow(): void {
    if (this.#kept === null) return;
    if (this.#state.get().phase === 'failed') {
      this.#show({ phase: 'connecting' }, null);
      this.#tryTicket();
    } else if (this.#ticket.waits) {
      this.#tryTicket();
    } else {
      this.#carrier.retryNow();
    }
  }

  request(method: string, params?: Params): Promise<unknown> {
    if (!this.#comesBack) return Promise.reject(problems.notSent());
    return this.#requests.request(method, params);
  }

  onEvent(handler: EventHandler): () => void {
    return subscribed(this.#eventHandlers, handler);
  }

  /** `resumed`: in the same session; otherwise everything has to be read again. */
  onSignedIn(handler: SignedInHandler): () => void {
    return subscribed(this.#signedInHandlers, handler);
  }

  /** After a break that the session outlived; for a new session only onSignedIn() is called. */
  onGap(handler: () => void): () => void {
    return subscribed(this.#gapHandlers, handler);
  }

  // --- The session and its lines ---

  #carrierHandler(): CarrierHandler {
    return {
      reached: (step) => {
        this.#show({ reached: stepsTo(step) }, this.#whileTrying());
      },
      opened: (hash) => {
        this.#opened(hash);
      },
      resumed: () => {
        this.#resumed();
      },
      message: (bytes) => {
        this.#inbox.put(bytes);
      },
      roundTrip: (ms) => {
        this.#state.patch({ roundTrip: ms });
      },
      worthResuming: () => this.#user !== 'none',
      interrupted: (problem) => {
        this.#requests.flowing = false;
        const { phase } = this.#state.get();
        const next = this.#user === 'signed-in' ? 'interrupted' : phase;
        this.#show({ phase: next, roundTrip: null }, this.#suspended ? null : problem);
      },
      over: (problem, about) => {
        this.#over(problem, about);
      },
    };
  }

  /** While a line is being made, the time at which that was to begin is no news any more. */
  #whileTrying(): ConnectionProblem | null {
    const { phase } = this.#state.get();
    const ofTheLine = phase === 'connecting' || phase === 'interrupted';
    if (!ofTheLine || this.#ticket.waits) return this.#problem;
    return this.#problem?.at(null) ?? null;
  }

  #opened(hash: Bytes): void {
    this.#hash = hash;
    this.#uciOff = false;
    this.#askAgent();
    if (this.#password === null) void this.#ticket.signIn(hash, null);
    else this.#show({}, null);
  }

  #resumed(): void {
    if (this.#user !== 'signed-in') {
      this.#show({}, null);
      return;
    }
    this.#show({ phase: 'signed-in', reached: stepsTo('pbx') }, null);
    this.#requests.flowing = true;
    this.#tellSignedIn(true);
    for (const handler of [...this.#gapHandlers]) tell(handler, undefined);
  }

  #over(problem: ConnectionProblem, about: Parameters<CarrierHandler['over']>[1]): void {
    const { phase } = this.#state.get();
    const password = this.#password;
    ++this.#session;
    this.#password = null;
    this.#user = 'none';
    this.#inbox.clear();
    this.#requests.sessionOver(problems.sessionLost());
    if (!about.retries) {
      this.#ticket.stop();
      this.#needUser('failed', problem);
    } else if (this.#ticket.waits) {
      // The agent does not keep a session for as long as that; another one is opened then.
      this.#show({ roundTrip: null }, this.#problem);
    } else if (this.#comesBack) {
      this.#openSoon('interrupted', problem);
    } else if (phase === 'failed') {
      this.#show({ roundTrip: null }, this.#problem);
    } else if (phase === 'open' && this.#isIdleEnd(about)) {
      // Nothing is wrong: a line is made again when somebody signs in.
      this.#show({ roundTrip: null, reached: stepsTo('session') }, this.#problem);
    } else {
      this.#openSoon('connecting', problem);
    }
    password?.reject(about.opened ? problems.sessionLost() : problem);
  }

  #isIdleEnd({ end }: Parameters<CarrierHandler['over']>[1]): boolean {
    const ending = end?.ending;
    return ending !== undefined && ending.by !== 'line' && IDLE_ENDS.has(ending.code);
  }

  #openSoon(phase: 'interrupted' | 'connecting', problem: ConnectionProblem): void {
    const retryAt = this.#carrier.openSoon();
    const shown = this.#suspended ? null : problem.at(retryAt);
    this.#show({ phase, roundTrip: null }, shown);
  }

  #leave(): void {
    const password = this.#password;
    ++this.#session;
    this.#password = null;
    this.#user = 'none';
    this.#comesBack = false;
    this.#problem = null;
    this.#ticket.stop();
    this.#carrier.stop();
    this.#inbox.clear();
    this.#requests.sessionOver(problems.closed());
    this.#requests.refuseWaiting();
    password?.reject(problems.closed());
  }

  // --- What the agent says ---

  #message(message: Json): void {
    let notice;
    try {
      notice = this.#requests.take(message);
    } catch (error) {
      // An answer or an event may be what was spoiled, so a new session begins.
      this.#inbox.clear();
      this.#carrier.refuse(toProblem(error));
      return;
    }
    if (notice === null || this.#user !== 'signed-in') return;
    const { method, params } = notice;
    if (method === 'session.pbx') this.#pbx(params);
    if (method === 'session.signedOut') this.#signedOut(fromNotice(params));
    for (const handler of [...this.#eventHandlers]) {
      tell(() => {
        handler(method, params);
      }, undefined);
    }
  }

  #pbx(params: unknown): void {
    const connected = (params as { connected?: unknown } | null)?.connected !== false;
    this.#state.patch({ reached: stepsTo(connected ? 'pbx' : 'session') });
  }

  #askAgent(): void {
    const session = this.#session;
    this.#requests.ask('system.info', undefined, (outcome) => {
      if (session !== this.#session || 'error' in outcome) return;
      const info = outcome.result as { software?: unknown; uci?: { enabled?: unknown } } | null;
      const software = info?.software;
      this.#state.patch({ agent: typeof software === 'string' ? software : null });
      this.#uciOff = info?.uci?.enabled === false;
      const waits = this.#state.get().phase === 'open' && this.#problem === null;
      if (waits && this.#uciOff) this.#show({}, problems.uciDisabled());
    });
  }

  // --- Signing in ---

  #login(params: Params, done: (outcome: Outcome) => void): void {
    const session = this.#session;
    this.#requests.ask('session.login', params, (outcome) => {
      if (session === this.#session) done(outcome);
    });
  }

  #tryTicket(): void {
    this.#ticket.stop();
    if (this.#carrier.carries && this.#hash !== null) void this.#ticket.signIn(this.#hash, null);
    else this.#carrier.open();
  }

  #ticketHandler(): TicketHandler {
    return {
      session: () => this.#session,
      isFree: () => this.#user === 'none',
      none: (reason) => {
        this.#needUser('open', reason ?? (this.#comesBack ? problems.sessionLost() : null));
      },
      begins: () => {
        this.#user = 'signing-in';
        this.#show({ phase: this.#comesBack ? 'interrupted' : 'signing-in' }, null);
      },
      login: (params, done) => {
        this.#login(params, done);
      },
      ask: (method, params, done) => {
        this.#requests.ask(method, params, done);
      },
      refused: () => {
        this.#user = 'none';
      },
      needsPerson: (problem) => {
        this.#needUser('failed', problem);
      },
      later: (problem) => {
        this.#show({ phase: this.#comesBack ? 'interrupted' : 'signing-in' }, problem);
      },
      again: () => {
        this.#tryTicket();
      },
      signedIn: (login, ticket) => {
        this.#signedIn(login, ticket.user, ticket, ticket.lifetime);
      },
    };
  }

  #signedIn(login: unknown, asked: string, ticket: StoredTicket | null, lifetime: Lifetime): void {
    this.#user = 'signed-in';
    this.#comesBack = true;
    this.#ticket.succeeded();
    const named = (login as { user?: unknown } | null)?.user;
    const user = typeof named === 'string' ? named : asked;
    this.#show({ phase: 'signed-in', user, login, reached: stepsTo('pbx') }, null);
    void this.#ticket.renew(user, ticket, lifetime);
    this.#requests.flowing = true;
    this.#tellSignedIn(false);
  }

  #signedOut(problem: ConnectionProblem): void {
    this.#user = 'none';
    this.#requests.flowing = false;
    const verdict = afterSignedOut(problem.code);
    if (verdict === 'password') {
      this.#needUser('open', problem);
      void this.#kept?.forget();
    } else {
      this.#ticket.waitFor(verdict, problem);
    }
  }

  #needUser(phase: 'open' | 'failed', problem: ConnectionProblem | null): void {
    this.#comesBack = false;
    const off = this.#uciOff && phase === 'open' ? problems.uciDisabled() : null;
    this.#show({ phase, user: null, login: null }, problem ?? off);
    this.#requests.refuseWaiting();
  }

  #tellSignedIn(resumed: boolean): void {
    const { login } = this.#state.get();
    for (const handler of [...this.#signedInHandlers]) {
      tell(() => {
        handler(login, resumed);
      }, undefined);
    }
  }

  #show(changes: Partial<ConnectionState>, problem: ConnectionProblem | null): void {
    this.#problem = problem;
    this.#state.set(patched(this.#state.get(), { ...changes, problem }));
  }
}

function subscribed<T>(handlers: Set<T>, handler: T): () => void {
  handlers.add(handler);
  return () => {
    handlers.delete(handler);
  };
}
