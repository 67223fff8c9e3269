import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { deriveCredentials } from '../../protocol/credentials.ts';
import type { LinkEvent } from '../../protocol/link.ts';
import { Link } from '../../protocol/link.ts';
import { SessionLedger } from '../../protocol/session_ledger.ts';
import { Client, credentials, NAME, text } from './client.ts';
import { crypto } from './crypto_kinds.ts';
import { frame, message, ModelSession, record, u16, u32, u64 } from './model_agent.ts';

async function receive(client: Client, ...frames: Uint8Array[]): Promise<void> {
  await client.link.receive(new Uint8Array(Buffer.concat(frames)), client.now);
}

/** Records of the agent, in one packet. */
async function say(client: Client, ...records: Uint8Array[]): Promise<void> {
  client.agent.packet(...records);
  await client.toClient();
}

/** That the link has ended like this; `close` is the code of the CLOSE frame that went out. */
function assertEnded(
  client: Client,
  code: string,
  next: 'resume' | 'open' | 'stop',
  close: number | null,
): void {
  for (const sent of client.out.splice(0)) client.agent.take(sent);
  assert.equal(client.ending?.code, code);
  assert.equal(client.ending.next, next);
  assert.equal(client.agent.closeFrame, close);
  assert.equal(client.ledger.over, next !== 'resume');
}

const CHALLENGE = frame(0x01, 0, Buffer.concat([Buffer.of(1), Buffer.alloc(32)]));
const WINDOW = frame(0x12, 1, u32(1));

describe('websocket messages', () => {
  const wrong: [string, Uint8Array | string, string, number][] = [
    ['a text', 'text', 'tunnel.frame-unexpected', 1003],
    ['an empty one', new Uint8Array(0), 'tunnel.message-empty', 1008],
    ['one that is too long', new Uint8Array(16_377), 'tunnel.message-oversize', 1009],
    ['a cut header', Buffer.of(1, 0, 0), 'tunnel.frame-truncated', 1002],
    ['flags', Buffer.from('1201000400000001ffffffff', 'hex'), 'tunnel.frame-reserved-flags', 1002],
    ['an unknown type', frame(0x20, 0, u32(0)), 'tunnel.frame-unknown-type', 1002],
    ['a short CHALLENGE', frame(0x01, 0, Buffer.alloc(32)), 'tunnel.frame-bad-length', 1002],
    ['a large DATA', frame(0x11, 1, Buffer.alloc(4_081)), 'tunnel.frame-bad-length', 1002],
    ['stream 0 of DATA', frame(0x11, 0, u32(0)), 'tunnel.frame-wrong-stream', 1002],
    ['a stream of CHALLENGE', frame(0x01, 1, Buffer.alloc(33)), 'tunnel.frame-wrong-stream', 1002],
    ['a frame of clients', frame(0x05, 0, Buffer.alloc(75)), 'tunnel.frame-unexpected', 1002],
    ['DATA before ADMITTED', frame(0x11, 1, u32(0)), 'tunnel.frame-unexpected', 1002],
    ['ADMITTED before CHALLENGE', frame(0x06, 0, Buffer.alloc(0)), 'tunnel.frame-unexpected', 1002],
    ['version 2', frame(0x01, 0, Buffer.alloc(33, 2)), 'tunnel.version-unsupported', 1008],
    ['a wrong reason', frame(0x07, 0, Buffer.alloc(5, 0xff)), 'tunnel.control-malformed', 1002],
  ];
  for (const [name, bytes, code, status] of wrong) {
    test(`${name} breaks the link without a frame`, async () => {
      const client = new Client();
      await client.link.connected(0);
      await client.link.receive(bytes, 0);
      assert.equal(client.closed, status);
      assert.equal(client.out.length, 0);
      assertEnded(client, code, 'stop', null);
    });
  }

  test('no frame of a message is taken when a later one is wrong', async () => {
    const client = new Client();
    await client.link.connected(0);
    await receive(client, CHALLENGE, frame(0x20, 0, u32(0)));
    assert.equal(client.out.length, 0);
    assert.equal(client.ending?.code, 'tunnel.frame-unknown-type');
  });

  test('frames of another stream break an open link', async () => {
    const client = await new Client().open();
    await receive(client, frame(0x12, 2, u32(1)));
    assert.equal(client.closed, 1002);
    assertEnded(client, 'tunnel.frame-wrong-stream', 'stop', null);
  });

  test('a second CHALLENGE breaks the link', async () => {
    const client = await new Client().open();
    await receive(client, CHALLENGE);
    assertEnded(client, 'tunnel.frame-unexpected', 'stop', null);
  });

  test('inputs that nobody waits for are worked off in their order', async () => {
    const client = await new Client().open();
    for (let i = 1; i <= 20; ++i) client.agent.packet(message(BigInt(i), Buffer.from(`${i}`)));
    await Promise.all(
      client.agent.out
        .splice(0)
        .map((bytes) => client.link.receive(new Uint8Array(bytes), client.now)),
    );
    assert.deepEqual(
      client.heard,
      Array.from({ length: 20 }, (_, index) => `${index + 1}`),
    );
  });

  test('an exception of whoever takes the output is theirs, and stops nothing', async () => {
    let events: LinkEvent[] = [];
    const link = new Link({
      crypto,
      name: NAME,
      credentials,
      software: '',
      ledger: new SessionLedger(),
      deliver: (output) => {
        events = [...events, ...output.events];
        throw new RangeError('mine');
      },
    });
    await assert.rejects(link.connected(0), RangeError);
    await assert.rejects(link.lost(0), RangeError);
    assert.deepEqual(
      events.map((event) => event.type),
      ['ended'],
    );
  });
});

