// What the screens know of the connection: the part of connection/ that a fake can play, too.

import type { Connection as RealConnection } from '../connection/index.ts';

export type { ConnectionState, Phase, Problem, Step, System } from '../connection/index.ts';

export type Connection = Pick<
  RealConnection,
  | 'state'
  | 'connect'
  | 'signIn'
  | 'signOut'
  | 'disconnect'
  | 'suspend'
  | 'resume'
  | 'retryNow'
  | 'onSignedIn'
  | 'onGap'
>;
