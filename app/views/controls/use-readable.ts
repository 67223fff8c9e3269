import type { ReadonlySignal } from '@preact/signals';
import { signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';

/** What the layers below offer: Readable of connection/store.ts. */
export interface ReadableLike<T> {
  get(): T;
  subscribe(listener: (value: T) => void): () => void;
}

/** A signal that follows the state for as long as the component is there. */
export function useReadable<T>(readable: ReadableLike<T>): ReadonlySignal<T> {
  const value = useMemo(() => signal(readable.get()), [readable]);
  useEffect(() => {
    // It may have changed between the first rendering and now.
    value.value = readable.get();
    return readable.subscribe((next) => {
      value.value = next;
    });
  }, [readable, value]);
  return value;
}
