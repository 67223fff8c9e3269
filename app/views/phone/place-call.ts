// Placing a call from anywhere on the screen: the number field, the journal, a colleague. What goes
// wrong is shown below the number field, where each of them leads the eye.

import type { JournalEntry, Telephony } from '../../telephony/index.ts';
import { toTelephonyError } from '../../telephony/index.ts';
import { deskOf } from './desk.ts';

/** Never rejects. True: the PBX has taken the call. */
export async function placeCall(telephony: Telephony, number: string): Promise<boolean> {
  return placed(telephony, () => telephony.dialler.dial(number));
}

/** Never rejects. By the PBX's own request where it has one, so that it marks the entry. */
export async function callBack(telephony: Telephony, entry: JournalEntry): Promise<boolean> {
  const { dialler } = telephony;
  // Only incoming calls are called back; an outgoing one is repeated.
  if (entry.direction !== 'incoming') return placeCall(telephony, entry.number);
  return placed(telephony, () => dialler.callBack(entry.id, entry.number));
}

async function placed(
  telephony: Telephony,
  dial: () => Promise<{ readonly status: string }>,
): Promise<boolean> {
  const desk = deskOf(telephony);
  desk.problem.value = null;
  try {
    return (await dial()).status === 'placed';
  } catch (thrown) {
    desk.problem.value = toTelephonyError(thrown);
    return false;
  }
}
