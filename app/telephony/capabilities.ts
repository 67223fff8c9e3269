// What can be used: what the PBX offers, less what the agent's administrator or the user's rights
// do not let pass. What is not offered is not shown.
//
// Nobody publishes whether getProvidedRequests names services or single methods, so both are
// taken. No request tells what the agent lets pass: the first refusal of a method is remembered.

import { Store } from '../connection/store.ts';
import type { Readable } from '../connection/store.ts';
import type { TelephonyError } from './errors.ts';
import { isNotOffered } from './errors.ts';
import type { Method, UciVersion } from './methods.ts';
import { isKnownIn, serviceOf } from './methods.ts';
import { identifier, list, member, record } from './values.ts';

const kMostNames = 2000;

export interface Offer {
  readonly version: UciVersion;
  /** False until the PBX has said what it has; until then nothing is offered. */
  readonly asked: boolean;
  /** Services and methods without `ucp.vNN.requests.`; null: the PBX does not tell. */
  readonly requests: ReadonlySet<string> | null;
  /** Event services, with their full names. */
  readonly events: ReadonlySet<string>;
  readonly refused: ReadonlySet<string>;
}

const kNothing: Offer = {
  version: 'v30',
  asked: false,
  requests: null,
  events: new Set(),
  refused: new Set(),
};

export class Capabilities {
  private readonly store = new Store<Offer>(kNothing);
  readonly state: Readable<Offer> = this.store;

  get version(): UciVersion {
    return this.store.get().version;
  }

  offers(method: Method): boolean {
    return isOffered(this.store.get(), method);
  }

  /** From the answer to the sign-in (`services`), or from that to `system.info`. */
  setVersion(answer: unknown): void {
    const version = versionIn(answer);
    if (version !== null) this.store.patch({ version });
  }

  /** What getProvidedRequests and getProvidedEvents gave; null or undefined: no answer,
   * which leaves what was known. */
  setProvided(requests: unknown, events: unknown): void {
    const version = this.version;
    const names = namesIn(requests, `ucp.${version}.requests.`);
    const old = this.store.get();
    this.store.patch({
      asked: true,
      requests: names.size === 0 ? old.requests : names,
      events: (events ?? null) === null ? old.events : namesIn(events, ''),
      refused: new Set(),
    });
  }

  /** Remembers a method that turned out not to be there for this user. */
  learn(method: Method, error: TelephonyError): void {
    const { refused } = this.store.get();
    if (error.code === 'uci.access-refused' && kDependOnNumber.has(method)) return;
    if (!isNotOffered(error) || refused.has(method)) return;
    this.store.patch({ refused: new Set([...refused, method]) });
  }

  reset(): void {
    this.store.set({ ...kNothing, version: this.version });
  }
}

/** The right may be missing for the one number (abroad, say): others can still be called. */
const kDependOnNumber: ReadonlySet<Method> = new Set<Method>([
  'call.placeCallWithPhone',
  'callList.placeCallbackCallWithPhone',
  'call.forward',
]);

export function isOffered(offer: Offer, method: Method): boolean {
  if (!offer.asked || offer.refused.has(method)) return false;
  const { requests } = offer;
  if (requests === null) return isKnownIn(offer.version, method);
  if (requests.has(method)) return true;
  const service = serviceOf(method);
  // A service whose methods are named one by one has those and no others.
  for (const name of requests) if (name.startsWith(`${service}.`)) return false;
  return requests.has(service) && isKnownIn(offer.version, method);
}

function namesIn(answer: unknown, prefix: string): Set<string> {
  const names = new Set<string>();
  for (const one of list(answer, kMostNames)) {
    const name = identifier(one);
    if (name !== '' && name.startsWith(prefix)) names.add(name.slice(prefix.length));
  }
  return names;
}

function versionIn(answer: unknown): UciVersion | null {
  const told = member(record(member(answer, 'uci')), 'version');
  if (told === 'v22' || told === 'v30') return told;
  let found: UciVersion | null = null;
  for (const service of list(member(answer, 'services'), 100)) {
    if (typeof service !== 'string') continue;
    if (service.startsWith('ucp.v30.')) return 'v30';
    if (service.startsWith('ucp.v22.')) found = 'v22';
  }
  return found;
}
