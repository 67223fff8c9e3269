// Which rows of a list the user can see: only their lamps are asked for.

import { useEffect, useRef } from 'preact/hooks';

import type { Clock } from '../../../connection/index.ts';

/** While somebody scrolls, nothing is asked. */
const kRestMs = 250;

/** Told of the rows that are seen now. Returns what ends it; it is called before the next time. */
export type OnSeen = (ids: readonly string[]) => () => void;

/** Follows the rows (data-id) of one list. Where the engine cannot tell, all of them are seen. */
class Sight {
  private readonly clock: Clock;
  private readonly onSeen: OnSeen;
  private readonly observer: IntersectionObserver | null;
  private rows: ReadonlySet<HTMLElement> = new Set();
  private readonly visible = new Set<Element>();
  private callOff: (() => void) | null = null;
  private end: (() => void) | null = null;

  constructor(clock: Clock, onSeen: OnSeen) {
    this.clock = clock;
    this.onSeen = onSeen;
    this.observer =
      'IntersectionObserver' in window
        ? new IntersectionObserver((entries) => {
            this.moved(entries);
          })
        : null;
  }

  /** After each rendering with other rows. */
  follow(list: HTMLElement | null): void {
    const rows = new Set(list?.querySelectorAll<HTMLElement>('[data-id]') ?? []);
    const before = this.rows;
    this.rows = rows;
    if (this.observer === null) {
      this.tell();
      return;
    }
    for (const row of rows) if (!before.has(row)) this.observer.observe(row);
    for (const row of before) {
      if (rows.has(row)) continue;
      this.observer.unobserve(row);
      this.visible.delete(row);
    }
  }

  stop(): void {
    this.callOff?.();
    this.observer?.disconnect();
    this.end?.();
  }

  private moved(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.visible.add(target);
      else this.visible.delete(target);
    }
    this.callOff?.();
    this.callOff = this.clock.after(kRestMs, () => {
      this.tell();
    });
  }

  private tell(): void {
    const seen = [...this.rows].filter((row) => this.observer === null || this.visible.has(row));
    // The new ones first: what both show is not forgotten in between.
    const { end } = this;
    this.end = this.onSeen(seen.map((row) => row.dataset['id'] ?? ''));
    end?.();
  }
}

/**
 * Tells of the rows on the screen without rendering anything.
 *
 * @param rows changes whenever other rows are rendered.
 * @param onSeen null: nobody is looking.
 */
export function useOnScreen(
  list: { readonly current: HTMLElement | null },
  rows: unknown,
  clock: Clock,
  onSeen: OnSeen | null,
): void {
  const sight = useRef<Sight | null>(null);
  useEffect(() => {
    if (onSeen === null) return;
    const own = new Sight(clock, onSeen);
    sight.current = own;
    own.follow(list.current);
    return () => {
      own.stop();
      sight.current = null;
    };
  }, [list, clock, onSeen]);
  useEffect(() => {
    sight.current?.follow(list.current);
  }, [list, rows]);
}