describe('credit', () => {
  for (const [name, credit, code] of [
    ['a WINDOW of 0', 0, 'tunnel.credit-zero'],
    ['a WINDOW for more than was sent', 65_536, 'tunnel.credit-overflow'],
  ] as const) {
    test(`${name} ends the stream`, async () => {
      const client = await new Client().open();
      await receive(client, frame(0x12, 1, u32(credit)));
      assert.equal(client.closed, 1000);
      assertEnded(client, code, 'stop', 13);
    });
  }

  test('the client sends no more than it may, and goes on with a WINDOW', async () => {
    const client = await new Client().open();
    client.agent.returnsCredit = false;
    const whole = text('large', 100_000);
    await client.send(whole);
    while (client.out.length > 0) await client.toAgent();
    assert.equal(client.session.heard.length, 0);
    const sent = client.agent.packets.reduce((sum, size) => sum + size, 48);
    assert.ok(sent > 65_000 && sent <= 65_536, `${sent}`);
    client.agent.returnsCredit = true;
    // The next packet that comes makes the agent return everything.
    await receive(client, frame(0x12, 1, u32(1_000)));
    client.agent.grant(1_000);
    await client.settle();
    assert.equal(client.session.heard.length, 1);
    assert.ok(client.session.heard[0] === whole);
  });

  test('what the client takes is given back, and more than it gave ends the stream', async () => {
    const client = await new Client().open();
    client.session.sent.push(text('large', 300_000));
    await client.settle();
    assert.equal(client.heard.length, 1);
    const packets = Array.from({ length: 17 }, () => frame(0x11, 1, Buffer.alloc(4_080)));
    for (const packet of packets) await receive(client, packet);
    // The first of them is no transport message at all.
    assertEnded(client, 'tunnel.noise-tampered', 'stop', 1);
  });
});

describe('deadlines', () => {
  test('a connector that does not answer within 10 s', async () => {
    const client = new Client();
    await client.link.connected(client.now);
    assert.equal(client.deadline, client.now + 10_000);
    await client.wait(9_999);
    assert.equal(client.ending, null);
    await client.wait(1);
    assertEnded(client, 'tunnel.timeout', 'open', null);
  });

  test('an agent that does not open the session within 10 s', async () => {
    const client = new Client();
    await client.link.connected(client.now);
    await client.toClient();
    await client.toAgent();
    await client.wait(5_000);
    await client.toClient();
    assert.equal(client.deadline, client.now + 10_000);
    await client.wait(10_000);
    assert.equal(client.closed, 1000);
    assertEnded(client, 'tunnel.timeout', 'open', 12);
  });

  test('an ACK leaves 200 ms behind the first message, and at once behind the 16th', async () => {
    const client = await new Client().open();
    for (let i = 1n; i <= 15n; ++i) await say(client, message(i, Buffer.from('x')));
    assert.equal(client.out.length, 0);
    assert.equal(client.deadline, client.now + 200);
    await say(client, message(16n, Buffer.from('x')));
    assert.equal(client.out.length, 1);
    assert.equal(client.deadline, null);
    await say(client, message(17n, Buffer.from('x')));
    await client.wait(199);
    assert.equal(client.out.length, 1);
    await client.wait(1);
    assert.equal(client.out.length, 2);
  });

  test('an ACK leaves at once behind 65,536 bytes, and with whatever is sent', async () => {
    const client = await new Client().open();
    client.session.sent.push(text('large', 65_536));
    await client.settle();
    assert.equal(client.session.acknowledged, 1);
    client.session.sent.push('small');
    client.agent.flush();
    await client.toClient();
    await client.send('other');
    await client.settle();
    assert.equal(client.session.acknowledged, 2);
  });
});

