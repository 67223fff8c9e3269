// Errors as the views get them: a stable code, a sentence, and what to do next.

import { isRecord, text } from './values.ts';

/** Codes of this layer; all other codes come from the agent (docs/errors.md). */
export const codes = {
  /** The PBX has answered "no" (false, or an empty identifier). */
  refused: 'telephony.refused',
  /** Not known here: the call, entry or key has gone. */
  gone: 'telephony.gone',
  /** Neither PBX nor agent offers it. */
  notOffered: 'telephony.not-offered',
  /** The same command for the same thing is under way. */
  busy: 'telephony.busy',
  /** What was typed cannot be dialled; `reason` says why. */
  badNumber: 'telephony.bad-number',
  /** It may have been carried out, or not. */
  uncertain: 'telephony.uncertain',
  stopped: 'telephony.stopped',
  unknown: 'telephony.unknown',
} as const;

export class TelephonyError extends Error {
  override readonly name = 'TelephonyError';
  readonly code: string;
  readonly hint: string | null;
  /** More than a code where views choose words by it: the reason of `bad-number`. */
  readonly reason: string | null;

  constructor(
    code: string,
    message: string,
    hint: string | null = null,
    reason: string | null = null,
  ) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.reason = reason;
  }
}

/** Whatever was thrown, as an error with a code. */
export function toTelephonyError(thrown: unknown): TelephonyError {
  if (thrown instanceof TelephonyError) return thrown;
  if (!isRecord(thrown)) return new TelephonyError(codes.unknown, text(thrown, 500));
  const data = isRecord(thrown['data']) ? thrown['data'] : {};
  const code = text(data['code'], 100) || text(thrown['code'], 100) || codes.unknown;
  const hint = text(data['hint'], 1000) || text(thrown['hint'], 1000);
  return new TelephonyError(code, text(thrown['message'], 1000), hint === '' ? null : hint);
}

const kPerhapsDone = new Set([
  codes.uncertain,
  'uci.timeout',
  'uci.unreachable',
  'uci.pbx-error',
  'uci.broken-reply',
  'uci.reply-is-html',
  'uci.connection-closed',
  'session.signed-out',
  'session.shutting-down',
  'session.answer-too-large',
]);

/**
 * Whether a request that ended so may have been carried out. What the agent refused before it
 * asked the PBX, and what the PBX answered itself, is certain; all the rest is not.
 */
export function isUncertain(error: TelephonyError): boolean {
  if (kPerhapsDone.has(error.code) || error.code.startsWith('uci.xml-')) return true;
  const certain = /^(rpc|session|license|json|uci|telephony)\./.test(error.code);
  return !certain || error.code === codes.unknown;
}

/** Whether the method as such cannot be used by this user, now and later. */
export function isNotOffered(error: TelephonyError): boolean {
  switch (error.code) {
    case 'session.method-not-allowed':
    case 'rpc.method-not-found':
    case 'uci.access-refused':
    case 'license.not-administrator':
    case 'rest.disabled':
    case 'rest.not-offered':
    case codes.notOffered:
      return true;
    case 'uci.fault':
      // Seen of real PBXs: fault 5 for a method that nobody has registered.
      return /\bfault 5\b|no such (request|method)/i.test(error.message);
    default:
      return false;
  }
}
