// The lists in the sources against those in the documents.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { FOUND_HERE_CODES, WIRE_CODES, wireName, wireNumber } from '../../protocol/codes.ts';
import * as limits from '../../protocol/limits.ts';
import { readDocument } from './document.ts';

declare const REPOSITORY: string;

const protocol = readDocument('protocol.md');
const errors = readDocument('errors.md');

test('the codes of the wire have the numbers of the document', () => {
  const rows = [...protocol.matchAll(/^\| (\d+) \| `(tunnel\.[a-z-]+)` \|/gm)];
  assert.deepEqual(
    rows.map((row) => [Number(row[1]), row[2]]),
    WIRE_CODES.map((name, number) => [number, name]),
  );
  assert.equal(wireName(22), 'tunnel.unknown-code');
  assert.equal(wireName(65_535), 'tunnel.unknown-code');
});

test('every error that is found here can be told to the peer', () => {
  for (const [code, number] of [
    ['tunnel.frame-truncated', 1],
    ['tunnel.credit-zero', 13],
    ['tunnel.too-large', 18],
    ['tunnel.queue-full', 17],
    ['json.syntax', 20],
  ] as const) {
    assert.equal(wireNumber(code), number);
  }
});

test('every code in the sources stands in docs/errors.md or docs/protocol.md', () => {
  const folder = path.join(REPOSITORY, 'app', 'protocol');
  const sources = readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(path.join(folder, name), 'utf8'))
    .join('\n');
  const used = new Set(
    [...sources.matchAll(/'((?:tunnel|keygen|json|rpc|session|uci)\.[a-z0-9-]+)'/g)].map(
      (match) => match[1] ?? '',
    ),
  );
  // A method, not a code.
  used.delete('session.login');
  for (const code of [...used, ...FOUND_HERE_CODES]) {
    assert.ok(errors.includes(`| \`${code}\` |`) || protocol.includes(`\`${code}\``), code);
  }
  assert.ok(used.size > 40);
});

test('the limits are those of the document', () => {
  const stands = (text: string): void => {
    assert.ok(protocol.includes(text), text);
  };
  const many = (value: number): string => value.toLocaleString('en-US');
  stands(`| websocket message | ${many(limits.MAX_WEBSOCKET_MESSAGE)} bytes |`);
  stands(`| payload of a frame | ${many(limits.MAX_FRAME_PAYLOAD)} bytes;`);
  stands(`| packet (DATA) | ${many(limits.MAX_PACKET)} bytes |`);
  stands(`| plaintext of a packet | ${many(limits.MAX_PLAINTEXT)} bytes |`);
  stands(
    `${many(limits.MAX_CREDIT)} bytes, returned at the latest at ${many(limits.CREDIT_BATCH)} |`,
  );
  stands(
    `${many(limits.MAX_MESSAGE_TO_AGENT)} bytes, ${many(limits.MAX_MESSAGE_TO_CLIENT)} bytes |`,
  );
  stands(`| ACK | ${limits.ACK_DELAY} ms, ${limits.ACK_EVERY} messages or`);
  stands(`or ${many(limits.ACK_EVERY_BYTES)} bytes |`);
  stands(`| JSON | ${limits.MAX_JSON_DEPTH} levels;`);
  stands(`At most ${limits.MAX_CALLS} calls of one session`);
  stands(`connector's answer | ${limits.ADMISSION_DEADLINE / 1000} s (advice)`);
  stands(`from ADMITTED to OPENED | ${limits.SESSION_DEADLINE / 1000} s (advice)`);
  stands(`| \`${limits.CLIENT_PATH}\` | \`${limits.CLIENT_SUBPROTOCOL}\` |`);
});