describe('records', () => {
  const wrong: [string, Uint8Array, string, number][] = [
    ['cut', Buffer.of(0x11, 0), 'tunnel.record-malformed', 1],
    ['longer than the packet', Buffer.of(0x11, 0, 8, 1), 'tunnel.record-malformed', 1],
    ['unknown', record(0x20, u64(1n)), 'tunnel.record-unknown-type', 1],
    ['of clients', record(0x01, Buffer.of(1, 0)), 'tunnel.record-unexpected', 1],
    ['OPENED again', record(0x02, Buffer.alloc(52)), 'tunnel.record-unexpected', 1],
    ['RESUMED', record(0x04, u64(0n)), 'tunnel.record-unexpected', 1],
    ['REFUSED', record(0x05, u16(1)), 'tunnel.record-unexpected', 1],
    ['a short ACK', record(0x11, u32(0)), 'tunnel.record-malformed', 1],
    ['a long PING', record(0x12, Buffer.alloc(9)), 'tunnel.record-malformed', 1],
    ['CLOSE without a code', record(0x14, Buffer.of(0)), 'tunnel.record-malformed', 1],
    ['a MESSAGE without text', message(1n, Buffer.alloc(0)), 'tunnel.record-malformed', 1],
    ['a MESSAGE with flags', record(0x10, Buffer.alloc(10, 2)), 'tunnel.record-malformed', 1],
    ['an ACK for nothing', record(0x11, u64(1n)), 'tunnel.ack-unsent', 1],
    ['an ACK for 2^64 - 1', record(0x11, u64(2n ** 64n - 1n)), 'tunnel.ack-unsent', 1],
    ['a gap', message(2n, Buffer.of(1)), 'tunnel.number-gap', 1],
  ];
  for (const [name, bytes, code, number] of wrong) {
    test(`${name} ends the stream`, async () => {
      const client = await new Client().open();
      await say(client, bytes);
      assert.equal(client.closed, 1000);
      assertEnded(client, code, 'stop', number);
    });
  }

  test('what stood before a wrong record is taken', async () => {
    const client = await new Client().open();
    await say(client, message(1n, Buffer.from('good')), record(0x20));
    assert.deepEqual(client.heard, ['good']);
    assertEnded(client, 'tunnel.record-unknown-type', 'stop', 1);
  });

  test('a fragment of another message ends the stream', async () => {
    const client = await new Client().open();
    await say(client, message(1n, Buffer.from('a'), true), message(2n, Buffer.from('b')));
    assertEnded(client, 'tunnel.fragment-order', 'stop', 1);
  });

  test('a message of more than 4 MiB ends the stream, and one of 4 MiB does not', async () => {
    const client = await new Client().open();
    client.session.sent.push('x'.repeat(4_194_304));
    await client.settle();
    assert.equal(client.heard[0]?.length, 4_194_304);
    client.session.sent.push('x'.repeat(4_194_305));
    while (client.ending === null) {
      client.agent.flush();
      await client.toClient();
      await client.toAgent();
    }
    assert.equal(client.ending.code, 'tunnel.too-large');
  });

  test('a message that came before is dropped and acknowledged again at once', async () => {
    const client = await new Client().open();
    await say(client, message(1n, Buffer.from('once')));
    await client.wait(200);
    client.out.length = 0;
    await say(client, message(1n, Buffer.from('once')));
    assert.deepEqual(client.heard, ['once']);
    assert.equal(client.ending, null);
    assert.equal(client.out.length, 1);
  });

  test('a message split at every byte is the same message', async () => {
    const client = await new Client().open();
    const whole = Buffer.from('{"jsonrpc":"2.0","method":"grüße€𝄞"}');
    let number = 0n;
    for (let place = 1; place < whole.length; ++place) {
      ++number;
      await say(client, message(number, whole.subarray(0, place), true));
      await say(client, record(0x13, u64(0n)), message(number, whole.subarray(place)));
    }
    const bytes = Array.from(whole, (_, place) =>
      message(number + 1n, whole.subarray(place, place + 1), place + 1 < whole.length),
    );
    for (const byte of bytes) await say(client, byte);
    assert.equal(client.heard.length, whole.length);
    assert.ok(client.heard.every((heard) => heard === whole.toString()));
  });

  test('messages of every size around a packet’s arrive whole', async () => {
    const client = await new Client().open();
    const sizes = Array.from({ length: 60 }, (_, index) => 4_020 + index);
    for (const size of sizes) await client.send('x'.repeat(size));
    await client.settle();
    assert.deepEqual(
      client.session.heard.map((heard) => heard.length),
      sizes,
    );
    assert.equal(client.ledger.outgoing.held, 0);
  });

  test('PING is answered, and PONG measures the way', async () => {
    const client = await new Client().open();
    await say(client, record(0x12, u64(7n)));
    await client.settle();
    assert.equal(client.agent.records.at(-1), 0x13);
    await client.link.ping(client.now);
    await client.link.ping(client.now + 10);
    client.now += 35;
    await client.settle();
    assert.deepEqual(client.events.at(-1), { type: 'pong', roundTrip: 25 });
    assert.equal(client.types().filter((type) => type === 'pong').length, 1);
  });

  test('PONG without a PING is no event', async () => {
    const client = await new Client().open();
    await say(client, record(0x13, u64(7n)));
    assert.deepEqual(client.types(), ['admitted', 'opened']);
  });

  test('nothing but the answer may come before OPENED', async () => {
    for (const bytes of [message(1n, Buffer.of(1)), record(0x11, u64(0n)), record(0x12, u64(0n))]) {
      const client = new Client();
      await client.link.connected(client.now);
      for (let i = 0; i < 3; ++i) {
        await client.toClient();
        // The client's OPEN stays on its way.
        if (i < 2) await client.toAgent();
      }
      await say(client, bytes);
      assert.equal(client.ending?.code, 'tunnel.record-unexpected');
    }
  });
});

