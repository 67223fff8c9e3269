import type { ComponentChild } from 'preact';

import { makeStage, onStage } from './stage.tsx';

export const shellStates: Record<string, () => ComponentChild> = {
  connecting: () => onStage(makeStage({ phase: 'connecting' }).shell),
  'signed-in': () => onStage(makeStage({ phase: 'signed-in', user: '0011' }).shell),
};
