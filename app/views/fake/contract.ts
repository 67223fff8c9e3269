// The types of connection/, until that layer is there.

import type { Credentials } from '../../protocol/index.ts';
import type { Readable } from '../../connection/index.ts';

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly retryAt: number | null;
}

export type Phase =
  'closed' | 'connecting' | 'open' | 'signing-in' | 'signed-in' | 'interrupted' | 'failed';

export type Step = 'connector' | 'key' | 'agent' | 'session' | 'pbx';

export interface ConnectionState {
  readonly phase: Phase;
  readonly problem: Problem | null;
  readonly user: string | null;
  readonly login: unknown;
  readonly reached: readonly Step[];
  readonly roundTrip: number | null;
  readonly agent: string | null;
}

export interface System {
  readonly name: string;
  readonly connector: string;
  readonly keyId: string;
  readonly credentials: Credentials;
}

export interface Connection {
  readonly state: Readable<ConnectionState>;
  connect(system: System): void;
  signIn(user: string, password: string, remember: boolean): Promise<void>;
  signOut(): Promise<void>;
  disconnect(): void;
  suspend(): void;
  resume(): void;
  retryNow(): void;
  onSignedIn(handler: (login: unknown, resumed: boolean) => void): () => void;
  onGap(handler: () => void): () => void;
}
