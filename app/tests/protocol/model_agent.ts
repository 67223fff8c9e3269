// A small connector and agent in one, written from docs/protocol.md and not from the code that it
// tests. It checks what the client sends and throws for whatever the document does not allow.

import assert from 'node:assert/strict';
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
  verify,
} from 'node:crypto';

const KEY = '7M6ETZWF057J6W0ZMDSGPPR4N5JJX9K1QQFTSVDY';
const NAME = 'pbx.example.com';

function derive(info: string, size: number): Buffer {
  return Buffer.from(hkdfSync('sha256', KEY, 'starface-teams/1', info, size));
}

function privateKey(oid: number, bytes: Buffer): KeyObject {
  const header = Buffer.from(`302e020100300506032b65${oid.toString(16)}04220420`, 'hex');
  return createPrivateKey({ key: Buffer.concat([header, bytes]), format: 'der', type: 'pkcs8' });
}

function publicBytes(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(12);
}

function x25519Public(bytes: Buffer): KeyObject {
  const header = Buffer.from('302a300506032b656e032100', 'hex');
  return createPublicKey({ key: Buffer.concat([header, bytes]), format: 'der', type: 'spki' });
}

const PSK = derive('noise psk', 32);
const KEY_ID = derive('key id', 8);
const ADMISSION = createPublicKey(privateKey(0x70, derive('admission ed25519 seed', 32)));

