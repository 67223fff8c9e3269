// Every code of this layer's errors. What each means and what a user can do stands in
// docs/errors.md, in English and German; a test compares the lists.

/** The codes of the wire (docs/protocol.md, part 7); the place in the list is the number. */
export const WIRE_CODES = [
  'tunnel.normal',
  'tunnel.protocol-error',
  'tunnel.version-unsupported',
  'tunnel.admission-refused',
  'tunnel.pbx-offline',
  'tunnel.name-taken',
  'tunnel.name-not-enrolled',
  'tunnel.try-again-later',
  'tunnel.registration-refused',
  'tunnel.too-many-streams',
  'tunnel.key-revoked',
  'tunnel.replaced',
  'tunnel.timeout',
  'tunnel.flow-control',
  'tunnel.handshake-failed',
  'tunnel.session-unknown',
  'tunnel.session-ended',
  'tunnel.too-slow',
  'tunnel.too-large',
  'tunnel.shutting-down',
  'tunnel.internal',
  'tunnel.name-disabled',
] as const;

export type WireName = (typeof WIRE_CODES)[number];

/** Errors that this side finds, each with the wire code by which it is told to the peer. */
const FOUND_HERE = {
  'tunnel.message-empty': 'tunnel.protocol-error',
  'tunnel.message-oversize': 'tunnel.protocol-error',
  'tunnel.frame-truncated': 'tunnel.protocol-error',
  'tunnel.frame-bad-length': 'tunnel.protocol-error',
  'tunnel.frame-reserved-flags': 'tunnel.protocol-error',
  'tunnel.frame-unknown-type': 'tunnel.protocol-error',
  'tunnel.frame-wrong-stream': 'tunnel.protocol-error',
  'tunnel.frame-unexpected': 'tunnel.protocol-error',
  'tunnel.control-malformed': 'tunnel.protocol-error',
  'tunnel.credit-overrun': 'tunnel.flow-control',
  'tunnel.credit-overflow': 'tunnel.flow-control',
  'tunnel.credit-zero': 'tunnel.flow-control',
  'tunnel.noise-bad-length': 'tunnel.protocol-error',
  'tunnel.noise-tampered': 'tunnel.protocol-error',
  'tunnel.noise-broken': 'tunnel.protocol-error',
  'tunnel.record-malformed': 'tunnel.protocol-error',
  'tunnel.record-unknown-type': 'tunnel.protocol-error',
  'tunnel.record-unexpected': 'tunnel.protocol-error',
  'tunnel.number-gap': 'tunnel.protocol-error',
  'tunnel.fragment-order': 'tunnel.protocol-error',
  'tunnel.ack-unsent': 'tunnel.protocol-error',
  'tunnel.queue-full': 'tunnel.too-slow',
  'tunnel.channel-closed': 'tunnel.normal',
  'tunnel.unknown-code': 'tunnel.protocol-error',
} as const satisfies Record<string, WireName>;

export type TunnelCode = WireName | keyof typeof FOUND_HERE;

export type KeyCode =
  | 'keygen.key-length'
  | 'keygen.key-character'
  | 'keygen.key-checksum'
  | 'keygen.bad-name'
  | 'keygen.bad-connector'
  | 'keygen.no-key-file'
  | 'keygen.key-file-version'
  | 'keygen.key-file-member'
  | 'keygen.file-too-large';

export type JsonCode = 'json.syntax' | 'json.not-utf8' | 'json.too-deep' | 'json.too-large';

export type RpcCode =
  | 'rpc.bad-response'
  | 'session.too-many-calls'
  | 'uci.double-not-finite'
  | 'uci.bad-date'
  | 'uci.bad-base64'
  | 'uci.bad-tag';

export type ErrorCode = TunnelCode | KeyCode | JsonCode | RpcCode;

/** The name of a number of the wire; `tunnel.unknown-code` for one that is not in the table. */
export function wireName(number: number): WireName | 'tunnel.unknown-code' {
  return WIRE_CODES[number] ?? 'tunnel.unknown-code';
}

/** The number by which the peer is told of an error that this side has found. */
export function wireNumber(code: ErrorCode): number {
  const name = Object.hasOwn(FOUND_HERE, code) ? FOUND_HERE[code as keyof typeof FOUND_HERE] : code;
  const number = (WIRE_CODES as readonly string[]).indexOf(name);
  // An error of no wire code of its own is a failure of this side.
  return number >= 0 ? number : WIRE_CODES.indexOf('tunnel.internal');
}

/** All codes of errors that this side finds by itself, for the test against docs/errors.md. */
export const FOUND_HERE_CODES: readonly string[] = Object.keys(FOUND_HERE);
