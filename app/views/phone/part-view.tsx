// A part of the telephone on the screen: waiting, failed, or what it holds.

import type { ReadonlySignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useCallback } from 'preact/hooks';

import type { Method, PartState, Section, Telephony } from '../../telephony/index.ts';
import { isOffered } from '../../telephony/index.ts';
import { Button } from '../controls/button.tsx';
import * as icons from './icons.ts';
import { MessageBar } from '../controls/message-bar.tsx';
import { useReadable } from '../controls/use-readable.ts';
import { texts } from '../texts/language.ts';
import { unreadText } from './refusal.ts';

/** Which requests this user can make; follows what is learned while the page is open. */
export function useOffers(telephony: Telephony): (method: Method) => boolean {
  const offer = useReadable(telephony.capabilities.state);
  const now = offer.value;
  return useCallback((method: Method) => isOffered(now, method), [now]);
}

export interface PartViewProps<T> {
  readonly section: Section<T>;
  readonly state: ReadonlySignal<PartState<T>>;
  /** What is read out while it is loaded. */
  readonly loading: string;
  /** How many lines stand there while it is loaded. */
  readonly lines?: number;
  readonly children: (value: T) => ComponentChildren;
}

/** Shows nothing for a part that is hidden: the caller leaves out its heading then, too. */
export function PartView<T>(props: PartViewProps<T>) {
  const { value, status, error, loaded } = props.state.value;
  if (status === 'hidden') return null;
  // Also while it is read again: the button that asked for it keeps the focus.
  if (error !== null) {
    const { notLoaded, notRenewed, retry } = texts.value.settings;
    return (
      <>
        <MessageBar
          kind={loaded ? 'warning' : 'error'}
          title={loaded ? notRenewed : notLoaded}
          quiet={loaded}
          actions={
            <Button
              icon={icons.refresh}
              busy={status === 'reading'}
              onClick={() => void props.section.read()}
            >
              {retry}
            </Button>
          }
        >
          {unreadText(error)}
        </MessageBar>
        {loaded ? props.children(value) : null}
      </>
    );
  }
  if (!loaded) return <Ghosts label={props.loading} lines={props.lines ?? 3} />;
  return <>{props.children(value)}</>;
}

/** Grey lines where rows will be. */
function Ghosts({ label, lines }: { readonly label: string; readonly lines: number }) {
  return (
    <div class="ghosts" role="status">
      <span class="unseen">{label}</span>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} class="ghost" aria-hidden="true">
          <span class="round" />
          <span class="bar" />
        </div>
      ))}
    </div>
  );
}
