// Which rows of a list the user can see: only their lamps are asked for.

import { useEffect, useState } from 'preact/hooks';

import type { Clock } from '../../../connection/index.ts';

/** While somebody scrolls, nothing is asked. */
const kRestMs = 250;

/**
 * The ids (data-id) of the rows in the list that are on the screen; all of them where the engine
 * cannot tell.
 *
 * @param rows the ids of the rows that are rendered, joined: another text, other rows.
 */
export function useOnScreen(
  list: { readonly current: HTMLElement | null },
  rows: string,
  clock: Clock,
): readonly string[] {
  const [seen, setSeen] = useState<readonly string[]>([]);
  useEffect(() => {
    const elements = [...(list.current?.querySelectorAll<HTMLElement>('[data-id]') ?? [])];
    if (!('IntersectionObserver' in window)) {
      setSeen(elements.map(idOf));
      return;
    }
    const visible = new Set<Element>();
    let callOff: (() => void) | null = null;
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) visible.add(target);
        else visible.delete(target);
      }
      callOff?.();
      callOff = clock.after(kRestMs, () => {
        setSeen(elements.filter((one) => visible.has(one)).map(idOf));
      });
    });
    for (const element of elements) observer.observe(element);
    return () => {
      callOff?.();
      observer.disconnect();
    };
  }, [list, rows, clock]);
  return seen;
}

function idOf(element: HTMLElement): string {
  return element.dataset['id'] ?? '';
}
