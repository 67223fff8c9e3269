// A connector and an agent with its users for the connection to meet, on sockets that a test can
// cut at any message. The agent is the model agent; what it says over JSON-RPC stands here.

import { createPublicKey, createHash, verify, webcrypto } from 'node:crypto';

import type { OpenSocket, SocketEvents } from '../../connection/socket.ts';
import { Crypto } from '../../protocol/crypto/crypto.ts';
import { SubtleCurves } from '../../protocol/crypto/curves.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { fillRandom } from '../protocol/crypto_kinds.ts';
import { AgentLink, frame, ModelSession, u16 } from '../protocol/model_agent.ts';
import { FakeClock } from './fake_clock.ts';

export interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: Record<string, unknown>;
}

/** What a method of the agent gives: a result, or an error with a code; undefined: no answer yet. */
type Answer =
  { result: unknown } | { code: string; hint?: string; retryAfter?: number } | undefined;

/** A session as the agent keeps it. */
export class WorldSession extends ModelSession {
  user: string | null = null;
  signingIn = false;
  link: AgentLink | null = null;
  brokenAt: number | null = null;
  taken = 0;
}

/** Counts what WebCrypto has not answered yet, so that a test knows when nothing goes on. */
function counted<T extends object>(target: T, count: (change: number) => void): T {
  return new Proxy(target, {
    get: (object, name) => {
      const member: unknown = Reflect.get(object, name);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]): Promise<unknown> => {
        count(1);
        try {
          return await (Reflect.apply(member, object, args) as Promise<unknown>);
        } finally {
          count(-1);
        }
      };
    },
  });
}

/** One socket, from the connector's side. */
class Wire {
  readonly world: World;
  readonly events: SocketEvents;
  agent: AgentLink | null = null;
  closed = false;
  /** Like a network that has gone without a word. */
  dead = false;

  constructor(world: World, events: SocketEvents) {
    this.world = world;
    this.events = events;
  }

  /** One message of the client. */
  take(bytes: Uint8Array): void {
    if (this.closed || this.dead || this.world.passes()) return;
    if (this.world.refusal !== null) {
      const { code, retryAfter, reason } = this.world.refusal;
      const payload = Buffer.concat([u16(code), u16(retryAfter), Buffer.from(reason)]);
      this.deliver(frame(0x07, 0, payload));
      this.close();
      return;
    }
    this.agent?.take(bytes);
    if (this.agent !== null) this.world.work(this.agent);
    this.push();
  }

  /** What the agent has for the client. */
  push(): void {
    const { agent } = this;
    if (agent === null) return;
    agent.flush();
    for (let next = agent.out.shift(); next !== undefined; next = agent.out.shift()) {
      if (this.closed || this.dead || this.world.passes()) return;
      this.deliver(next);
    }
    if (agent.closeFrame !== null) this.close();
  }

  deliver(bytes: Uint8Array): void {
    const copy = new Uint8Array(bytes);
    queueMicrotask(() => {
      if (!this.dead) this.events.message(copy);
    });
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.world.left(this);
    queueMicrotask(() => {
      this.events.closed();
    });
  }
}

export class World {
  readonly clock = new FakeClock(() => this.quiet());
  readonly crypto: Crypto;
  readonly subtle: SubtleCrypto;
  /** Whether the connector takes connections. */
  up = true;
  /** Whether packets arrive; without, sockets hang. */
  carries = true;
  refusal: { code: number; retryAfter: number; reason: string } | null = null;
  version = 1;
  checksHandshake = true;
  readonly passwords = new Map([['10', 'right']]);
  /** Answers instead of the usual ones, by method. */
  readonly answers = new Map<string, (call: Call, session: WorldSession) => Answer>();
  /** Every call that reached the agent, with its session. */
  readonly calls: Call[] = [];
  readonly sessions = new Map<string, WorldSession>();
  readonly wires: Wire[] = [];
  readonly urls: string[] = [];
  readonly tickets = new Map<string, { user: string; point: string }>();
  readonly statuses: number[] = [];
  ticketsOff: string | null = null;
  window = 60;
  /** Messages that have passed, and at which one the line is cut. */
  passed = 0;
  cutAt = Infinity;
  #pending = 0;

