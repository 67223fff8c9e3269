// Backoff, the browser's sockets, systems, and the codes.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { Backoff } from '../../connection/backoff.ts';
import { socketsOf, type WebSocketLike } from '../../connection/socket.ts';
import {
  connectorOfPage,
  foreignConnector,
  namedConnectors,
  systemFromKeyFile,
  systemFromTyped,
} from '../../connection/system.ts';
import { credentials, KEY, NAME } from '../protocol/client.ts';
import { crypto, CRYPTO_KINDS } from '../protocol/crypto_kinds.ts';
import { readDocument } from '../protocol/document.ts';
import { utf8 } from '../../protocol/bytes.ts';

declare const REPOSITORY: string;

describe('waiting for the next try', () => {
  const limits = { first: 500, most: 5_000, stable: 20_000 };

  test('the bound doubles up to the last one, and the wait is anywhere below', () => {
    const highest = new Backoff(limits, () => 1);
    const waits = Array.from({ length: 6 }, () => highest.failed(0));
    assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 5_000, 5_000]);
    assert.equal(new Backoff(limits, () => 0).failed(0), 0);
  });

  test('only what has lasted for a while makes it short again', () => {
    const backoff = new Backoff(limits, () => 1);
    backoff.failed(0);
    backoff.succeeded(1_000);
    assert.equal(backoff.failed(20_000), 1_000);
    backoff.succeeded(30_000);
    assert.equal(backoff.failed(50_000), 500);
    backoff.failed(60_000);
    backoff.reset();
    assert.equal(backoff.failed(70_000), 500);
  });

  test('a peer that sends everybody elsewhere is followed soon, and it counts for nothing', () => {
    const backoff = new Backoff(limits, () => 1);
    for (let now = 0; now < 5_000; now += 1_000) {
      backoff.succeeded(now);
      assert.equal(backoff.moved(now + 1_000), 500);
    }
    assert.equal(backoff.failed(9_000), 500);
    backoff.succeeded(10_000);
    assert.equal(backoff.moved(10_999), 1_000);
  });

  test('is never less than what the peer asks for, unless that is unreasonable', () => {
    const backoff = new Backoff(limits, () => 0.5);
    assert.equal(backoff.failed(0, 10_000), 10_250);
    assert.equal(backoff.failed(0, -5), 500);
    assert.equal(backoff.failed(0, 1e9), 301_000);
  });
});

class PageSocket implements WebSocketLike {
  static last: PageSocket;
  binaryType = 'blob';
  protocol = 'sub';
  onopen: ((event: never) => unknown) | null = null;
  onmessage: ((event: { data: unknown }) => unknown) | null = null;
  onerror: ((event: never) => unknown) | null = null;
  onclose: ((event: never) => unknown) | null = null;
  readonly sent: Uint8Array[] = [];
  readonly closes: (number | undefined)[] = [];
  readonly arguments: readonly string[];

  constructor(url: string, subprotocol: string) {
    this.arguments = [url, subprotocol];
    PageSocket.last = this;
  }

  send(data: Uint8Array): void {
    this.sent.push(data);
  }

  close(code?: number): void {
    this.closes.push(code);
  }
}

describe("the browser's websocket", () => {
  function opened() {
    const told: unknown[] = [];
    const socket = socketsOf(PageSocket)('wss://x/v1/client', 'sub', {
      opened: () => told.push('opened'),
      message: (data) => told.push(data),
      closed: () => told.push('closed'),
    });
    return { told, socket, page: PageSocket.last };
  }

  test('passes bytes and texts on, and its end', () => {
    const { told, socket, page } = opened();
    assert.deepEqual(page.arguments, ['wss://x/v1/client', 'sub']);
    assert.equal(page.binaryType, 'arraybuffer');
    page.onopen?.({} as never);
    page.onmessage?.({ data: Uint8Array.of(1, 2).buffer });
    page.onmessage?.({ data: 'text' });
    page.onmessage?.({ data: {} });
    page.onclose?.({} as never);
    assert.deepEqual(told, ['opened', Uint8Array.of(1, 2), 'text', '', 'closed']);
    socket.send(Uint8Array.of(3));
    assert.deepEqual(page.sent, [Uint8Array.of(3)]);
  });

  test('that fails ends once, whether a close follows or not', () => {
    const { told, page } = opened();
    page.onerror?.({} as never);
    page.onclose?.({} as never);
    assert.deepEqual(told, ['closed']);
  });

  test('closes only with a status that pages may use', () => {
    const { socket, page } = opened();
    for (const status of [1000, 1002, 1003, 1008, 1009]) socket.close(status);
    assert.deepEqual(page.closes, [1000, 4002, 4003, 4008, 4009]);
  });

  test('without the subprotocol is not open', () => {
    const { told, page } = opened();
    page.protocol = '';
    page.onopen?.({} as never);
    assert.deepEqual(told, []);
    assert.deepEqual(page.closes, [1000]);
  });
});

