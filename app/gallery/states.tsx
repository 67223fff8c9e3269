// Every screen in every state, for the pictures and for looking at them while they are being made.
// To add some: a file beside this one that exports Record<string, () => ComponentChild>, and its
// line below.

import type { ComponentChild } from 'preact';

import { peopleStates } from './people-states.tsx';
import { shellStates } from './shell-states.tsx';
import { workStates } from './work-states.tsx';

export const STATES: Readonly<Record<string, () => ComponentChild>> = {
  ...shellStates,
  ...workStates,
  ...peopleStates,
};
