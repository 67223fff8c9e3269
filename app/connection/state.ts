// What is shown of the connection.

import type { Problem } from './problem.ts';

export type Phase =
  /** Nothing is wanted. */
  | 'closed'
  /** Websocket, admission, handshake; nobody was signed in before. */
  | 'connecting'
  /** The way is good and nobody is signed in. A socket is open only for a minute of it. */
  | 'open'
  | 'signing-in'
  | 'signed-in'
  /** Was signed in, and comes back by itself. What is shown stays. */
  | 'interrupted'
  /** Needs the user; `problem` says what and what to do. */
  | 'failed';

/** The way to the PBX, in order. */
export type Step = 'connector' | 'key' | 'agent' | 'session' | 'pbx';

export interface ConnectionState {
  readonly phase: Phase;
  /** Also while it goes on trying, and behind a sign-in that was refused. */
  readonly problem: Problem | null;
  readonly user: string | null;
  /** The answer to session.login. */
  readonly login: unknown;
  /** How far the way was good at the last try. */
  readonly reached: readonly Step[];
  /** Milliseconds to the agent and back. */
  readonly roundTrip: number | null;
  /** The agent's software. */
  readonly agent: string | null;
}

export const CLOSED: ConnectionState = {
  phase: 'closed',
  problem: null,
  user: null,
  login: null,
  reached: [],
  roundTrip: null,
  agent: null,
};

const STEPS: readonly Step[] = ['connector', 'key', 'agent', 'session', 'pbx'];

/** The way up to and with that step. */
export function stepsTo(step: Step | null): readonly Step[] {
  return step === null ? [] : STEPS.slice(0, STEPS.indexOf(step) + 1);
}
