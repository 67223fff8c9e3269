// Long lists, a piece at a time: the rest comes as the user scrolls there, or asks for it.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { Button } from '../controls/button.tsx';
import { texts } from '../texts/language.ts';

const kPiece = 50;

export interface Piece<T> {
  readonly shown: readonly T[];
  /** Stands behind the list; nothing when all is shown. */
  readonly more: ComponentChildren;
}

/**
 * @param question what the list answers: another one begins with one piece. So does one that comes
 *   back: hundreds of rows, drawn in one turn, would hold up what is being typed.
 * @param size how many are drawn at a time.
 */
export function usePiece<T>(all: readonly T[], question: string, size = kPiece): Piece<T> {
  const [grown, setGrown] = useState({ question, count: size });
  if (grown.question !== question) setGrown({ question, count: size });
  const count = grown.question === question ? grown.count : size;
  const left = all.length - count;
  const grow = (): void => {
    setGrown({ question, count: count + size });
  };
  return {
    shown: left > 0 ? all.slice(0, count) : all,
    more: left > 0 ? <More key={count} next={Math.min(left, size)} onMore={grow} /> : null,
  };
}

function More({ next, onMore }: { readonly next: number; readonly onMore: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current === null || !('IntersectionObserver' in window)) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) onMore();
      },
      { rootMargin: '200px' },
    );
    observer.observe(place.current);
    return () => {
      observer.disconnect();
    };
  }, [onMore]);
  return (
    <div class="more" ref={place}>
      <Button kind="subtle" onClick={onMore}>
        {texts.value.settings.more(next)}
      </Button>
    </div>
  );
}