  constructor() {
    const count = (change: number): void => {
      this.#pending += change;
    };
    const subtle = counted(webcrypto.subtle, count);
    this.subtle = subtle as unknown as SubtleCrypto;
    const own = subtle as unknown as Subtle;
    this.crypto = new Crypto(own, new SubtleCurves(own), fillRandom);
  }

  openSocket: OpenSocket = (url, subprotocol, events) => {
    this.urls.push(`${url} ${subprotocol}`);
    const wire = new Wire(this, events);
    wire.dead = !this.carries;
    this.wires.push(wire);
    queueMicrotask(() => {
      if (wire.closed || wire.dead) return;
      if (this.up) this.#accept(wire);
      else wire.close();
    });
    return {
      send: (bytes) => {
        const copy = bytes.slice();
        queueMicrotask(() => {
          wire.take(copy);
        });
      },
      close: (status) => {
        this.statuses.push(status);
        queueMicrotask(() => {
          wire.close();
        });
      },
    };
  };

  /** Until nothing goes on by itself any more. */
  async quiet(): Promise<void> {
    for (let idle = 0; idle < 3;) {
      await new Promise((go) => setImmediate(go));
      idle = this.#pending === 0 ? idle + 1 : 0;
    }
  }

  /** Whether this message is lost, and its line with it. */
  passes(): boolean {
    if (++this.passed !== this.cutAt) return false;
    this.cut();
    return true;
  }

  /** All lines break, with all that was on its way. */
  cut(): void {
    for (const wire of [...this.wires]) wire.close();
  }

  /** All lines are dead from now on, and nobody says so. */
  goSilent(): void {
    for (const wire of this.wires) wire.dead = true;
  }

  killAgent(): void {
    this.sessions.clear();
    this.cut();
  }

  count(method: string): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  /** The sessions on which somebody is signed in. */
  get signedIn(): WorldSession[] {
    return [...this.sessions.values()].filter((session) => session.user !== null);
  }

  notify(method: string, params: unknown, to = this.signedIn): void {
    for (const session of to) this.say(session, JSON.stringify({ jsonrpc: '2.0', method, params }));
  }

  say(session: WorldSession, text: string): void {
    session.sent.push(text);
    for (const wire of this.wires) if (wire.agent?.session === session) wire.push();
  }

  answer(session: WorldSession, call: Call, answer: Exclude<Answer, undefined>): void {
    if (call.method === 'session.login') {
      session.signingIn = false;
      if ('result' in answer) session.user = (answer.result as { user: string }).user;
    }
    const content =
      'result' in answer
        ? { result: answer.result }
        : {
            error: {
              code: -32_000,
              message: `about ${answer.code}`,
              data: {
                code: answer.code,
                hint: answer.hint ?? '',
                ...(answer.retryAfter === undefined ? {} : { retryAfter: answer.retryAfter }),
              },
            },
          };
    this.say(session, JSON.stringify({ id: call.id, jsonrpc: '2.0', ...content }));
  }

  /** Ends a session from the agent's side, as for nobody who signs in. */
  endSession(session: WorldSession, code: number): void {
    const wire = this.wires.find((one) => one.agent?.session === session && !one.closed);
    const close = Buffer.concat([Buffer.of(0x14), u16(2), u16(code)]);
    this.sessions.delete(session.id.toString('hex'));
    if (wire === undefined) return;
    wire.agent?.packet(close);
    wire.push();
    wire.close();
  }

