import type { ErrorCode } from './codes.ts';

/**
 * The only error that this layer throws for wrong input. `code` is stable (docs/errors.md);
 * `message` says what happened and where, `hint` what to do. Neither ever quotes a secret.
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** An error whose cause is the peer's software, not the user. */
export function peerBroke(code: ErrorCode, message: string): ProtocolError {
  return new ProtocolError(code, message, 'update the older of client, connector and agent');
}