function sha256(...parts: Uint8Array[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

function noiseHkdf(chainingKey: Buffer, material: Buffer, count: number): Buffer[] {
  const all = Buffer.from(hkdfSync('sha256', material, chainingKey, '', 32 * count));
  return Array.from({ length: count }, (_, i) => all.subarray(32 * i, 32 * (i + 1)));
}

function iv(counter: bigint): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeBigUInt64BE(counter, 4);
  return bytes;
}

function seal(key: Buffer, counter: bigint, data: Uint8Array, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, iv(counter)).setAAD(data);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function open(key: Buffer, counter: bigint, data: Uint8Array, sealed: Buffer): Buffer {
  const cipher = createDecipheriv('aes-256-gcm', key, iv(counter)).setAAD(data);
  cipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
}

export function frame(type: number, stream: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(type);
  header.writeUInt16BE(payload.length, 2);
  header.writeUInt32BE(stream, 4);
  return Buffer.concat([header, payload]);
}

export function record(type: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const header = Buffer.alloc(3);
  header.writeUInt8(type);
  header.writeUInt16BE(body.length, 1);
  return Buffer.concat([header, body]);
}

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

export function message(number: bigint, text: Uint8Array, more = false): Buffer {
  return record(0x10, Buffer.of(more ? 1 : 0), u64(number), text);
}

/** What of a session outlives its links. */
export class ModelSession {
  readonly id = randomBytes(16);
  readonly secret = randomBytes(32);
  /** Everything that was ever sent and received, and the numbers before the first of both. */
  readonly sent: string[] = [];
  readonly heard: string[] = [];
  readonly base: { sent: bigint; heard: bigint };
  acknowledged = 0;
  resumed = 0;
  /** Of the handshake with which it was opened. */
  handshakeHash: Buffer = Buffer.alloc(0);
  /** Seconds, in OPENED. */
  window = 60;

  constructor(base = { sent: 0n, heard: 0n }) {
    this.base = base;
  }

  get received(): bigint {
    return this.base.heard + BigInt(this.heard.length);
  }
}

export class AgentLink {
  session: ModelSession;
  /** Where there are several sessions: a new one, and the one of an id, if it is kept. */
  newSession: (() => ModelSession) | null = null;
  findSession: ((id: string) => ModelSession | null) | null = null;
  readonly nonce = randomBytes(32);
  /** Websocket messages towards the client. */
  readonly out: Buffer[] = [];
  /** A code of a CLOSE record, or of a CLOSE frame, that came from the client. */
  closeRecord: number | null = null;
  closeFrame: number | null = null;
  opened = false;
  /** Types of the records that came, in order. */
  readonly records: number[] = [];
  /** Sizes of the packets that came. */
  readonly packets: number[] = [];
  /** What the fragments of the next messages are at most. */
  fragment = 4_000;
  /** Whether credit is returned to the client. */
  returnsCredit = true;
  /** Whether the tag of the client's first packet has to fit. */
  checksHandshake = true;

  #admitted = false;
  #keys: { toAgent: Buffer; toClient: Buffer; hash: Buffer } | null = null;
  #sealed = 0n;
  #unsealed = 0n;
  #credit = 65_536;
  #clientCredit = 65_536;
  #consumed = 0;
  /** The message that is next, and how much of it was sent on this link. */
  #next = 0;
  #place = 0;
  #whole = Buffer.alloc(0);
  #part = '';

  constructor(session: ModelSession) {
    this.session = session;
    this.out.push(frame(0x01, 0, Buffer.concat([Buffer.of(1), this.nonce])));
  }

  /** One websocket message of the client. */
  take(bytes: Uint8Array): void {
    assert.ok(bytes.length >= 1 && bytes.length <= 16_376, 'a websocket message of wrong size');
    let left = Buffer.from(bytes);
    while (left.length > 0) {
      assert.ok(left.length >= 8, 'a cut frame');
      const size = left.readUInt16BE(2);
      assert.equal(left[1], 0);
      assert.ok(left.length >= 8 + size, 'a cut frame');
      this.#frame(left.readUInt8(), left.readUInt32BE(4), left.subarray(8, 8 + size));
      left = left.subarray(8 + size);
    }
  }

  /** A transport message with these records. */
  packet(...records: Uint8Array[]): void {
    const plaintext = Buffer.concat(records);
    assert.ok(this.#keys !== null);
    this.data(seal(this.#keys.toClient, this.#sealed++, Buffer.alloc(0), plaintext));
  }

  /** A DATA frame with these bytes. */
  data(bytes: Uint8Array): void {
    this.#credit -= bytes.length;
    this.out.push(frame(0x11, 1, bytes));
  }

  /** Sends what the session has, as far as there is credit. */
  flush(): void {
    while (this.opened && this.#next < this.session.sent.length) {
      // Once for all its fragments: it may have 4 MiB.
      if (this.#place === 0) this.#whole = Buffer.from(this.session.sent[this.#next] ?? '');
      const whole = this.#whole;
      const number = this.session.base.sent + BigInt(this.#next) + 1n;
      while (this.#place < whole.length) {
        // Not exact, but never too much; the rest waits for WINDOW or for another link.
        if (this.#credit < 4_096) return;
        const end = this.#place + this.fragment;
        this.packet(message(number, whole.subarray(this.#place, end), end < whole.length));
        this.#place = end;
      }
      this.#place = 0;
      ++this.#next;
    }
  }

  /** The test has sent a WINDOW itself. */
  grant(credit: number): void {
    this.#clientCredit += credit;
    this.#consumed -= credit;
  }

  #frame(type: number, stream: number, payload: Buffer): void {
    if (!this.#admitted) {
      assert.equal(type, 0x05);
      assert.equal(stream, 0);
      this.#admit(payload);
      return;
    }
    assert.equal(stream, 1);
    assert.equal(this.closeFrame, null, 'a frame behind CLOSE');
    if (type === 0x12) {
      this.#credit += payload.readUInt32BE();
      assert.ok(payload.readUInt32BE() > 0 && this.#credit <= 65_536);
    } else if (type === 0x13) {
      this.closeFrame = payload.readUInt16BE();
    } else {
      assert.equal(type, 0x11);
      this.#data(payload);
    }
  }

  #admit(payload: Buffer): void {
    const expected = Buffer.concat([Buffer.of(1, NAME.length), Buffer.from(NAME), KEY_ID]);
    assert.deepEqual(payload.subarray(0, -64), expected);
    const signed = Buffer.concat([Buffer.from('starface-teams/1 admit\0'), this.nonce, expected]);
    assert.ok(verify(null, signed, ADMISSION, payload.subarray(-64)));
    this.#admitted = true;
    this.out.push(frame(0x06, 0, Buffer.alloc(0)));
  }

  #data(packet: Buffer): void {
    assert.ok(packet.length >= 1 && packet.length <= 4_080, 'a packet of wrong size');
    this.#clientCredit -= packet.length;
    assert.ok(this.#clientCredit >= 0, 'sent without credit');
    if (this.#keys === null) {
      this.#handshake(packet);
      return;
    }
    this.packets.push(packet.length);
    let left = open(this.#keys.toAgent, this.#unsealed++, Buffer.alloc(0), packet);
    while (left.length > 0) {
      const size = left.readUInt16BE(1);
      assert.ok(left.length >= 3 + size, 'a cut record');
      this.#record(left.readUInt8(), left.subarray(3, 3 + size));
      left = left.subarray(3 + size);
    }
    this.#consumed += packet.length;
    if (this.returnsCredit && this.#consumed >= 32_768) {
      this.out.push(frame(0x12, 1, u32(this.#consumed)));
      this.#clientCredit += this.#consumed;
      this.#consumed = 0;
    }
  }

  #handshake(packet: Buffer): void {
    assert.equal(packet.length, 48);
    let hash: Buffer = Buffer.from('Noise_NNpsk0_25519_AESGCM_SHA256');
    let chain: Buffer = hash;
    let key: Buffer = Buffer.alloc(0);
    const mix = (material: Buffer): void => {
      [chain = chain, key = key] = noiseHkdf(chain, material, 2);
    };
    hash = sha256(hash, Buffer.from(`starface-teams/1\0${NAME}`));
    const [first = chain, second = hash] = noiseHkdf(chain, PSK, 3);
    chain = first;
    hash = sha256(hash, second);
    const theirs = packet.subarray(0, 32);
    hash = sha256(hash, theirs);
    mix(theirs);
    if (this.checksHandshake) open(key, 0n, hash, packet.subarray(32));
    hash = sha256(hash, packet.subarray(32));
    const own = privateKey(0x6e, randomBytes(32));
    const ours = publicBytes(own);
    hash = sha256(hash, ours);
    mix(ours);
    mix(diffieHellman({ privateKey: own, publicKey: x25519Public(theirs) }));
    const tag = seal(key, 0n, hash, Buffer.alloc(0));
    hash = sha256(hash, tag);
    const [toAgent = chain, toClient = chain] = noiseHkdf(chain, Buffer.alloc(0), 2);
    this.#keys = { toAgent, toClient, hash };
    this.data(Buffer.concat([ours, tag]));
  }

  #record(type: number, body: Buffer): void {
    let { session } = this;
    assert.equal(this.closeRecord, null, 'a record behind CLOSE');
    this.records.push(type);
    switch (type) {
      case 0x01:
        assert.ok(!this.opened && body[0] === 1);
        this.session = session = this.newSession?.() ?? session;
        this.opened = true;
        session.handshakeHash = this.#keys?.hash ?? Buffer.alloc(0);
        this.packet(record(0x02, session.id, session.secret, u32(session.window)));
        break;
      case 0x03:
        this.#resume(body);
        break;
      case 0x10:
        this.#message(body.readUInt8(), body.readBigUInt64BE(1), body.subarray(9));
        break;
      case 0x11: {
        const count = Number(body.readBigUInt64BE() - session.base.sent);
        assert.ok(this.opened && count <= this.#next, 'an ACK for what was not sent');
        session.acknowledged = Math.max(session.acknowledged, count);
        break;
      }
      case 0x12:
        this.packet(record(0x13, body));
        break;
      case 0x13:
        break;
      case 0x14:
        this.closeRecord = body.readUInt16BE();
        break;
      default:
        assert.fail(`a record of type ${type}`);
    }
  }

  #resume(body: Buffer): void {
    if (this.findSession !== null) {
      const found = this.findSession(body.subarray(1, 17).toString('hex'));
      if (found === null) {
        this.packet(record(0x05, u16(15)), record(0x14, u16(15)));
        this.out.push(frame(0x13, 1, u16(15)));
        return;
      }
      this.session = found;
    }
    const { session } = this;
    assert.ok(!this.opened && body.length === 57 && body[0] === 1 && this.#keys !== null);
    assert.deepEqual(body.subarray(1, 17), session.id);
    const label = Buffer.from('starface-teams/1 resume\0');
    const proof = createHmac('sha256', session.secret).update(label).update(this.#keys.hash);
    assert.ok(timingSafeEqual(body.subarray(17, 49), proof.digest()), 'a wrong proof');
    const count = Number(body.readBigUInt64BE(49) - session.base.sent);
    assert.ok(count >= session.acknowledged && count <= session.sent.length);
    session.acknowledged = this.#next = count;
    ++session.resumed;
    this.opened = true;
    this.packet(record(0x04, u64(session.received)));
  }

  #message(flags: number, number: bigint, fragment: Buffer): void {
    assert.ok(this.opened && flags <= 1 && fragment.length > 0);
    assert.equal(number, this.session.received + 1n, 'a message is missing or came twice');
    this.#part += fragment.toString('latin1');
    if (flags === 1) return;
    this.session.heard.push(Buffer.from(this.#part, 'latin1').toString());
    this.#part = '';
    this.packet(record(0x11, u64(number)));
  }
}
