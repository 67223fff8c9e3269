// What every screen is given: the host, the connection, the telephony, and which page is open.

import type { Signal } from '@preact/signals';
import { signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import type { Clock } from '../connection/index.ts';
import type { Host, Page } from '../host/host.ts';
import type { Telephony } from '../telephony/index.ts';
import type { Connection, System } from './connection.ts';

export interface Shell {
  readonly host: Host;
  readonly connection: Connection;
  readonly telephony: Telephony;
  readonly clock: Clock;
  /** The PBX whose key is kept; undefined while that is not known yet. */
  readonly system: Signal<System | null | undefined>;
  readonly page: Signal<Page>;
}

export function makeShell(parts: {
  readonly host: Host;
  readonly connection: Connection;
  readonly telephony: Telephony;
  readonly clock: Clock;
}): Shell {
  return {
    ...parts,
    system: signal<System | null | undefined>(undefined),
    page: signal<Page>(parts.host.page),
  };
}

const ShellContext = createContext<Shell | null>(null);

export const ShellProvider = ShellContext.Provider;

export function useShell(): Shell {
  const shell = useContext(ShellContext);
  if (shell === null) throw new TypeError('a screen outside of the shell');
  return shell;
}