  /** What has come over that link since. */
  work(agent: AgentLink): void {
    const session = agent.session as WorldSession;
    if (agent.closeRecord !== null) this.sessions.delete(session.id.toString('hex'));
    for (; session.taken < session.heard.length; ++session.taken) {
      const call = JSON.parse(session.heard[session.taken] ?? '') as Call;
      this.calls.push(call);
      if (call.method === 'session.login') session.signingIn = true;
      const special = this.answers.get(call.method);
      const answer = special ? special(call, session) : usual(call, session, this);
      if (answer !== undefined) this.answer(session, call, answer);
    }
  }

  left(wire: Wire): void {
    this.wires.splice(this.wires.indexOf(wire), 1);
    const session = wire.agent?.session as WorldSession | undefined;
    if (session === undefined) return;
    session.brokenAt = this.clock.now();
    const kept = session.user !== null || session.signingIn;
    if (!kept || wire.agent?.closeRecord !== null) this.sessions.delete(session.id.toString('hex'));
  }

  #accept(wire: Wire): void {
    wire.events.opened();
    if (this.version !== 1) {
      wire.deliver(frame(0x01, 0, Buffer.alloc(33, this.version)));
      return;
    }
    const agent = new AgentLink(new WorldSession());
    agent.checksHandshake = this.checksHandshake;
    agent.newSession = () => {
      const session = new WorldSession();
      session.window = this.window;
      this.sessions.set(session.id.toString('hex'), session);
      return session;
    };
    agent.findSession = (id) => {
      const session = this.sessions.get(id);
      const away = this.clock.now() - (session?.brokenAt ?? Infinity);
      return session === undefined || away > session.window * 1_000 ? null : session;
    };
    wire.agent = agent;
    wire.push();
  }
}

/** What an agent answers when all is well. */
function usual(call: Call, session: WorldSession, world: World): Answer {
  switch (call.method) {
    case 'system.info':
      return { result: { software: 'agent/1', uci: { enabled: true, version: 'v30' } } };
    case 'session.login':
      return login(call, session, world);
    case 'session.ticket':
      return ticket(call, session, world);
    default:
      return session.user === null
        ? { code: 'session.not-signed-in' }
        : { result: (call as { params?: unknown }).params ?? null };
  }
}

function login(call: Call, session: WorldSession, world: World): Answer {
  const { user, password, ticket: text, proof } = call.params;
  if (session.user !== null) return { code: 'session.already-signed-in' };
  if (typeof text === 'string' && typeof proof === 'string') {
    if (world.ticketsOff !== null) return { code: world.ticketsOff };
    const known = world.tickets.get(text);
    if (known === undefined || !proves(known.point, proof, text, session)) {
      return { code: 'session.ticket-refused' };
    }
    return { result: { user: known.user, services: [], serverVersion: null } };
  }
  const right = world.passwords.get(String(user)) === password;
  if (!right) return { code: 'uci.login-refused', hint: 'check user name and password' };
  return { result: { user, services: [], serverVersion: null } };
}

function ticket(call: Call, session: WorldSession, world: World): Answer {
  if (world.ticketsOff !== null) return { code: world.ticketsOff };
  if (session.user === null) return { code: 'session.not-signed-in' };
  const text = `t${world.tickets.size + 1}.${String(call.params['lifetime'])}`;
  world.tickets.set(text, { user: session.user, point: String(call.params['key']) });
  return { result: { ticket: text, expires: 1_900_000_000 } };
}

/** The proof as the document has it, checked with other cryptography. */
function proves(point: string, proof: string, text: string, session: WorldSession): boolean {
  const bytes = Buffer.from(point, 'base64');
  if (bytes.length !== 65 || bytes[0] !== 4) return false;
  const [x, y] = [bytes.subarray(1, 33), bytes.subarray(33)].map((one) =>
    one.toString('base64url'),
  );
  const jwk = { kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' };
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const digest = createHash('sha256').update(text).digest();
  const label = Buffer.from('starface-teams/1 ticket\0');
  const signed = Buffer.concat([label, session.handshakeHash, digest]);
  const signature = Buffer.from(proof, 'base64');
  return (
    signature.length === 64 &&
    verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature)
  );
}
