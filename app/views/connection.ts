// What the screens know of the connection: the part of connection/ that a fake can play, too.

export type { Connection, ConnectionState, Phase, Problem, Step, System } from './fake/contract.ts';
