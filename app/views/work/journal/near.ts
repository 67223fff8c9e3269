// Whether something is on the screen, or will soon be.

import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** Two screens of rows beyond the edge, so that nobody scrolls into something empty. */
const kMargin = '1200px 0px';

type Listener = (near: boolean) => void;

const kListeners = new WeakMap<Element, Listener>();
let shared: IntersectionObserver | null = null;

function observe(element: Element, listener: Listener): () => void {
  shared ??= new IntersectionObserver(
    (changes) => {
      for (const one of changes) kListeners.get(one.target)?.(one.isIntersecting);
    },
    { rootMargin: kMargin },
  );
  const observer = shared;
  kListeners.set(element, listener);
  observer.observe(element);
  return () => {
    kListeners.delete(element);
    observer.unobserve(element);
  };
}

/**
 * @param renewed observes again when it changes: what is still near then is reported once more.
 * @returns true where the browser cannot tell.
 */
export function useNear(
  ref: RefObject<Element | null>,
  initially: boolean,
  onNear?: () => void,
  renewed?: unknown,
): boolean {
  const able = typeof IntersectionObserver !== 'undefined';
  const [near, setNear] = useState(initially || !able);
  useEffect(() => {
    if (ref.current === null || !able) return;
    return observe(ref.current, (next) => {
      setNear(next);
      if (next) onNear?.();
    });
  }, [able, renewed]);
  return near;
}
