// What the user changes: shown at once by the telephone's parts, and taken back when it fails. Here
// stands what is said about it.

import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';

import type { TelephonyError } from '../../telephony/index.ts';
import { toTelephonyError } from '../../telephony/index.ts';
import { MessageBar } from '../controls/message-bar.tsx';
import { texts } from '../texts/language.ts';
import { refusalText } from './refusal.ts';

interface Failure {
  /** What was to be changed, as it is called on the screen. */
  readonly what: string;
  readonly error: TelephonyError;
}

export class Orders {
  /** For screen readers: what came true last. */
  readonly done = signal('');
  readonly failure = signal<Failure | null>(null);
  private count = 0;

  /**
   * @param done what is read out when the PBX has taken it.
   * @returns whether it has. Never rejects.
   */
  async run(what: string, done: string, order: () => Promise<unknown>): Promise<boolean> {
    const count = (this.count += 1);
    this.failure.value = null;
    this.done.value = '';
    try {
      await order();
    } catch (thrown) {
      // The last failure counts, whatever has been tried since: it undid something on the screen.
      this.failure.value = { what, error: toTelephonyError(thrown) };
      return false;
    }
    if (count === this.count) this.done.value = done;
    return true;
  }

  dismiss(): void {
    this.failure.value = null;
  }
}

export function useOrders(): Orders {
  return useMemo(() => new Orders(), []);
}

/** Stands where the changes are made; read out as it changes. */
export function OrderReport({ orders }: { readonly orders: Orders }) {
  const failure = orders.failure.value;
  const { notChanged, dismiss } = texts.value.settings;
  return (
    <>
      <p class="unseen" role="status">
        {orders.done.value}
      </p>
      {failure === null ? null : (
        <MessageBar
          kind="error"
          title={notChanged(failure.what)}
          onDismiss={() => {
            orders.dismiss();
          }}
          dismissLabel={dismiss}
        >
          {refusalText(failure.error)}
        </MessageBar>
      )}
    </>
  );
}
