// Input that was changed at random: what comes out is a result or a ProtocolError, never another
// exception, and never an error of this program.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type Bytes, utf8 } from '../../protocol/bytes.ts';
import { checkedConnectorUrl } from '../../protocol/connector_url.ts';
import { readFarewell, readRefused } from '../../protocol/control.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { readFrames } from '../../protocol/frame.ts';
import { parseJsonBytes } from '../../protocol/json_text.ts';
import { parseKeyFile } from '../../protocol/key_file.ts';
import { readRecords } from '../../protocol/record.ts';
import { RpcClient } from '../../protocol/rpc_client.ts';
import { checkSystemKey } from '../../protocol/system_key.ts';
import { canonicalSystemName } from '../../protocol/system_name.ts';
import { decodeValue } from '../../protocol/values.ts';
import { Client, NAME } from './client.ts';
import { ProtocolDocument } from './document.ts';
import { message, record, u64 } from './model_agent.ts';
import { Random } from './random.ts';

const document = new ProtocolDocument();
const ROUNDS = 20_000;

function mutate(random: Random, seeds: readonly Uint8Array[]): Bytes {
  const pick = (): Uint8Array => seeds[random.below(seeds.length)] ?? new Uint8Array(0);
  let bytes: number[] = Array.from(pick());
  for (let changes = random.below(6); changes >= 0; --changes) {
    const place = random.below(bytes.length + 1);
    switch (random.below(5)) {
      case 0:
        bytes[place] = random.below(256);
        break;
      case 1:
        bytes.splice(place, 1 + random.below(4));
        break;
      case 2:
        bytes.splice(place, 0, ...random.bytes(1 + random.below(4)));
        break;
      case 3:
        bytes[place] = (bytes[place] ?? 0) ^ (1 << random.below(8));
        break;
      default:
        bytes = [...bytes.slice(0, place), ...Array.from(pick()).slice(random.below(8))];
    }
  }
  return Uint8Array.from(bytes);
}

function harmless(
  name: string,
  seeds: readonly Uint8Array[],
  read: (bytes: Bytes) => unknown,
): void {
  test(`mutated ${name} give a result or a coded error`, () => {
    const random = new Random(name.length);
    let refused = 0;
    for (let round = 0; round < ROUNDS; ++round) {
      const bytes = mutate(random, seeds);
      try {
        read(bytes);
      } catch (error) {
        const hex = Buffer.from(bytes).toString('hex');
        assert.ok(error instanceof ProtocolError, `${hex}: ${String(error)}`);
        assert.match(error.code, /^[a-z]+\.[a-z0-9-]+$/);
        ++refused;
      }
    }
    assert.ok(refused > 0 && refused < ROUNDS, `${refused} refused`);
  });
}

const frames = document
  .names('hex')
  .map((name) => document.bytes(name))
  .filter((bytes) => bytes.length > 8);
const plaintexts = ['agent-1-plaintext', 'agent-2-plaintext', 'agent-3-plaintext', 'fragments'];
const texts = document.names('json').map((name) => utf8(document.json(name)));
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const keyFile = {
  type: 'starface-teams-key',
  version: 1,
  name: NAME,
  key: '7M6ET-ZWF05-7J6W0-ZMDSG-PPR4N-5JJX9-K1QQF-TSVDY',
  connector: 'wss://connector.example.com',
  created: '2026-11-23T10:00:00Z',
};

harmless('frames', frames, readFrames);
harmless(
  'records',
  [...plaintexts, 'session-refused', 'resumed', 'ping'].map((name) => document.bytes(name)),
  (bytes) => [...readRecords(bytes)],
);
harmless('farewells', [Uint8Array.of(0, 1, 97, 98, 99)], (bytes) => {
  readFarewell(bytes, 'CLOSE');
  readRefused(bytes);
});
harmless('JSON texts', texts, (bytes) => decodeValue(parseJsonBytes(bytes)));
harmless('messages', texts, (bytes) => {
  const rpc = new RpcClient();
  rpc.call('a');
  rpc.read(bytes);
});
harmless('key files', [utf8(JSON.stringify(keyFile))], parseKeyFile);
harmless('names and addresses', [utf8(NAME), utf8(keyFile.connector)], (bytes) => {
  if (bytes[0] === 0x77) checkedConnectorUrl(latin1(bytes));
  else canonicalSystemName(latin1(bytes));
});
harmless('keys', [utf8(keyFile.key)], (bytes) => {
  const { error } = checkSystemKey(latin1(bytes));
  if (error !== null) throw error;
});

test('mutated JSON that is taken means the same as to JSON.parse()', () => {
  const random = new Random(5);
  for (let round = 0; round < ROUNDS; ++round) {
    const bytes = mutate(random, texts);
    let value: unknown;
    try {
      value = parseJsonBytes(bytes);
    } catch {
      continue;
    }
    assert.deepEqual(value, JSON.parse(Buffer.from(bytes).toString()));
  }
});

test('mutated frames and records end a link with a code, and never by an error of this program', async () => {
  const random = new Random(9);
  const records = [
    ...plaintexts.map((name) => document.bytes(name)),
    message(1n, utf8('{}')),
    record(0x11, u64(0n)),
    record(0x12, u64(1n)),
    record(0x14, Uint8Array.of(0, 0)),
  ];
  const ends = new Set<string>();
  for (let round = 0; round < 150; ++round) {
    const client = await new Client().open();
    for (let step = 0; step < 5 && client.ending === null; ++step) {
      if (random.chance(70)) {
        client.agent.packet(mutate(random, records).slice(0, 4_064));
      } else {
        client.agent.out.push(Buffer.from(mutate(random, frames)));
      }
      await client.toClient();
      await client.wait(random.below(250));
    }
    const end = client.ending;
    assert.notEqual(end?.by === 'here' ? end.code : null, 'tunnel.internal', end?.reason);
    ends.add(end?.code ?? 'none');
  }
  assert.ok(ends.size > 5, [...ends].join(' '));
});
