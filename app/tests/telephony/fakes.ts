// A PBX of a few functions, and a clock that moves when it is told to.

import type { Clock, Params, Session } from '../../telephony/session.ts';

export class FakeClock implements Clock {
  private time = 1_000_000;
  private next = 0;
  private readonly timers = new Map<number, { at: number; action: () => void }>();

  now(): number {
    return this.time;
  }

  after(ms: number, action: () => void): () => void {
    const id = (this.next += 1);
    this.timers.set(id, { at: this.time + ms, action });
    return () => {
      this.timers.delete(id);
    };
  }

  /** Runs what is due, in its order, and lets promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.timers]
        .filter(([, timer]) => timer.at <= end)
        .sort(([a, one], [b, two]) => one.at - two.at || a - b)[0];
      if (due === undefined) break;
      const [id, timer] = due;
      this.timers.delete(id);
      this.time = Math.max(this.time, timer.at);
      timer.action();
      await settle();
    }
    this.time = end;
    await settle();
  }

  get pending(): number {
    return this.timers.size;
  }
}

/** Until all promises that can go on have gone on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 60; turn += 1) await Promise.resolve();
}

export class RpcError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message = code, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

type Answer = (...params: unknown[]) => unknown;

export class FakeSession implements Session {
  readonly asked: { method: string; params: readonly unknown[] }[] = [];
  private readonly answers = new Map<string, Answer>();
  private readonly handlers = new Set<(method: string, params: unknown) => void>();

  /** `call.getCallIds` or `license.list`. */
  on(method: string, answer: Answer): this {
    this.answers.set(method, answer);
    return this;
  }

  async request(method: string, params: Params = []): Promise<unknown> {
    const short = method.replace(/^ucp\.v\d+\.requests\./, '');
    const list: readonly unknown[] = Array.isArray(params) ? (params as unknown[]) : [params];
    this.asked.push({ method: short, params: list });
    const answer = this.answers.get(short);
    if (answer === undefined) throw new RpcError('uci.fault', 'fault 5: no such request');
    return await answer(...list);
  }

  onEvent(handler: (method: string, params: unknown) => void): () => void {
    this.handlers.add(handler);
    return () => this.handlers.delete(handler);
  }

  emit(method: string, params: unknown): void {
    for (const handler of this.handlers) handler(method, params);
  }

  call(state: Record<string, unknown>): void {
    this.emit('ucp.v30.events.call.receiveCallState', [state]);
  }

  count(method: string): number {
    return this.asked.filter((one) => one.method === method).length;
  }

  last(method: string): readonly unknown[] | undefined {
    return this.asked.filter((one) => one.method === method).at(-1)?.params;
  }
}

/** A promise that the test settles. */
export function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

export const allServices = [
  'service',
  'call',
  'phone',
  'userState',
  'callList',
  'redirect',
  'group',
  'functionKey',
  'voicemailList',
].map((name) => `ucp.v30.requests.${name}`);
