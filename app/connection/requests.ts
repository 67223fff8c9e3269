// Requests of one user: those that wait, and those that the session carries. What was given to a
// session is never given to another one.

import {
  type Call,
  type Json,
  ProtocolError,
  type RemoteError,
  RpcClient,
} from '../protocol/index.ts';
import type { Clock } from './clock.ts';
import { ConnectionProblem, fromRemote, problems, toProblem } from './problem.ts';
import type { Params } from './session.ts';

/** A session carries 64 calls; the others are the connection's own. */
const MOST_UNDER_WAY = 60;
const MOST_WAITING = 512;
/** What a user did is not carried out much later (ms). */
const LONGEST_WAIT = 30_000;

export type Outcome = { result: unknown } | { error: ConnectionProblem };
type Done = (outcome: Outcome) => void;
type ParamsOfCall = Parameters<RpcClient['call']>[1];

interface Waiting {
  readonly method: string;
  readonly params: Params | undefined;
  readonly since: number;
  readonly done: Done;
}

export class Requests {
  readonly #clock: Clock;
  readonly #send: (text: string) => void;
  #rpc = new RpcClient();
  #underWay = new Map<number, Done>();
  #waiting: Waiting[] = [];
  #flowing = false;
  #offOld: (() => void) | null = null;

  /** `send`: gives a text to the session; throws ProtocolError. */
  constructor(clock: Clock, send: (text: string) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Waits until requests flow, and for answers to others when there are many. Rejects with a
   * ConnectionProblem: `session.not-signed-in` when it was never sent, `client.session-lost` or
   * `client.closed` when nobody knows whether it was carried out, or what the agent says.
   */
  request(method: string, params?: Params): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length >= MOST_WAITING) {
        reject(problems.tooManyRequests());
        return;
      }
      const done: Done = (outcome) => {
        if ('error' in outcome) reject(outcome.error);
        else resolve(outcome.result);
      };
      this.#waiting.push({ method, params, since: this.#clock.now(), done });
      this.#pump();
      this.#watch();
    });
  }

  /** One of the connection's own, into the session that there is, or that is being opened. */
  ask(method: string, params: Params | undefined, done: Done): void {
    try {
      this.#call(method, params, done);
    } catch (error) {
      done({ error: toProblem(error) });
    }
  }

  /** Whether users' requests go out: somebody is signed in and the line carries. */
  set flowing(flowing: boolean) {
    this.#flowing = flowing;
    this.#pump();
  }

  /** The session is over: the outcome of what it carried is not known. */
  sessionOver(problem: ConnectionProblem): void {
    const lost = [...this.#underWay.values()];
    this.#flowing = false;
    this.#rpc = new RpcClient();
    this.#underWay = new Map();
    for (const done of lost) done({ error: problem });
  }

  /** Nobody will be signed in soon: what waits is not sent. */
  refuseWaiting(): void {
    const waiting = this.#waiting.splice(0);
    this.#watch();
    for (const { done } of waiting) done({ error: problems.notSent() });
  }

  /**
   * One message of the agent, read; returns the notification that it is. Throws ProtocolError for what
   * is neither that nor an answer.
   */
  take(message: Json): { method: string; params: unknown } | null {
    const event = this.#rpc.take(message);
    switch (event.type) {
      case 'notification':
        return { method: event.method, params: event.params };
      case 'result':
        this.#settle(event.call, { result: event.result });
        return null;
      case 'error':
        this.#settle(event.call, { error: this.#problem(event.error) });
        return null;
      case 'refused':
        throw new ProtocolError(
          'rpc.bad-response',
          'the agent did not understand a request',
          'update the older of client and agent',
        );
    }
  }

  #problem(error: RemoteError): ConnectionProblem {
    return fromRemote(error, this.#clock.now());
  }

  #settle(call: Call, outcome: Outcome): void {
    const done = this.#underWay.get(call.id);
    this.#underWay.delete(call.id);
    done?.(outcome);
    this.#pump();
  }

  #call(method: string, params: Params | undefined, done: Done): void {
    // The values are checked as they are written; what cannot be JSON is refused there.
    const { call, text } = this.#rpc.call(method, params as ParamsOfCall);
    try {
      this.#send(text);
    } catch (error) {
      this.#rpc.forget(call);
      throw error;
    }
    this.#underWay.set(call.id, done);
  }

  #pump(): void {
    this.#dropOld();
    while (this.#flowing && this.#underWay.size < MOST_UNDER_WAY) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      try {
        this.#call(next.method, next.params, next.done);
      } catch (error) {
        const problem = toProblem(error);
        if (problem.code === 'tunnel.queue-full' && this.#underWay.size > 0) {
          // There is room again when an answer comes.
          this.#waiting.unshift(next);
          break;
        }
        next.done({ error: problem });
      }
    }
  }

  #dropOld(): void {
    const oldest = this.#clock.now() - LONGEST_WAIT;
    while ((this.#waiting[0]?.since ?? Infinity) <= oldest) {
      this.#waiting.shift()?.done({ error: problems.notSent() });
    }
  }

  /** One timer, for the one that waits longest. */
  #watch(): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#offOld?.();
      this.#offOld = null;
      return;
    }
    this.#offOld ??= this.#clock.after(
      Math.max(0, first.since + LONGEST_WAIT - this.#clock.now()),
      () => {
        this.#offOld = null;
        this.#dropOld();
        this.#watch();
      },
    );
  }
}
