import { type Cabinet, type Life, MemoryCabinet } from './cabinet.ts';
import { Database } from './database.ts';

const TAB_KEY = 'starface-teams.tab';
/** What a window has left that was closed; nothing in it is good for longer than 12 hours. */
const STALE_MS = 24 * 3_600_000;

/**
 * The name of this window, which survives a reload and the removal of Teams' frame. null: the
 * browser keeps none, so that what was to last as long as the window ends with the page.
 */
function tabName(): string | null {
  try {
    const known = sessionStorage.getItem(TAB_KEY);
    if (known !== null) return known;
    const made = crypto.randomUUID();
    sessionStorage.setItem(TAB_KEY, made);
    return made;
  } catch {
    return null;
  }
}

/** In IndexedDB, because only that takes CryptoKeys that cannot be read out. */
export class BrowserCabinet implements Cabinet {
  private readonly memory = new MemoryCabinet();
  private readonly database: Database;
  private readonly user: string;
  private readonly tab: string | null;
  lasting = true;

  private constructor(database: Database, user: string) {
    this.database = database;
    this.user = user;
    this.tab = tabName();
  }

  /** A cabinet in memory where the browser lets nothing be kept. */
  static async open(user: string, now = Date.now()): Promise<Cabinet> {
    const database = await Database.open();
    if (database === null) return new MemoryCabinet();
    const cabinet = new BrowserCabinet(database, user);
    void database
      .remove(cabinet.start('tab'), ({ savedAt }) => Math.abs(now - savedAt) > STALE_MS)
      .catch(() => undefined);
    return cabinet;
  }

  // The user's key may have any character; the separator is one that JSON writes in another way.
  private start(life: Life): string {
    return `${JSON.stringify(this.user)}\n${life}\n`;
  }

  private key(name: string, life: Life): string | null {
    if (life === 'long') return `${this.start(life)}${name}`;
    return this.tab === null ? null : `${this.start(life)}${this.tab}\n${name}`;
  }

  async load(name: string, life: Life): Promise<unknown> {
    const key = this.key(name, life);
    try {
      const stored = key === null ? undefined : await this.database.get(key);
      if (stored !== undefined) return stored.value;
    } catch {
      this.lasting = false;
    }
    return await this.memory.load(name, life);
  }

  async save(name: string, life: Life, value: unknown): Promise<void> {
    const key = this.key(name, life);
    try {
      if (key === null) throw new Error('no name for this window');
      await this.database.put(key, { savedAt: Date.now(), value });
      await this.memory.forget(name, life);
    } catch {
      // No room, or the database is gone: it lasts as long as the page.
      this.lasting = false;
      await this.memory.save(name, life, value);
    }
  }

  async forget(name: string, life: Life): Promise<void> {
    await this.memory.forget(name, life);
    const key = this.key(name, life);
    if (key === null) return;
    try {
      await this.database.delete(key);
    } catch {
      this.lasting = false;
    }
  }

  async clear(): Promise<void> {
    await this.memory.clear();
    try {
      await this.database.remove(`${JSON.stringify(this.user)}\n`);
    } catch {
      this.lasting = false;
    }
  }

  close(): void {
    this.database.close();
  }
}
