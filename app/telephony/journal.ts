// Past calls: pages that are loaded while one scrolls, filtered, searched, deleted.

import type { Clock } from '../connection/clock.ts';
import type { Readable } from '../connection/store.ts';
import { Store } from '../connection/store.ts';
import { codes, TelephonyError, isNotOffered, toTelephonyError } from './errors.ts';
import type { JournalEntry, JournalFilter, JournalPage } from './journal-entry.ts';
import { journalQuery, matches, parsePage } from './journal-entry.ts';
import type { Names } from './names.ts';
import { Refresher } from './refresher.ts';
import type { Uci } from './uci.ts';

const kPage = 50;
const kSmallestPage = 10;
/** More are not kept in a page that stays open for days. */
const kMostEntries = 10_000;
/** Pages that one search loads by itself before the user scrolls. */
const kPagesASearch = 5;

export interface JournalState {
  readonly filter: JournalFilter;
  readonly search: string;
  /** What was loaded, the newest first. */
  readonly entries: readonly JournalEntry[];
  /** What of it fits the search. */
  readonly visible: readonly JournalEntry[];
  /** There is nothing more to load. */
  readonly complete: boolean;
  readonly loading: boolean;
  readonly status: 'unread' | 'ready' | 'failed' | 'hidden';
  readonly error: TelephonyError | null;
}

const kNothing: JournalState = {
  filter: 'all',
  search: '',
  entries: [],
  visible: [],
  complete: false,
  loading: false,
  status: 'unread',
  error: null,
};

export class Journal {
  private readonly uci: Uci;
  private readonly names: Names | null;
  private readonly store = new Store<JournalState>(kNothing);
  private readonly refresher: Refresher;
  private pageSize = kPage;
  /** Entries of the PBX that could not be read; they take places in its pages. */
  private unreadable = 0;
  /** Answers that were asked for before the list was begun anew are thrown away. */
  private generation = 0;
  private more: Promise<void> | null = null;
  readonly state: Readable<JournalState> = this.store;

  constructor(uci: Uci, clock: Clock, names: Names | null = null) {
    this.uci = uci;
    this.names = names;
    this.refresher = new Refresher(clock, () => this.readHead());
    names?.changed.subscribe(() => {
      const { entries } = this.store.get();
      const named = this.named(entries);
      if (named !== entries) this.change({ entries: named });
    });
  }

  /** Reads the newest entries; those that are loaded stay. Never rejects. */
  read(): Promise<void> {
    return this.refresher.now();
  }

  readSoon(): void {
    this.refresher.soon();
  }

  stop(): void {
    this.refresher.stop();
    this.startOver();
    this.store.set(kNothing);
  }

  async setFilter(filter: JournalFilter): Promise<void> {
    const old = this.store.get();
    if (old.filter === filter) return;
    this.startOver();
    this.store.set({ ...kNothing, filter, search: old.search, status: 'unread' });
    await this.read();
    await this.fillSearch();
  }

  /** UCI cannot search: what is loaded is searched, and a few more pages. */
  async setSearch(search: string): Promise<void> {
    this.change({ search });
    await this.fillSearch();
  }

  /** The next page; nothing while one is being loaded or none is left. */
  loadMore(): Promise<void> {
    const { complete, status } = this.store.get();
    if (complete || status === 'hidden') return Promise.resolve();
    if (status === 'unread') return this.read();
    this.more ??= this.readMore().finally(() => {
      this.more = null;
    });
    return this.more;
  }

  get canDelete(): boolean {
    return this.uci.offers('callList.deleteCallListEntry');
  }

  /** Gone at once; back when the PBX says no. */
  async delete(ids: readonly string[]): Promise<void> {
    const gone = new Set(ids);
    const removed = this.store.get().entries.filter((one) => gone.has(one.id));
    if (removed.length === 0) throw new TelephonyError(codes.gone, 'no such entry');
    const keep = (one: JournalEntry): boolean => !gone.has(one.id);
    this.change({ entries: this.store.get().entries.filter(keep) });
    const generation = this.generation;
    try {
      await this.order(removed.map((one) => one.id));
    } catch (thrown) {
      if (generation === this.generation) {
        const all = [...this.store.get().entries, ...removed];
        this.change({ entries: all.sort(newestFirst) });
      }
      throw toTelephonyError(thrown);
    }
  }

  private async order(ids: readonly string[]): Promise<void> {
    if (ids.length > 1 && this.uci.offers('callList.deleteCallListEntries')) {
      return this.uci.order('callList.deleteCallListEntries', [ids]);
    }
    for (const id of ids) await this.uci.order('callList.deleteCallListEntry', [id]);
  }

