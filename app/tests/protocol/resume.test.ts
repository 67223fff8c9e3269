import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { utf8 } from '../../protocol/bytes.ts';
import { deriveCredentials } from '../../protocol/credentials.ts';
import { RpcClient } from '../../protocol/rpc_client.ts';
import { SessionLedger } from '../../protocol/session_ledger.ts';
import { Client, KEY, type Kind } from './client.ts';
import { CRYPTO_KINDS } from './crypto_kinds.ts';
import { ModelSession } from './model_agent.ts';
import { Random } from './random.ts';

/** What became of requests and events while the line broke. */
interface Tally {
  resumptions: number;
  requests: number;
  events: number;
  /** Requests that were under way when the line broke, counted at each break. */
  inFlight: number;
  /** Requests that did not reach the agent, or without an answer; events that did not come. */
  lost: number;
  /** Requests, answers and events that came again. */
  doubled: number;
}

/** How often each of `all` is in `come`: what is not there, and what is there again. */
function compare(
  all: readonly string[],
  come: readonly string[],
): { lost: number; doubled: number } {
  const times = new Map<string, number>();
  for (const one of come) times.set(one, (times.get(one) ?? 0) + 1);
  const lost = all.filter((one) => !times.has(one)).length;
  return { lost, doubled: come.length - times.size };
}

/** A client with requests, and an agent that answers them in any order and has events to tell. */
class Talk {
  readonly client: Client;
  readonly session: ModelSession;
  /** Texts, in the order in which they were said. */
  readonly said: string[] = [];
  readonly #random: Random;
  readonly #rpc = new RpcClient();
  #events = 0;
  #inFlight = 0;
  /** What the agent has not answered; how much of what it heard it has looked at. */
  readonly #open: string[] = [];
  #seen = 0;
  #heard = 0;

  constructor(random: Random, base: bigint, kind: Kind) {
    this.#random = random;
    this.session = new ModelSession({ sent: base, heard: base });
    const ledger = new SessionLedger({ sent: base, received: base });
    this.client = new Client(this.session, ledger, kind);
  }

  async request(): Promise<void> {
    this.#hear();
    if (this.#rpc.underWay.length >= 64) return;
    const { text } = this.#rpc.call('ucp.v30.requests.test', [this.#filler()]);
    this.said.push(text);
    await this.client.send(text);
  }

  /** The agent answers one of the requests that it knows, or tells of something. */
  answer(): void {
    this.#listen();
    const { sent } = this.session;
    const [text] = this.#open.splice(this.#random.below(this.#open.length), 1);
    if (text === undefined || this.#random.chance(30)) {
      if (text !== undefined) this.#open.push(text);
      const params = [++this.#events, this.#filler()];
      sent.push(JSON.stringify({ jsonrpc: '2.0', method: 'ucp.v30.events.test', params }));
    } else {
      const { id } = JSON.parse(text) as { id: number };
      sent.push(JSON.stringify({ jsonrpc: '2.0', id, result: this.#filler() }));
    }
    this.client.agent.flush();
  }

  async breakLine(): Promise<void> {
    this.#hear();
    this.#inFlight += this.#rpc.underWay.length;
    await this.client.breakLine();
  }

  /** All that is under way arrives, and every request is answered. */
  async finish(): Promise<Tally> {
    await this.client.settle();
    this.#listen();
    while (this.#open.length > 0) this.answer();
    await this.client.settle();
    await this.client.wait(1_000);
    await this.client.settle();
    this.#hear();
    const there = compare(this.said, this.session.heard);
    const back = compare(this.session.sent, this.client.heard);
    return {
      resumptions: this.session.resumed,
      requests: this.said.length,
      events: this.#events,
      inFlight: this.#inFlight,
      lost: there.lost + back.lost + this.#rpc.underWay.length,
      doubled: there.doubled + back.doubled,
    };
  }

  #filler(): string {
    const size = this.#random.chance(5) ? 20_000 : 200;
    return '·'.repeat(this.#random.below(size) / 2);
  }

  #listen(): void {
    const { heard } = this.session;
    for (; this.#seen < heard.length; ++this.#seen) this.#open.push(heard[this.#seen] ?? '');
  }

  /** Throws for an answer that belongs to no request, or came again. */
  #hear(): void {
    const { heard } = this.client;
    for (; this.#heard < heard.length; ++this.#heard) {
      this.#rpc.read(utf8(heard[this.#heard] ?? ''));
    }
  }
}

/** Both sides talk at random while the line breaks at random; then everything is compared. */
async function play(seed: number, resumptions: number, kind: Kind, base = 0n): Promise<Tally> {
  const random = new Random(seed);
  const talk = new Talk(random, base, kind);
  const { client, session } = talk;
  const context = `seed ${seed}`;
  await client.open();
  while (session.resumed < resumptions) {
    client.agent.fragment = 1 + random.below(4_000);
    const step = random.below(100);
    if (step < 13) {
      await talk.request();
    } else if (step < 26) {
      talk.answer();
    } else if (step < 50) {
      await client.toAgent();
    } else if (step < 78) {
      await client.toClient();
    } else if (step < 84) {
      await client.wait(random.below(300));
    } else {
      await talk.breakLine();
      // Some links break before the session is resumed.
      if (random.chance(80)) await client.settle();
    }
    assert.equal(client.ending, null, `${context}: ${JSON.stringify(client.ending)}`);
  }
  const tally = await talk.finish();
  // In their order, too.
  assert.deepEqual(client.heard, session.sent, `${context}, towards the client`);
  assert.deepEqual(session.heard, talk.said, `${context}, towards the agent`);
  assert.equal(session.acknowledged, session.sent.length, context);
  const { outgoing } = client.ledger;
  assert.equal(outgoing.acknowledged, base + BigInt(talk.said.length), context);
  assert.equal(outgoing.held, 0, context);
  return tally;
}

function sum(tallies: readonly Tally[]): Tally {
  const all = { resumptions: 0, requests: 0, events: 0, inFlight: 0, lost: 0, doubled: 0 };
  for (const tally of tallies) {
    for (const name of Object.keys(all) as (keyof Tally)[]) all[name] += tally[name];
  }
  return all;
}

for (const { name, crypto } of CRYPTO_KINDS) {
  describe(`a session whose line breaks, with ${name}`, () => {
    test('1,000 resumptions lose nothing and double nothing', async (context) => {
      const kind = { crypto, credentials: await deriveCredentials(crypto, KEY) };
      // At the same time, because WebCrypto lets each of them wait.
      const plays = Array.from({ length: 10 }, (_, index) => play(index + 1, 100, kind));
      const tally = sum(await Promise.all(plays));
      context.diagnostic(`${name}: ${JSON.stringify(tally)}`);
      assert.equal(tally.resumptions, 1_000);
      assert.ok(tally.requests >= 500 && tally.events >= 100 && tally.inFlight >= 1_000);
      assert.deepEqual([tally.lost, tally.doubled], [0, 0]);
    });

    test('numbers beyond 2^53 are as good as small ones', async () => {
      const kind = { crypto, credentials: await deriveCredentials(crypto, KEY) };
      await play(11, 20, kind, 2n ** 53n - 3n);
      await play(12, 20, kind, 2n ** 63n - 3n);
    });
  });
}
