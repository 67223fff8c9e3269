// The smallest observable state. With Preact signals:
//
//     const calls = signal(store.get());
//     store.subscribe((value) => (calls.value = value));

export interface Readable<T> {
  get(): T;
  /** Told of each change, not of the present value. Returns what ends it. */
  subscribe(listener: (value: T) => void): () => void;
}

export class Store<T> implements Readable<T> {
  private readonly listeners = new Set<(value: T) => void>();

  private value: T;

  constructor(value: T) {
    this.value = value;
  }

  get(): T {
    return this.value;
  }

  /** The same value (Object.is) is no change. */
  set(value: T): void {
    if (Object.is(value, this.value)) return;
    this.value = value;
    for (const listener of [...this.listeners]) {
      // A listener may set the store again, or be gone by now.
      if (!Object.is(this.value, value)) return;
      if (this.listeners.has(listener)) tell(listener, value);
    }
  }

  /** Changes members of an object; members that are equal already are no change. */
  patch(changes: Partial<T>): void {
    this.set(patched(this.value, changes));
  }

  subscribe(listener: (value: T) => void): () => void {
    const own = (value: T): void => {
      listener(value);
    };
    this.listeners.add(own);
    return () => this.listeners.delete(own);
  }

  /** How many listen: a clock that nobody watches need not tick. */
  get watched(): number {
    return this.listeners.size;
  }
}

/** A listener that throws is its own affair: it must not keep a command from ending. */
export function tell<T>(listener: (value: T) => void, value: T): void {
  try {
    listener(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** A copy with the changes, or the object itself when nothing differs. */
export function patched<T>(value: T, changes: Partial<T>): T {
  for (const key of Object.keys(changes) as (keyof T)[]) {
    if (!Object.is(value[key], changes[key])) return { ...value, ...changes };
  }
  return value;
}
