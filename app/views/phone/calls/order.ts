// Where each card stands.

import type { Call } from '../../../telephony/index.ts';

export function isIncoming(call: Call): boolean {
  return call.phase === 'ringing' && call.direction !== 'outgoing';
}

/** Those that ring on top, then the others; each in the order in which they became known. */
export function inOrder(calls: readonly Call[]): readonly Call[] {
  const rest = calls.filter((call) => !isIncoming(call) && call.phase !== 'ended');
  return [...calls.filter(isIncoming), ...rest];
}
