// What a user can meet, each with its code of docs/errors.md.

import { type Ending, ProtocolError, type RemoteError } from '../protocol/index.ts';

export interface Problem {
  /** Of docs/errors.md; agents of other versions may send others. */
  readonly code: string;
  /** The peer's sentence, or ours, in English. Text from outside: never markup. */
  readonly message: string;
  /** What to do next; may be empty. */
  readonly hint: string;
  /** When it is tried again by itself, or may be tried again by the user (ms of the Clock). */
  readonly retryAt: number | null;
}

export class ConnectionProblem extends Error implements Problem {
  override readonly name = 'ConnectionProblem';
  readonly code: string;
  readonly hint: string;
  readonly retryAt: number | null;

  constructor(code: string, message: string, hint = '', retryAt: number | null = null) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.retryAt = retryAt;
  }

  at(retryAt: number | null): ConnectionProblem {
    return new ConnectionProblem(this.code, this.message, this.hint, retryAt);
  }
}

export const problems = {
  /** A browser tells a page nothing about why, so this names all that it can be. */
  unreachable: (): ConnectionProblem =>
    new ConnectionProblem(
      'transport.connect-failed',
      'the connector cannot be reached, or does not take connections from this page',
      'check the network; if other pages open, ask your administrator whether the connector runs ' +
        "and lists this page's address in [app] origins",
    ),
  /** The line carried, and broke. */
  lineLost: (): ConnectionProblem =>
    new ConnectionProblem('client.connection-lost', 'the connection to the connector was lost'),
  silent: (): ConnectionProblem =>
    new ConnectionProblem('client.timeout', 'the agent beside the PBX does not answer any more'),
  /** Also the end of requests that were under way: whether they were carried out is not known. */
  sessionLost: (): ConnectionProblem =>
    new ConnectionProblem(
      'client.session-lost',
      'the session was lost before it could be resumed',
      'sign in again; look whether what was under way has been carried out',
    ),
  closed: (): ConnectionProblem =>
    new ConnectionProblem('client.closed', 'the connection was closed from this side'),
  notSent: (): ConnectionProblem =>
    new ConnectionProblem(
      'session.not-signed-in',
      'this was not sent to the PBX, because nobody is signed in',
      'try again when the connection is back',
    ),
  alreadySignedIn: (): ConnectionProblem =>
    new ConnectionProblem(
      'session.already-signed-in',
      'somebody is signed in, or being signed in',
      'sign out first',
    ),
  tooManyRequests: (): ConnectionProblem =>
    new ConnectionProblem(
      'session.too-many-calls',
      'too many requests wait for the PBX',
      'wait for answers',
    ),
  uciDisabled: (): ConnectionProblem =>
    new ConnectionProblem(
      'uci.disabled',
      'the connection to the PBX is switched off at the agent',
      'ask your administrator to switch it on',
    ),
  ticketUnusable: (): ConnectionProblem =>
    new ConnectionProblem(
      'session.ticket-refused',
      'this browser cannot use the kept sign-in any more',
      'sign in with your password',
    ),
};

/** Why a link ended, where that is a reason; `opened`: whether its websocket ever was. */
export function fromEnding(ending: Ending, opened: boolean): ConnectionProblem {
  if (ending.by === 'line') return opened ? problems.lineLost() : problems.unreachable();
  if (ending.by === 'stream' && ending.code === 'tunnel.normal') return problems.lineLost();
  const message = ending.reason === '' ? `the other side ended it (${ending.code})` : ending.reason;
  const known = HINTS[ending.code];
  return new ConnectionProblem(ending.code, message, known ?? '');
}

const HINTS: Partial<Record<string, string>> = {
  'tunnel.admission-refused': 'ask your administrator for the current key file',
  'tunnel.key-revoked': 'ask your administrator for the new key file',
  'tunnel.handshake-failed': 'ask your administrator for the current key file',
  'tunnel.pbx-offline': 'ask your administrator whether the agent beside the PBX runs',
  'tunnel.version-unsupported': 'load this page again; agent or connector may need an update',
};

const BY_NUMBER: Partial<Record<number, string>> = {
  [-32600]: 'rpc.invalid-request',
  [-32601]: 'rpc.method-not-found',
  [-32602]: 'rpc.invalid-params',
};

/** An error that the agent sent. `now`: ms of the Clock. */
export function fromRemote(error: RemoteError, now: number): ConnectionProblem {
  const named = error.code === '' ? BY_NUMBER[error.number] : error.code;
  const code = named ?? 'client.protocol-error';
  const { retryAfter } = error;
  const retryAt = retryAfter === null ? null : now + retryAfter * 1_000;
  return new ConnectionProblem(code, error.message, error.hint, retryAt);
}

/** `session.signedOut` has the error's members as its params. */
export function fromNotice(params: unknown): ConnectionProblem {
  const member = (name: string): string => {
    const value = (params as Record<string, unknown> | null)?.[name];
    return typeof value === 'string' ? value : '';
  };
  return new ConnectionProblem(
    member('code') || 'session.signed-out',
    member('message'),
    member('hint'),
  );
}

export function toProblem(thrown: unknown): ConnectionProblem {
  if (thrown instanceof ConnectionProblem) return thrown;
  if (thrown instanceof ProtocolError) {
    return new ConnectionProblem(thrown.code, thrown.message, thrown.hint);
  }
  const message = thrown instanceof Error ? thrown.message : 'an unknown exception';
  return new ConnectionProblem('tunnel.internal', `an error of this program: ${message}`);
}
