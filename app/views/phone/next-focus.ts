// Where the focus goes when the row that had it is removed: to the row that takes its place.

import { useEffect, useRef } from 'preact/hooks';

/**
 * @param count how many rows there are.
 * @returns to be called with the place of the row that is going to be removed. The last button of
 *   the row that follows gets the focus, unless the user has moved it elsewhere meanwhile.
 */
export function useNextFocus(
  list: { readonly current: HTMLElement | null },
  count: number,
): (at: number) => void {
  const place = useRef<number | null>(null);
  useEffect(() => {
    const at = place.current;
    if (at === null) return;
    place.current = null;
    const { activeElement, body } = document;
    if (activeElement !== null && activeElement !== body) return;
    const rows = [...(list.current?.children ?? [])];
    const row = rows[Math.min(at, rows.length - 1)];
    [...(row?.querySelectorAll('button') ?? [])].at(-1)?.focus();
  }, [list, count]);
  return (at) => {
    place.current = at;
  };
}
