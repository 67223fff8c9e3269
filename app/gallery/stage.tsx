// The frame with a fake host, a fake connection and a telephony over a fake session.

import type { ComponentChild } from 'preact';

import { type Clock, systemClock } from '../connection/index.ts';
import { Telephony } from '../telephony/index.ts';
import { FakeSession } from '../tests/telephony/fakes.ts';
import type { ConnectionState } from '../views/connection.ts';
import { FakeConnection } from '../views/fake/connection.ts';
import { FakeHost } from '../views/fake/host.ts';
import { fakeKeys, SYSTEM } from '../views/fake/keys.ts';
import { Frame } from '../views/frame.tsx';
import { Preferences } from '../views/preferences.ts';
import { Shell, ShellProvider } from '../views/shell.ts';
import { WorkHeader } from '../views/phone/header.tsx';
import { Picture } from '../views/phone/people/picture.tsx';
import { Work } from '../views/phone/work.tsx';

export interface Stage {
  readonly shell: Shell;
  readonly host: FakeHost;
  readonly connection: FakeConnection;
  readonly session: FakeSession;
  readonly telephony: Telephony;
}

export function makeStage(state: Partial<ConnectionState> = {}, clock: Clock = systemClock): Stage {
  const host = new FakeHost();
  const connection = new FakeConnection(state);
  const session = new FakeSession();
  const telephony = new Telephony(session, clock, { newId: () => 'id' });
  const preferences = new Preferences(host);
  const parts = { host, connection, clock, keys: fakeKeys, preferences };
  const shell = new Shell(parts);
  shell.work.value = { telephony, Picture, Work, WorkHeader };
  shell.system.value = SYSTEM;
  return { shell, host, connection, session, telephony };
}

export function onStage(shell: Shell, child: ComponentChild = <Frame />): ComponentChild {
  return <ShellProvider value={shell}>{child}</ShellProvider>;
}
