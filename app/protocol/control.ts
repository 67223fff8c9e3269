// The payloads of the frames that a client's link has besides DATA (docs/protocol.md, parts 1 to 3).

import { ByteReader, type Bytes, ByteWriter, concat, printable, textOf, utf8 } from './bytes.ts';
import type { Credentials } from './credentials.ts';
import type { Crypto } from './crypto/crypto.ts';
import { peerBroke } from './errors.ts';
import { MAX_REASON, PROTOCOL_VERSION } from './limits.ts';

const ADMIT_LABEL = utf8('starface-teams/1 admit\0');

function malformed(frame: string): Error {
  return peerBroke('tunnel.control-malformed', `a malformed ${frame} came`);
}

export function checkVersion(version: number, what: string): void {
  if (version === PROTOCOL_VERSION) return;
  throw peerBroke(
    'tunnel.version-unsupported',
    `${what} came with protocol version ${version}, this side speaks ${PROTOCOL_VERSION}`,
  );
}

/** The nonce of a CHALLENGE. */
export function readChallenge(payload: Uint8Array): Bytes {
  const reader = new ByteReader(payload);
  checkVersion(reader.u8(), 'a CHALLENGE');
  if (reader.left !== 32) throw malformed('CHALLENGE');
  return new Uint8Array(reader.rest());
}

/** ADMIT; the signature is over the nonce and all before it. `name` is canonical. */
export async function makeAdmit(
  crypto: Crypto,
  credentials: Pick<Credentials, 'keyId' | 'admission'>,
  name: string,
  nonce: Bytes,
): Promise<Bytes> {
  const text = utf8(name);
  const unsigned = concat(Uint8Array.of(PROTOCOL_VERSION, text.length), text, credentials.keyId);
  const signature = await crypto.sign(credentials.admission, concat(ADMIT_LABEL, nonce, unsigned));
  return concat(unsigned, signature);
}

/** A code and a reason, as REFUSED and CLOSE have them, as frames and as records. */
export interface Farewell {
  readonly number: number;
  /** For people; control characters are replaced. */
  readonly reason: string;
}

export interface Refusal extends Farewell {
  /** Seconds until the client should come back; 0: not said. */
  readonly retryAfter: number;
}

function readReason(bytes: Uint8Array, what: string): string {
  if (bytes.length > MAX_REASON || textOf(bytes) === null) throw malformed(what);
  return printable(bytes);
}

export function readFarewell(payload: Uint8Array, what: string): Farewell {
  if (payload.length < 2) throw malformed(what);
  const reader = new ByteReader(payload);
  return { number: reader.u16(), reason: readReason(reader.rest(), what) };
}

export function readRefused(payload: Uint8Array): Refusal {
  if (payload.length < 4) throw malformed('REFUSED');
  const reader = new ByteReader(payload);
  const number = reader.u16();
  const retryAfter = reader.u16();
  return { number, retryAfter, reason: readReason(reader.rest(), 'REFUSED') };
}

export function makeFarewell(number: number): Bytes {
  return new ByteWriter(2).u16(number).bytes;
}

export function readWindow(payload: Uint8Array): number {
  if (payload.length !== 4) throw malformed('WINDOW');
  return new ByteReader(payload).u32();
}

export function makeWindow(credit: number): Bytes {
  return new ByteWriter(4).u32(credit).bytes;
}
