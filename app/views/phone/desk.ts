// What the user has begun on this screen. It outlives a visit to another page or tab, and ends with
// the sign-in: the next user sees nothing of it.

import type { ReadonlySignal } from '@preact/signals';
import { signal } from '@preact/signals';

import type { Call, Telephony, TelephonyError } from '../../telephony/index.ts';

export type WorkTab = 'journal' | 'colleagues' | 'voicemail' | 'settings';

export class Desk {
  /** As typed. */
  readonly number = signal('');
  /** Why the number cannot be dialled. */
  readonly problem = signal<TelephonyError | null>(null);
  readonly tab = signal<WorkTab>('journal');
  /** The number of the host has been filled in; that happens once. */
  readonly prefilled = signal(false);
  private readonly begun = signal<ReadonlyMap<string, string>>(new Map());
  /** Transfers that were begun: the call's id, and what is typed as their target. */
  readonly transfers: ReadonlySignal<ReadonlyMap<string, string>> = this.begun;

  type(number: string): void {
    this.number.value = number;
    this.problem.value = null;
  }

  setTransfer(callId: string, target: string | null): void {
    const next = new Map(this.begun.peek());
    if (target === null) next.delete(callId);
    else next.set(callId, target);
    this.begun.value = next;
  }

  /** Forgets what was begun for calls that have ended. */
  keepTransfersOf(calls: readonly Call[]): void {
    const ids = new Set(calls.map((call) => call.id));
    for (const id of this.begun.peek().keys()) if (!ids.has(id)) this.setTransfer(id, null);
  }

  clear(): void {
    this.type('');
    this.tab.value = 'journal';
    this.begun.value = new Map();
  }
}

const kDesks = new WeakMap<Telephony, Desk>();

export function deskOf(telephony: Telephony): Desk {
  const found = kDesks.get(telephony);
  if (found !== undefined) return found;
  const desk = new Desk();
  kDesks.set(telephony, desk);
  return desk;
}
