import type { ComponentChild } from 'preact';

export const workStates: Record<string, () => ComponentChild> = {};