  private startOver(): void {
    this.generation += 1;
    this.unreadable = 0;
    this.more = null;
  }

  private change(changes: Partial<JournalState>): void {
    const next = { ...this.store.get(), ...changes };
    const { entries, search } = next;
    const visible = search === '' ? entries : entries.filter((one) => matches(one, search));
    this.store.set({ ...next, visible });
  }

  private async readHead(): Promise<void> {
    if (!this.uci.offers('callList.getCallList')) {
      this.change({ status: 'hidden' });
      return;
    }
    await this.load(0, (page) => {
      const { entries } = this.store.get();
      const known = new Set(entries.map((one) => one.id));
      const fresh = page.entries.filter((one) => !known.has(one.id));
      const touches = page.entries.some((one) => known.has(one.id));
      if (!touches) {
        // The first reading, or so much is new that there would be a hole.
        this.unreadable = page.received - page.entries.length;
        this.show(page.entries, page);
        return;
      }
      const updated = new Map(page.entries.map((one) => [one.id, one]));
      const old = entries.map((one) => updated.get(one.id) ?? one);
      this.show([...fresh, ...old], null);
    });
  }

  private async readMore(): Promise<void> {
    // Entries that came meanwhile move the page: it then begins with some that are known.
    const headIsOld = await this.load(this.offset, (page) => {
      const { entries } = this.store.get();
      const known = new Set(entries.map((one) => one.id));
      const fresh = page.entries.filter((one) => !known.has(one.id));
      this.unreadable += page.received - page.entries.length;
      this.show([...entries, ...fresh], page);
      return page.entries.length > 0 && fresh.length === 0;
    });
    if (headIsOld === true) await this.read();
  }

  /** Where the next page begins at the PBX. */
  private get offset(): number {
    return this.store.get().entries.length + this.unreadable;
  }

  /** @param page null when it does not tell whether there is more. */
  private show(entries: readonly JournalEntry[], page: JournalPage | null): void {
    const kept = this.named(entries.slice(0, kMostEntries));
    const { complete } = this.store.get();
    const end = page === null ? complete : this.isEnd(kept.length, page);
    this.change({ entries: kept, complete: end || kept.length < entries.length, status: 'ready' });
  }

  /** With the names that are known for their numbers; the list itself if none is. */
  private named(entries: readonly JournalEntry[]): readonly JournalEntry[] {
    const named = entries.map((one) => this.names?.named(one) ?? one);
    return named.some((one, at) => one !== entries[at]) ? named : entries;
  }

  private isEnd(shown: number, page: JournalPage): boolean {
    if (page.received === 0) return true;
    if (page.total !== null) return shown + this.unreadable >= page.total;
    return page.received < this.pageSize;
  }

  /** Null: it failed, or the list was begun anew meanwhile. */
  private async load<T>(offset: number, take: (page: JournalPage) => T): Promise<T | null> {
    const generation = this.generation;
    const { filter } = this.store.get();
    this.change({ loading: true });
    try {
      const page = await this.ask(filter, offset);
      if (generation !== this.generation) return null;
      const taken = take(page);
      this.change({ loading: false, error: null });
      return taken;
    } catch (thrown) {
      if (generation !== this.generation) return null;
      const error = toTelephonyError(thrown);
      const status = isNotOffered(error) ? 'hidden' : 'failed';
      this.change({ loading: false, error, status });
      return null;
    }
  }

  /** Asks for smaller pages when one does not fit into a message. */
  private async ask(filter: JournalFilter, offset: number): Promise<JournalPage> {
    for (;;) {
      const limit = this.pageSize;
      try {
        const query = journalQuery(filter, offset, limit);
        return parsePage(await this.uci.read('callList.getCallList', query), limit);
      } catch (thrown) {
        const tooLarge = toTelephonyError(thrown).code === 'session.answer-too-large';
        if (!tooLarge || limit <= kSmallestPage) throw thrown;
        this.pageSize = Math.max(kSmallestPage, Math.floor(limit / 2));
      }
    }
  }

  private async fillSearch(): Promise<void> {
    const { search } = this.store.get();
    if (search === '') return;
    for (let page = 0; page < kPagesASearch; page += 1) {
      const now = this.store.get();
      const enough = now.visible.length >= kSmallestPage || now.complete;
      if (enough || now.search !== search || now.status !== 'ready') return;
      await this.loadMore();
    }
  }
}

function newestFirst(a: JournalEntry, b: JournalEntry): number {
  return (b.start?.ms ?? 0) - (a.start?.ms ?? 0);
}
