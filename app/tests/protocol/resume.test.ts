import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { SessionLedger } from '../../protocol/session_ledger.ts';
import { Client, text } from './client.ts';
import { ModelSession } from './model_agent.ts';
import { Random } from './random.ts';

/** Names the first message that differs, and not all of them. */
function assertSame(heard: readonly string[], said: readonly string[], context: string): void {
  const wrong = said.findIndex((message, index) => heard[index] !== message);
  assert.equal(
    wrong,
    -1,
    `${context}: message ${wrong} is ${heard[wrong]?.slice(0, 40) ?? 'lost'}`,
  );
  assert.equal(heard.length, said.length, context);
}

/** Both sides talk at random while the line breaks at random; then everything is compared. */
async function play(seed: number, resumptions: number, base = 0n): Promise<void> {
  const random = new Random(seed);
  const session = new ModelSession({ sent: base, heard: base });
  const ledger = new SessionLedger({ sent: base, received: base });
  const client = await new Client(session, ledger).open();
  const said: string[] = [];
  let breaks = 0;
  const size = (): number => (random.chance(5) ? random.below(20_000) : random.below(200));

  while (session.resumed < resumptions) {
    client.agent.fragment = 1 + random.below(4_000);
    const step = random.below(100);
    if (step < 13) {
      said.push(text(`client ${said.length} `, size()));
      await client.send(said.at(-1) ?? '');
    } else if (step < 26) {
      session.sent.push(text(`agent ${session.sent.length} `, size()));
      client.agent.flush();
    } else if (step < 50) {
      await client.toAgent();
    } else if (step < 78) {
      await client.toClient();
    } else if (step < 84) {
      await client.wait(random.below(300));
    } else {
      ++breaks;
      await client.breakLine();
      // Some links break before the session is resumed.
      if (random.chance(80)) await client.settle();
    }
    assert.equal(client.ending, null, `seed ${seed}: ${JSON.stringify(client.ending)}`);
  }
  await client.settle();
  await client.wait(1_000);
  await client.settle();

  const context = `seed ${seed}`;
  assertSame(client.heard, session.sent, `${context}, towards the client`);
  assertSame(session.heard, said, `${context}, towards the agent`);
  assert.equal(session.acknowledged, session.sent.length, context);
  assert.equal(ledger.outgoing.acknowledged, base + BigInt(said.length), context);
  assert.equal(ledger.outgoing.held, 0, context);
  assert.ok(breaks >= resumptions, context);
}

describe('a session whose line breaks', () => {
  test('1,000 resumptions lose nothing and double nothing', async () => {
    // At the same time, because WebCrypto lets each of them wait.
    await Promise.all(Array.from({ length: 10 }, (_, index) => play(index + 1, 100)));
  });

  test('numbers beyond 2^53 are as good as small ones', async () => {
    await play(11, 20, 2n ** 53n - 3n);
    await play(12, 20, 2n ** 63n - 3n);
  });
});
