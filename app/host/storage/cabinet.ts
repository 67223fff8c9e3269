// What is kept in the browser, each record under the user of the host, so that another Teams user
// in the same browser sees none of it.

/**
 * `long` outlives the window (IndexedDB); `tab` ends with it (sessionStorage holds the name of a
 * record in IndexedDB, because sessionStorage cannot hold CryptoKeys).
 */
export type Life = 'tab' | 'long';

export interface Cabinet {
  /** False where the browser lets nothing be kept: then it is kept for as long as the page lives. */
  readonly lasting: boolean;
  load(name: string, life: Life): Promise<unknown>;
  /** Values that structured clone takes, CryptoKeys too. */
  save(name: string, life: Life, value: unknown): Promise<void>;
  forget(name: string, life: Life): Promise<void>;
  /** Everything of this user, of both lives. */
  clear(): Promise<void>;
}

/** Keeps records in memory: where storage is blocked, and in tests. */
export class MemoryCabinet implements Cabinet {
  readonly lasting = false;
  private readonly records = new Map<string, unknown>();

  load(name: string, life: Life): Promise<unknown> {
    return Promise.resolve(this.records.get(`${life}/${name}`));
  }

  save(name: string, life: Life, value: unknown): Promise<void> {
    this.records.set(`${life}/${name}`, value);
    return Promise.resolve();
  }

  forget(name: string, life: Life): Promise<void> {
    this.records.delete(`${life}/${name}`);
    return Promise.resolve();
  }

  clear(): Promise<void> {
    this.records.clear();
    return Promise.resolve();
  }
}
