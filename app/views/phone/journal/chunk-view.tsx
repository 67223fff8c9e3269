import { Component } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

import type { Chunk } from './days.ts';
import { dayHeading } from './days.ts';
import type { EntryCommands } from './entry-row.tsx';
import { EntryRow } from './entry-row.tsx';
import { useNear } from './near.ts';

export interface ChunkProps {
  readonly chunk: Chunk;
  readonly today: string;
  readonly commands: EntryCommands;
  /** Drawn at once: it stands at the top. */
  readonly top: boolean;
}

const kRow = 56;
const kHeading = 36;

/** Drawn again only when something of it has changed. */
export class ChunkView extends Component<ChunkProps> {
  override shouldComponentUpdate(next: ChunkProps): boolean {
    const { chunk, today, commands } = this.props;
    return next.chunk !== chunk || next.today !== today || next.commands !== commands;
  }

  override render() {
    return <Rows {...this.props} />;
  }
}

/** The calls of a day, or of a part of it; an empty place of the same height while far away. */
function Rows({ chunk, today, commands, top }: ChunkProps) {
  const id = useId();
  const box = useRef<HTMLElement>(null);
  const near = useNear(box, top);
  const focused = box.current?.contains(document.activeElement) === true;
  const drawn = near || focused;
  const height = useRef(chunk.entries.length * kRow + (chunk.first ? kHeading : 0));
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    if (drawn) {
      element.style.removeProperty('min-height');
      height.current = element.offsetHeight || height.current;
    } else {
      element.style.setProperty('min-height', `${height.current}px`);
    }
  });
  const heading = dayHeading(chunk.day, today);
  return (
    <section
      ref={box}
      class="chunk"
      aria-labelledby={chunk.first ? id : undefined}
      aria-label={chunk.first ? undefined : heading}
    >
      {chunk.first ? <h3 id={id}>{heading}</h3> : null}
      {drawn ? (
        <ul class="rows">
          {chunk.entries.map((entry) => (
            <EntryRow key={entry.id} entry={entry} commands={commands} />
          ))}
        </ul>
      ) : null}
    </section>
  );
}
