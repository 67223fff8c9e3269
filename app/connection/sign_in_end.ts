// What the end of a sign-in means for the kept ticket.

/** What to do when a sign-in by ticket was refused, or the agent has signed the user out. */
export type Verdict =
  /** The ticket is dead: the user has to type the password. */
  | 'password'
  /** Only a person can change that, but the ticket is still good. */
  | 'person'
  /** It passes: the same ticket is tried again by itself. */
  | 'later';

/** An agent that knows no tickets takes the call for a wrong one. */
const TICKET_IS_DEAD = new Set([
  'session.ticket-refused',
  'session.tickets-off',
  'uci.login-refused',
  'uci.sign-in-over',
  'rpc.invalid-params',
  'rpc.invalid-request',
  'rpc.method-not-found',
]);
const NEEDS_A_PERSON = new Set([
  'license.not-named',
  'oauth.client-refused',
  'oauth.no-password-grant',
  'oauth.refused',
  'oauth.token-not-taken',
]);

export function afterRefusal(code: string): Verdict {
  if (TICKET_IS_DEAD.has(code)) return 'password';
  return NEEDS_A_PERSON.has(code) ? 'person' : 'later';
}

/** Nobody meant the user: what ended the sign-in will pass. */
const PASSES = new Set([
  'uci.disabled',
  'uci.not-connected',
  'uci.unreachable',
  'uci.timeout',
  'uci.pbx-error',
  'oauth.unwell',
  'session.shutting-down',
]);

/** After session.signedOut. Who was signed out on purpose is not signed in again by this page. */
export function afterSignedOut(code: string): Verdict {
  if (PASSES.has(code)) return 'later';
  return NEEDS_A_PERSON.has(code) ? 'person' : 'password';
}
