// A client on a link to the model agent, with queues in between that a test can cut.

import assert from 'node:assert/strict';

import { type Bytes, utf8 } from '../../protocol/bytes.ts';
import { deriveCredentials } from '../../protocol/credentials.ts';
import type { Ending } from '../../protocol/ending.ts';
import { Link, type LinkEvent, type LinkOptions, type Output } from '../../protocol/link.ts';
import { SessionLedger } from '../../protocol/session_ledger.ts';
import { crypto } from './crypto_kinds.ts';
import { AgentLink, ModelSession } from './model_agent.ts';

export const KEY = '7M6ETZWF057J6W0ZMDSGPPR4N5JJX9K1QQFTSVDY';
export const NAME = 'pbx.example.com';
export const credentials = await deriveCredentials(crypto, KEY);

/** The client's cryptography, and the key's secrets in it. */
export type Kind = Pick<LinkOptions, 'crypto' | 'credentials'>;

export class Client {
  readonly ledger: SessionLedger;
  readonly session: ModelSession;
  agent: AgentLink;
  link: Link;
  now = 1_000;
  /** Towards the agent. */
  readonly out: Bytes[] = [];
  readonly events: LinkEvent[] = [];
  readonly heard: string[] = [];
  closed: number | null = null;
  deadline: number | null = null;

  readonly #kind: Kind;

  constructor(
    session = new ModelSession(),
    ledger = new SessionLedger(),
    kind: Kind = { crypto, credentials },
  ) {
    this.session = session;
    this.ledger = ledger;
    this.#kind = kind;
    this.agent = new AgentLink(session);
    this.link = this.#newLink();
  }

  /** What ended the link; null while it lasts. */
  get ending(): Ending | null {
    const last = this.events.at(-1);
    return last?.type === 'ended' ? last.ending : null;
  }

  types(): string[] {
    return this.events.map((event) => event.type);
  }

  /** Passes everything on, both ways, until nothing is left. */
  async settle(): Promise<void> {
    for (;;) {
      this.agent.flush();
      if (this.out.length === 0 && this.agent.out.length === 0) return;
      await this.toAgent();
      await this.toClient();
    }
  }

  /** Passes on one websocket message, if there is one. */
  toAgent(): Promise<void> {
    const next = this.out.shift();
    if (next !== undefined) this.agent.take(next);
    return Promise.resolve();
  }

  async toClient(): Promise<void> {
    const next = this.agent.out.shift();
    if (next !== undefined) await this.link.receive(new Uint8Array(next), this.now);
  }

  async send(text: string): Promise<void> {
    this.ledger.send(text);
    await this.link.flush(this.now);
  }

  /** To an open session. */
  async open(): Promise<this> {
    await this.link.connected(this.now);
    await this.settle();
    assert.ok(this.agent.opened, JSON.stringify(this.ending));
    return this;
  }

  /** The websocket breaks, with all that was on its way, and another one is opened. */
  async breakLine(): Promise<void> {
    await this.link.lost(this.now);
    this.reconnect();
    await this.link.connected(this.now);
  }

  reconnect(): void {
    this.out.length = this.events.length = 0;
    this.agent = new AgentLink(this.session);
    this.link = this.#newLink();
  }

  /** Lets time pass; a deadline that comes meanwhile is kept. */
  async wait(ms: number): Promise<void> {
    this.now += ms;
    if (this.deadline !== null && this.deadline <= this.now) await this.link.tick(this.now);
  }

  #newLink(): Link {
    return new Link({
      ...this.#kind,
      name: NAME,
      software: 'test/1',
      ledger: this.ledger,
      deliver: (output) => {
        this.#take(output);
      },
    });
  }

  #take(output: Output): void {
    this.out.push(...output.messages);
    this.events.push(...output.events);
    this.closed = output.close;
    this.deadline = output.deadline;
    for (const event of output.events) {
      if (event.type === 'message') this.heard.push(Buffer.from(event.bytes).toString());
    }
  }
}

/** A text of so many bytes that is told from others. */
export function text(name: string, size: number): string {
  const whole = name.padEnd(size, '·');
  return Buffer.from(utf8(whole)).subarray(0, Math.max(size, name.length)).toString('latin1');
}
