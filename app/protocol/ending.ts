// Why a link ended, and what a client should do then (docs/protocol.md, parts 5 and 7).

import { type ErrorCode, wireName, type WireName } from './codes.ts';
import type { Farewell } from './control.ts';
import type { ProtocolError } from './errors.ts';

/**
 * Who ended it: `connector` by REFUSED, `stream` by a CLOSE frame (of the connector or of an agent
 * that failed), `agent` by a record, `line` when the websocket broke, `here` this side.
 */
export type EndedBy = 'connector' | 'stream' | 'agent' | 'line' | 'here';

/**
 * What to do without asking the user: `resume` the session on a new link, `open` a new session
 * (and sign in again), or `stop` until the user has done something.
 */
export type NextStep = 'resume' | 'open' | 'stop';

export interface Ending {
  readonly by: EndedBy;
  readonly code: ErrorCode;
  /** The number of the wire, also of a code that this version does not know. */
  readonly number: number;
  /** What the other side says, or what this side has found; for people. */
  readonly reason: string;
  /** Seconds to wait at least; 0: not said. */
  readonly retryAfter: number;
  readonly next: NextStep;
}

const RESUMES_AFTER_REFUSED: readonly ErrorCode[] = [
  'tunnel.pbx-offline',
  'tunnel.try-again-later',
  'tunnel.too-many-streams',
  'tunnel.timeout',
  'tunnel.shutting-down',
  'tunnel.internal',
] satisfies WireName[];
const RESUMES_AFTER_CLOSE: readonly ErrorCode[] = [...RESUMES_AFTER_REFUSED, 'tunnel.normal'];
/** After these another session may be opened without a person's help. */
const OPENS_AFTER: readonly ErrorCode[] = [
  ...RESUMES_AFTER_CLOSE,
  'tunnel.session-unknown',
  'tunnel.session-ended',
  'tunnel.too-slow',
];

function nextStep(by: EndedBy, code: ErrorCode, resumable: boolean): NextStep {
  if (by === 'line') return resumable ? 'resume' : 'open';
  const resumes =
    (by === 'connector' && RESUMES_AFTER_REFUSED.includes(code)) ||
    (by === 'stream' && RESUMES_AFTER_CLOSE.includes(code)) ||
    // A deadline that passed here is a line that does not carry any more.
    (by === 'here' && code === 'tunnel.timeout');
  if (resumes && resumable) return 'resume';
  if (by === 'here' && code !== 'tunnel.timeout') return 'stop';
  return OPENS_AFTER.includes(code) ? 'open' : 'stop';
}

/** `resumable`: the agent may still have the session. */
export function endedByPeer(
  by: 'connector' | 'stream' | 'agent',
  farewell: Farewell & { retryAfter?: number },
  resumable: boolean,
): Ending {
  const code = wireName(farewell.number);
  return {
    by,
    code,
    number: farewell.number,
    reason: farewell.reason,
    retryAfter: farewell.retryAfter ?? 0,
    next: nextStep(by, code, resumable),
  };
}

export function endedByLine(resumable: boolean): Ending {
  const reason = 'the connection to the connector was lost';
  const next = nextStep('line', 'tunnel.normal', resumable);
  return { by: 'line', code: 'tunnel.normal', number: 0, reason, retryAfter: 0, next };
}

export function endedHere(error: ProtocolError, number: number, resumable: boolean): Ending {
  const next = nextStep('here', error.code, resumable);
  return { by: 'here', code: error.code, number, reason: error.message, retryAfter: 0, next };
}
