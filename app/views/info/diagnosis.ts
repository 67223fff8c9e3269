// What a user can send to the administrator: the way to the PBX and the versions, nothing secret.

import type { ConnectionState, Step } from '../connection.ts';
import type { Shell } from '../shell.ts';

declare const APP_VERSION: string;

export const appVersion = typeof APP_VERSION === 'string' ? APP_VERSION : '0.0.0';

export const STEPS: readonly Step[] = ['connector', 'key', 'agent', 'session', 'pbx'];

/**
 * Always in English, because support reads it. Neither the user's name nor a number is in it; the
 * key's ID is no secret.
 */
export function diagnosis(shell: Shell, state: ConnectionState): string {
  const system = shell.system.peek();
  const { host } = shell;
  const { problem } = state;
  const lines: (readonly [string, string | number | null | undefined])[] = [
    ['app', appVersion],
    ['agent', state.agent],
    ['host', host.kind],
    ['page', location.origin + location.pathname],
    ['system', system?.name],
    ['connector', system?.connector],
    ['key id', system?.keyId],
    ['phase', state.phase],
    ...STEPS.map((step) => [`step ${step}`, state.reached.includes(step) ? 'ok' : 'no'] as const),
    ['round trip', state.roundTrip === null ? null : `${Math.round(state.roundTrip)} ms`],
    ['problem', problem === null ? 'none' : `[${problem.code}] ${problem.message}`],
    ['online', host.online.peek() ? 'yes' : 'no'],
    ['storage', host.cabinet.lasting ? 'kept' : 'not kept'],
    ['language', host.locale],
    ['theme', shell.preferences.shownTheme.peek()],
    ['browser', navigator.userAgent],
  ];
  return lines.map(([name, value]) => `${name}: ${value ?? '-'}`).join('\n') + '\n';
}
