// Whether a command reaches the PBX now. While it does not, what is shown stays, and the buttons
// say that they wait: a call that is placed minutes later would surprise everybody.

import type { Telephony } from '../../telephony/index.ts';
import { useReadable } from '../controls/use-readable.ts';
import { useShell } from '../shell.ts';

export type Reach =
  | 'ready'
  | 'starting' // signed in, and the PBX has not said yet what it offers
  | 'interrupted' // the connection is being restored
  | 'pbx-away'; // the agent has lost the user's connection to the PBX

export function useReach(telephony: Telephony): Reach {
  const { connection } = useShell();
  const { phase } = useReadable(connection.state).value;
  const { connected } = useReadable(telephony.state).value;
  const { asked } = useReadable(telephony.capabilities.state).value;
  if (phase !== 'signed-in') return 'interrupted';
  if (!connected) return 'pbx-away';
  return asked ? 'ready' : 'starting';
}