describe('the end', () => {
  test('another key than the agent’s', async () => {
    const other = await deriveCredentials(crypto, '0'.repeat(34) + 'EMHC45');
    const client = new Client();
    const events: LinkEvent[] = [];
    const link = new Link({
      crypto,
      name: NAME,
      credentials: { ...credentials, psk: other.psk },
      software: 'test/1',
      ledger: new SessionLedger(),
      deliver: (output) => {
        events.push(...output.events);
        client.out.push(...output.messages);
      },
    });
    client.link = link;
    await link.connected(0);
    await client.toClient();
    await client.toAgent();
    await client.toClient();
    // The agent answers whatever comes; its tag does not fit the client's key.
    client.agent.checksHandshake = false;
    await client.toAgent();
    await client.toClient();
    const ended = events.at(-1);
    assert.ok(ended?.type === 'ended');
    assert.equal(ended.ending.code, 'tunnel.handshake-failed');
    assert.equal(ended.ending.next, 'stop');
    await client.toAgent();
    assert.equal(client.agent.closeFrame, 14);
  });

  test('REFUSED says why, and when to come back', async () => {
    const client = new Client();
    await client.link.connected(0);
    const reason = Buffer.from('busy\n');
    await receive(client, frame(0x07, 0, Buffer.concat([u16(7), u16(30), reason])));
    assert.deepEqual(client.ending, {
      by: 'connector',
      code: 'tunnel.try-again-later',
      number: 7,
      reason: 'busy?',
      retryAfter: 30,
      next: 'open',
    });
    assert.equal(client.deadline, null);
  });

  // Of an open session that the agent keeps.
  const refused = (code: number) => frame(0x07, 0, Buffer.concat([u16(code), u16(0)]));
  const closed = (code: number) => frame(0x13, 1, u16(code));
  const cases: [string, (code: number) => Uint8Array, Record<number, 'resume' | 'open'>][] = [
    [
      'REFUSED',
      refused,
      {
        0: 'open',
        4: 'resume',
        7: 'resume',
        9: 'resume',
        12: 'resume',
        19: 'resume',
        20: 'resume',
      },
    ],
    [
      'a CLOSE frame',
      closed,
      {
        0: 'resume',
        4: 'resume',
        7: 'resume',
        9: 'resume',
        12: 'resume',
        19: 'resume',
        20: 'resume',
      },
    ],
  ];
  for (const [name, make, resumed] of cases) {
    test(`what to do after ${name} with each code`, async () => {
      for (let code = 0; code <= 22; ++code) {
        const client = await new Client().open();
        await receive(client, make(code));
        const opens = [15, 16, 17].includes(code) ? 'open' : 'stop';
        assert.equal(client.ending?.next, resumed[code] ?? opens, `${code}`);
        assert.equal(client.ending.number, code);
        if (code > 21) assert.equal(client.ending.code, 'tunnel.unknown-code');
      }
    });
  }

  test('a CLOSE record ends the session, and nothing is sent any more', async () => {
    const client = await new Client().open();
    await client.link.ping(client.now);
    client.out.length = 0;
    await say(client, message(1n, Buffer.from('last')), record(0x14, u16(16), Buffer.from('bye')));
    assert.deepEqual(client.heard, ['last']);
    assert.equal(client.ending?.by, 'agent');
    assert.equal(client.ending.reason, 'bye');
    assert.equal(client.closed, 1000);
    assert.equal(client.out.length, 0);
    assertEnded(client, 'tunnel.session-ended', 'open', null);
    await client.link.flush(client.now);
    await receive(client, WINDOW);
    assert.equal(client.types().filter((type) => type === 'ended').length, 1);
  });

  test('a client that is done says so behind its messages', async () => {
    const client = await new Client().open();
    client.ledger.send('last');
    await client.link.close(client.now);
    assert.equal(client.closed, 1000);
    assertEnded(client, 'tunnel.normal', 'stop', 0);
    assert.equal(client.agent.closeRecord, 0);
    assert.deepEqual(client.session.heard, ['last']);
  });

  test('a line that breaks before the session was open, or without a window, is not resumed', async () => {
    const early = new Client();
    await early.link.connected(0);
    await early.link.lost(0);
    assertEnded(early, 'tunnel.normal', 'open', null);
    const session = new ModelSession();
    session.window = 0;
    const client = await new Client(session).open();
    await client.link.lost(0);
    assertEnded(client, 'tunnel.normal', 'open', null);
    assert.throws(() => client.ledger.send('x'), { code: 'tunnel.channel-closed' });
  });
});