describe('a system', () => {
  const file = {
    type: 'starface-teams-key',
    version: 1,
    name: NAME,
    key: KEY,
    connector: 'wss://connector.example.com/base',
    created: '2026-11-23T10:00:00Z',
  };

  for (const kind of CRYPTO_KINDS) {
    test(`of a key file keeps keys and not the key (${kind.name})`, async () => {
      const system = await systemFromKeyFile(kind.crypto, utf8(JSON.stringify(file)));
      assert.equal(system.name, NAME);
      assert.equal(system.connector, file.connector);
      assert.equal(system.keyId, Buffer.from(credentials.keyId).toString('hex'));
      assert.match(system.keyId, /^[0-9a-f]{16}$/);
      assert.deepEqual(Object.keys(system).sort(), ['connector', 'credentials', 'keyId', 'name']);
      assert.equal((system.credentials.psk as CryptoKey).extractable, false);
      assert.ok(!JSON.stringify(system).includes(KEY));
    });
  }

  test('that was typed is the same in every spelling', async () => {
    const spelled = `${KEY.slice(0, 8)} ${KEY.slice(8).toLowerCase()}`;
    const typed = { name: ` ${NAME.toUpperCase()} `, key: spelled, connector: file.connector };
    const system = await systemFromTyped(crypto, { ...typed, name: NAME.toUpperCase() });
    assert.equal(system.name, NAME);
    assert.equal(system.keyId, Buffer.from(credentials.keyId).toString('hex'));
  });

  test('with something wrong in it is refused with a code', async () => {
    const good = { name: NAME, key: KEY, connector: file.connector };
    const wrong = KEY.replace('7', '8');
    for (const [typed, code] of [
      [{ ...good, key: wrong }, 'keygen.key-checksum'],
      [{ ...good, name: '' }, 'keygen.bad-name'],
      [{ ...good, connector: 'https://x' }, 'keygen.bad-connector'],
    ] as const) {
      await assert.rejects(systemFromTyped(crypto, typed), { code });
    }
    await assert.rejects(systemFromKeyFile(crypto, utf8('{}')), { code: 'keygen.no-key-file' });
  });

  test('of another connector is recognised, with the address of its page', () => {
    const page = 'https://own.example.com';
    for (const [connector, other] of [
      ['wss://own.example.com', null],
      ['wss://own.example.com:443/base', null],
      ['wss://OWN.example.com/', null],
      ['wss://other.example.com', 'https://other.example.com/app/'],
      ['wss://other.example.com/base/', 'https://other.example.com/base/app/'],
      ['wss://own.example.com:8443/base', 'https://own.example.com:8443/base/app/'],
      ['ws://127.0.0.1:8080', 'http://127.0.0.1:8080/app/'],
    ] as const) {
      assert.equal(foreignConnector({ connector }, page), other, connector);
    }
  });

  test('a page that is hosted elsewhere may talk to the connectors that it names', () => {
    const named = namedConnectors(' wss://one.example.com/  wss://two.example.com/base nonsense ');
    assert.deepEqual(named, ['wss://one.example.com', 'wss://two.example.com/base']);
    const origin = 'https://app.example.com';
    assert.equal(foreignConnector({ connector: 'wss://one.example.com' }, origin, named), null);
    assert.equal(
      foreignConnector({ connector: 'wss://two.example.com/base' }, origin, named),
      null,
    );
    assert.equal(
      foreignConnector({ connector: 'wss://two.example.com' }, origin, named),
      'https://two.example.com/app/',
    );
    assert.deepEqual(namedConnectors(null), []);
    // The same address in another spelling, in the page or in the key file.
    const spelled = namedConnectors(
      'WSS://One.example.com:443/ wss://::: wss://two.example.com:8443',
    );
    assert.deepEqual(spelled, ['wss://one.example.com', 'wss://two.example.com:8443']);
    for (const connector of ['wss://ONE.example.com:443', 'wss://one.example.com/']) {
      assert.equal(foreignConnector({ connector }, origin, spelled), null, connector);
    }
  });

  test('the connector of a page is where the page comes from', () => {
    for (const [page, connector] of [
      ['https://own.example.com/app/', 'wss://own.example.com'],
      ['https://own.example.com/base/app/index.html?dial=1#x', 'wss://own.example.com/base'],
      ['http://localhost:8080/app/', 'ws://localhost:8080'],
      ['https://own.example.com/', 'wss://own.example.com'],
    ] as const) {
      assert.equal(connectorOfPage(page), connector);
    }
  });
});

test('every code of this layer stands in docs/errors.md', () => {
  const folder = path.join(REPOSITORY, 'app', 'connection');
  const sources = readdirSync(folder)
    .map((name) => readFileSync(path.join(folder, name), 'utf8'))
    .join('\n');
  const areas = 'tunnel|client|transport|rpc|session|uci|license|oauth';
  const pattern = new RegExp(`'((?:${areas})\\.[a-z0-9-]+)'`, 'g');
  const used = new Set([...sources.matchAll(pattern)].map((match) => match[1] ?? ''));
  const methods = ['session.login', 'session.ticket', 'session.pbx', 'system.info'];
  for (const method of methods) used.delete(method);
  const errors = readDocument('errors.md');
  const missing = [...used].filter((code) => !errors.includes(`| \`${code}\` |`));
  // Told by agents that know tickets, which document them.
  const ofTickets = ['session.ticket-refused', 'session.tickets-off'];
  assert.deepEqual(
    missing.filter((code) => !ofTickets.includes(code)),
    [],
  );
  assert.ok(used.size > 20);
});
