// Contacts of the PBX's address book while somebody types. The newest words win: what comes late
// for older ones is thrown away.

import type { Clock } from '../connection/clock.ts';
import type { Readable } from '../connection/store.ts';
import { Store } from '../connection/store.ts';
import type { Contact } from './contact.ts';
import { parseContacts } from './contact.ts';
import { Limiter } from './limiter.ts';
import type { Rest } from './rest.ts';

export interface FoundContacts {
  /** What was looked for; other words than the newest while `waiting`. */
  readonly words: string;
  readonly contacts: readonly Contact[];
  readonly waiting: boolean;
}

const kNothing: FoundContacts = { words: '', contacts: [], waiting: false };

/** Typing goes on when the next key comes within so many ms. */
const kPause = 250;
const kFewest = 2;
/** In the agent's 128 bytes there is room for as many characters of any writing. */
const kMost = 32;
const kSize = 20;
/** A slow PBX gets no heap of questions that nobody asks any more. */
const kAtOnce = 2;

export class ContactSearch {
  private readonly rest: Rest;
  private readonly clock: Clock;
  private readonly store = new Store(kNothing);
  private readonly limiter = new Limiter(kAtOnce);
  private wanted = '';
  private callOff: (() => void) | null = null;
  readonly state: Readable<FoundContacts> = this.store;

  constructor(rest: Rest, clock: Clock) {
    this.rest = rest;
    this.clock = clock;
  }

  /** Looks for the words in a moment. Too few letters, or none: there is nothing to look for. */
  look(words: string): void {
    const wanted = words.trim();
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    this.callOff?.();
    this.callOff = null;
    if (Array.from(wanted).length < kFewest || !this.rest.offers('contacts.search')) {
      this.store.set(kNothing);
      return;
    }
    this.callOff = this.clock.after(kPause, () => {
      this.callOff = null;
      void this.limiter.run(() => this.ask(wanted));
    });
  }

  private async ask(words: string): Promise<void> {
    if (words !== this.wanted) return;
    this.store.patch({ waiting: true });
    // Whatever went wrong: the rest of what a user can choose from goes on without contacts.
    const text = Array.from(words).slice(0, kMost).join('');
    const answer = await this.rest.ask('contacts.search', { text, size: kSize }).catch(() => null);
    if (words !== this.wanted) return;
    this.store.set({ words, contacts: parseContacts(answer), waiting: false });
  }
}
