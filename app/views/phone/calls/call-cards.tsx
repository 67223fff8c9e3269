import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import type { Telephony } from '../../../telephony/index.ts';
import { useReadable } from '../../controls/use-readable.ts';
import { texts } from '../../texts/language.ts';
import { deskOf } from '../desk.ts';
import { usePiece } from '../growing.tsx';
import { CallCard } from './call-card.tsx';
import { CallNews } from './call-news.tsx';
import { inOrder } from './order.ts';

/** A card takes some milliseconds to be drawn, and each event draws them anew. */
const kPiece = 12;

/** All running calls, one beside or below the other. Also for pages on which one does not work. */
export function CallCards({ telephony }: { readonly telephony: Telephony }) {
  const calls = useReadable(telephony.calls.list).value;
  const { stale } = useReadable(telephony.calls.status).value;
  const { phase } = useReadable(telephony.state).value;
  const box = useRef<HTMLElement>(null);
  const { work } = texts.value;
  useKeptFocus(box);
  useEffect(() => {
    // While the calls are read for the first time, none of them has ended.
    if (!stale) deskOf(telephony).keepTransfersOf(telephony.calls.list.get());
  }, [telephony, calls, stale]);
  const cards = inOrder(calls);
  const { shown, more } = usePiece(cards, cards.length === 0 ? 'none' : 'some', kPiece);
  return (
    <section class="calls" aria-label={work.running} tabIndex={-1} ref={box}>
      <CallNews telephony={telephony} />
      {shown.length > 0 && stale && phase === 'ready' ? <p class="hint">{work.stale}</p> : null}
      {shown.length === 0 ? null : (
        <>
          <h2 class="unseen">{work.running}</h2>
          <ul class="cards">
            {shown.map((call) => (
              <li key={call.id}>
                <CallCard telephony={telephony} call={call} />
              </li>
            ))}
          </ul>
          {more}
        </>
      )}
    </section>
  );
}

/**
 * Cards move when a call is answered, and go when it ends; an element that is moved loses the
 * focus. It comes back, or goes to the section when its card has gone: never onto another call's
 * button.
 */
function useKeptFocus(box: { readonly current: HTMLElement | null }): void {
  const active = typeof document === 'undefined' ? null : document.activeElement;
  const before =
    active instanceof HTMLElement && box.current?.contains(active) === true ? active : null;
  useLayoutEffect(() => {
    if (before === null || document.activeElement === before) return;
    if (before.isConnected) before.focus();
    else box.current?.focus();
  });
}
