// Tickets: how a page that was reloaded signs in without a password (docs/protocol.md, part 6).
// A ticket is worth nothing without its private key, and that cannot be read out of the browser.

import type { Bytes, Crypto } from '../protocol/index.ts';

export type Lifetime = 'tab' | 'long';

export interface StoredTicket {
  /** As the agent gave it: at most 1,024 characters of ASCII. */
  readonly ticket: string;
  /** ECDSA P-256, not extractable; can be stored in IndexedDB as it is. */
  readonly key: CryptoKey;
  readonly user: string;
  /** Seconds of Unix time by the agent's clock: for tidying up, not for judging. */
  readonly expires: number;
  readonly lifetime: Lifetime;
}

/** Where the host keeps the ticket of one user of Teams for one system. */
export interface TicketStore {
  load(): Promise<StoredTicket | null>;
  save(ticket: StoredTicket): Promise<void>;
  forget(): Promise<void>;
}

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;
const LONGEST = 1_024;

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** What session.ticket is called with, and the key that stays here. */
export async function newDeviceKey(
  subtle: SubtleCrypto,
): Promise<{ key: CryptoKey; publicKey: string }> {
  const pair = await subtle.generateKey(CURVE, false, ['sign', 'verify']);
  const point = await subtle.exportKey('raw', pair.publicKey);
  return { key: pair.privateKey, publicKey: base64(new Uint8Array(point)) };
}

/** The params of session.login; `handshakeHash`: of the handshake that opened this session. */
export async function ticketLogin(
  subtle: SubtleCrypto,
  crypto: Crypto,
  kept: StoredTicket,
  handshakeHash: Bytes,
): Promise<{ ticket: string; proof: string }> {
  const encoder = new TextEncoder();
  const label = encoder.encode('starface-teams/1 ticket\0');
  const digest = await crypto.sha256(encoder.encode(kept.ticket));
  const signed = new Uint8Array([...label, ...handshakeHash, ...digest]);
  const proof = await subtle.sign(SIGNATURE, kept.key, signed);
  return { ticket: kept.ticket, proof: base64(new Uint8Array(proof)) };
}

/** The ticket in the answer to session.ticket; null when there is none that can be used. */
export function ticketIn(
  answer: unknown,
  about: Pick<StoredTicket, 'key' | 'user' | 'lifetime'>,
): StoredTicket | null {
  if (typeof answer !== 'object' || answer === null) return null;
  const { ticket, expires } = answer as Record<string, unknown>;
  if (typeof ticket !== 'string' || typeof expires !== 'number') return null;
  if (ticket.length > LONGEST || !/^[!-~]+$/.test(ticket)) return null;
  return { ...about, ticket, expires };
}

/**
 * The kept ticket of one system. Two windows share the store: what is refused to one is forgotten
 * only while it is still what the store has. A store that fails is one that keeps nothing.
 */
export class KeptTicket {
  readonly #store: TicketStore;
  /** Where the store takes nothing, as long as the page lives. */
  #own: StoredTicket | null = null;
  /** Those that were refused, and those that were to be forgotten. */
  readonly #dead = new Set<string>();
  #last: string | null = null;

  constructor(store: TicketStore) {
    this.#store = store;
  }

  /** Never one that was refused. */
  async load(): Promise<StoredTicket | null> {
    const found = (await this.#stored()) ?? this.#own;
    if (found === null || this.#dead.has(found.ticket)) return null;
    this.#last = found.ticket;
    return found;
  }

  async save(ticket: StoredTicket): Promise<void> {
    this.#own = null;
    this.#last = ticket.ticket;
    try {
      await this.#store.save(ticket);
    } catch {
      this.#own = ticket;
    }
  }

  /** The agent has refused it for good. */
  async refused(ticket: StoredTicket): Promise<void> {
    this.#dead.add(ticket.ticket);
    const stored = await this.#stored();
    if (stored === null || stored.ticket === ticket.ticket) await this.forget();
  }

  async forget(): Promise<void> {
    this.#own = null;
    if (this.#last !== null) this.#dead.add(this.#last);
    await this.#store.forget().catch(() => undefined);
  }

  #stored(): Promise<StoredTicket | null> {
    return this.#store.load().catch(() => null);
  }
}
