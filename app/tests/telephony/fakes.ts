// A PBX of a few functions.

import type { Params, Session } from '../../connection/session.ts';

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
