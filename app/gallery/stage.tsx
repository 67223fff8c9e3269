// The frame with a fake host, a fake connection and a telephony over a fake session.

import type { ComponentChild } from 'preact';

import { systemClock } from '../connection/index.ts';
import { Telephony } from '../telephony/index.ts';
import { FakeSession } from '../tests/telephony/fakes.ts';
import type { ConnectionState, System } from '../views/connection.ts';
import { FakeConnection } from '../views/fake/connection.ts';
import { FakeHost } from '../views/fake/host.ts';
import { Frame } from '../views/frame.tsx';
import { makeShell, type Shell, ShellProvider } from '../views/shell.ts';

/** No screen looks into the credentials. */
export const SYSTEM = {
  name: 'pbx.example.com',
  connector: 'wss://connector.example.com',
  keyId: '3f9a5c0112d07b4e',
} as System;

export interface Stage {
  readonly shell: Shell;
  readonly host: FakeHost;
  readonly connection: FakeConnection;
  readonly session: FakeSession;
}

export function makeStage(state: Partial<ConnectionState> = {}): Stage {
  const host = new FakeHost();
  const connection = new FakeConnection(state);
  const session = new FakeSession();
  const telephony = new Telephony(session, systemClock, { newId: () => 'id' });
  const shell = makeShell({ host, connection, telephony, clock: systemClock });
  shell.system.value = SYSTEM;
  return { shell, host, connection, session };
}

export function onStage(shell: Shell, child: ComponentChild = <Frame />): ComponentChild {
  return <ShellProvider value={shell}>{child}</ShellProvider>;
}
