// Whether something is on the screen, or will soon be.

import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** Beyond the edge, so that nobody who scrolls sees something empty. */
const kMargin = '800px 0px';

type Listener = (near: boolean) => void;

const kListeners = new WeakMap<Element, Listener>();
let shared: IntersectionObserver | null = null;

/** What was reported and not told yet. */
const waiting = new Map<Element, boolean>();
let pausing = false;

/** Tells one in each turn: a jump of the scroll bar must not draw everything at once. */
function next(): void {
  if (pausing) return;
  for (const [element, near] of waiting) {
    waiting.delete(element);
    const listener = kListeners.get(element);
    if (listener === undefined) continue;
    listener(near);
    pausing = true;
    setTimeout(() => {
      pausing = false;
      next();
    });
    return;
  }
}

function observe(element: Element, listener: Listener): () => void {
  shared ??= new IntersectionObserver(
    (changes) => {
      for (const one of changes) waiting.set(one.target, one.isIntersecting);
      next();
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
