// What the agent asks of the PBX beside UCI: address book and people. An agent or a PBX that does
// not offer it is asked once in a session.

import type { Params } from '../connection/session.ts';
import { isNotOffered, toTelephonyError } from './errors.ts';
import type { TelephonyError } from './errors.ts';
import type { Uci } from './uci.ts';

const kMethods = ['contacts.search', 'users.me', 'users.list', 'users.avatar'] as const;
export type RestMethod = (typeof kMethods)[number];

export class Rest {
  private readonly uci: Uci;
  private readonly refusals = new Map<RestMethod, TelephonyError>();

  constructor(uci: Uci) {
    this.uci = uci;
  }

  /** False after a refusal that holds for the whole session. */
  offers(method: RestMethod): boolean {
    return !this.refusals.has(method);
  }

  /** Rejects with a TelephonyError; with the first one again where the method is not offered. */
  async ask(method: RestMethod, params?: Params): Promise<unknown> {
    const refusal = this.refusals.get(method);
    if (refusal !== undefined) throw refusal;
    try {
      return await this.uci.agent(method, params);
    } catch (thrown) {
      const error = toTelephonyError(thrown);
      // Switched off is all of it; a right may be missing for the one method only.
      const refused = error.code === 'rest.disabled' ? kMethods : [method];
      if (isNotOffered(error)) for (const one of refused) this.refusals.set(one, error);
      throw error;
    }
  }

  /** Another session: another agent's settings, or another user's rights. */
  reset(): void {
    this.refusals.clear();
  }
}
