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
 */
export function usePiece<T>(all: readonly T[], question: string): Piece<T> {
  const [grown, setGrown] = useState({ question, count: kPiece });
  if (grown.question !== question) setGrown({ question, count: kPiece });
  const count = grown.question === question ? grown.count : kPiece;
  const left = all.length - count;
  const grow = (): void => {
    setGrown({ question, count: count + kPiece });
  };
  return {
    shown: left > 0 ? all.slice(0, count) : all,
    more: left > 0 ? <More key={count} left={left} onMore={grow} /> : null,
  };
}

function More({ left, onMore }: { readonly left: number; readonly onMore: () => void }) {
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
        {texts.value.settings.more(Math.min(left, kPiece))}
      </Button>
    </div>
  );
}
