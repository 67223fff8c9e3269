// Moving in a row or a column by the keyboard.

const ROW: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };
const COLUMN: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1 };

/** The place after that key; null for a key that does not move. Goes round at the ends. */
export function step(key: string, at: number, count: number, way: 'row' | 'column'): number | null {
  if (count === 0) return null;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const by = (way === 'row' ? ROW : COLUMN)[key];
  return by === undefined ? null : (at + by + count) % count;
}
