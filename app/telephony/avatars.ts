// Pictures of the PBX's users: only of those that somebody sees, one after the other, each asked for
// once in a session.

import type { Readable } from '../connection/store.ts';
import { Store } from '../connection/store.ts';
import { Limiter } from './limiter.ts';
import type { Rest } from './rest.ts';
import type { OwnName, Users } from './users.ts';
import { member, text } from './values.ts';

/** Of one session: at most 64 KiB each. */
const kMost = 300;

/** Whose picture: the user with an internal number, or null for the one who is signed in. */
export type AvatarOwner = string | null;

export class Avatars {
  private readonly rest: Rest;
  private readonly users: Users;
  private readonly own: OwnName;
  /** Object URLs by the PBX's id of the user; empty: asked for. */
  private readonly urls = new Map<string, string>();
  private readonly limiter = new Limiter(1);
  private readonly changes = new Store({});
  private run = 0;
  /** Changes when somebody may have got a picture, or it is known now who somebody is. */
  readonly changed: Readable<object> = this.changes;

  constructor(rest: Rest, users: Users, own: OwnName) {
    this.rest = rest;
    this.users = users;
    this.own = own;
    for (const { state } of [users, own]) {
      state.subscribe(() => {
        this.changes.set({});
      });
    }
  }

  /** An object URL, good until `stop`; empty: there is no picture, or not yet. */
  of(owner: AvatarOwner): string {
    return this.urls.get(this.idOf(owner)) ?? '';
  }

  /** Asks for the picture, unless that was done before. */
  want(owner: AvatarOwner): void {
    const { urls, run } = this;
    const id = this.idOf(owner);
    if (id === '' || urls.has(id) || urls.size >= kMost) return;
    urls.set(id, '');
    void this.limiter.run(() => this.load(id, run));
  }

  stop(): void {
    this.run += 1;
    for (const url of this.urls.values()) URL.revokeObjectURL(url);
    this.urls.clear();
    this.changes.set({});
  }

  /** Empty: it is nobody's, or not known yet. */
  private idOf(owner: AvatarOwner): string {
    const { users, own } = this;
    return owner === null ? own.id : (users.state.get().value.get(owner)?.id ?? '');
  }

  private async load(id: string, run: number): Promise<void> {
    if (run !== this.run || !this.rest.offers('users.avatar')) return;
    try {
      const answer = await this.rest.ask('users.avatar', { user: id });
      const data = atob(text(member(answer, 'data'), 90_000));
      if (data === '' || run !== this.run) return;
      const bytes = Uint8Array.from(data, (one) => one.charCodeAt(0));
      // No type: for a picture browsers look at its bytes, and for nothing else is it any good.
      this.urls.set(id, URL.createObjectURL(new Blob([bytes])));
      this.changes.set({});
    } catch {
      // Nobody misses it.
    }
  }
}