describe('resuming', () => {
  test('nothing is sent behind RESUME before the answer', async () => {
    const client = await new Client().open();
    await client.breakLine();
    client.ledger.send('waits');
    for (let i = 0; i < 3; ++i) {
      await client.toClient();
      await client.toAgent();
    }
    assert.deepEqual(client.agent.records, [0x03]);
    await client.settle();
    assert.deepEqual(client.session.heard, ['waits']);
    assert.deepEqual(client.types(), ['admitted', 'resumed']);
  });

  test('a session that the agent does not know is over', async () => {
    const client = await new Client().open();
    await client.breakLine();
    await client.toClient();
    await client.toAgent();
    await client.toClient();
    await client.toAgent();
    await client.toClient();
    await say(client, record(0x05, u16(15)), record(0x14, u16(15)));
    assertEnded(client, 'tunnel.session-unknown', 'open', null);
  });

  test('a RESUMED of more or less than there was ends the session', async () => {
    for (const received of [0n, 3n, 2n ** 64n - 1n]) {
      const client = await new Client().open();
      await client.send('1');
      await client.settle();
      await client.send('2');
      await client.breakLine();
      await client.toClient();
      await client.toAgent();
      await client.toClient();
      await client.toAgent();
      await client.toClient();
      await say(client, record(0x04, u64(received)));
      assert.equal(client.ending?.code, 'tunnel.ack-unsent', `${received}`);
      assert.equal(client.ending.next, 'stop');
    }
  });

  test('one session is carried by one link at a time', async () => {
    const client = await new Client().open();
    assert.throws(() => {
      client.reconnect();
    }, TypeError);
  });
});
