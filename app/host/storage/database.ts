// One table of records in IndexedDB.

const NAME = 'starface-teams';
const TABLE = 'records';
/** A database that another window keeps from opening is not waited for longer. */
const OPEN_MS = 2_000;

export interface Stored {
  readonly savedAt: number;
  readonly value: unknown;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error('IndexedDB failed'));
    };
  });
}

export class Database {
  private readonly database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.database = database;
    // A later version of the page may change the table.
    database.onversionchange = () => {
      database.close();
    };
  }

  /** null where the browser has none, or lets none be used. */
  static async open(): Promise<Database | null> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLong = new Promise<null>((resolve) => {
      timer = setTimeout(() => {
        resolve(null);
      }, OPEN_MS);
    });
    try {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(TABLE);
      };
      const database = await Promise.race([settled(request), tooLong]);
      return database === null ? null : new Database(database);
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  private table(mode: IDBTransactionMode): IDBObjectStore {
    return this.database.transaction(TABLE, mode).objectStore(TABLE);
  }

  async get(key: string): Promise<Stored | undefined> {
    return (await settled(this.table('readonly').get(key))) as Stored | undefined;
  }

  async put(key: string, record: Stored): Promise<void> {
    const table = this.table('readwrite');
    table.put(record, key);
    await this.done(table.transaction);
  }

  async delete(key: string): Promise<void> {
    const table = this.table('readwrite');
    table.delete(key);
    await this.done(table.transaction);
  }

  /** Those whose keys begin so; `which` may leave some. */
  async remove(prefix: string, which: (record: Stored) => boolean = () => true): Promise<void> {
    const table = this.table('readwrite');
    const cursor = table.openCursor(IDBKeyRange.bound(prefix, `${prefix}\uffff`));
    cursor.onsuccess = () => {
      const at = cursor.result;
      if (at === null) return;
      if (which(at.value as Stored)) at.delete();
      at.continue();
    };
    await this.done(table.transaction);
  }

  private done(transaction: IDBTransaction): Promise<void> {
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => {
        resolve();
      };
      transaction.onabort = () => {
        reject(transaction.error ?? new Error('IndexedDB gave up'));
      };
    });
  }

  close(): void {
    this.database.close();
  }
}
