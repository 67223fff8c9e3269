import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { Button } from '../controls/button.tsx';
import { Icon } from '../controls/icon.tsx';
import * as icons from '../controls/icons.ts';
import { texts } from '../texts/language.ts';

export interface DropCardProps {
  readonly onFiles: (files: readonly File[]) => void;
  readonly onText: (text: string) => void;
  readonly children: (over: boolean) => ComponentChildren;
}

/** A card that takes files anywhere on it, and pasted files and key files' texts. */
export function DropCard({ onFiles, onText, children }: DropCardProps) {
  const [over, setOver] = useState(false);
  // Enter and leave come for each element inside.
  const depth = useRef(0);
  const withFiles = (event: DragEvent): boolean =>
    event.dataTransfer?.types.includes('Files') === true;
  return (
    <section
      class={`card ${over ? 'over' : ''}`}
      onDragEnter={(event) => {
        if (!withFiles(event)) return;
        event.preventDefault();
        depth.current += 1;
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!withFiles(event)) return;
        depth.current -= 1;
        if (depth.current <= 0) setOver(false);
      }}
      onDragOver={(event) => {
        if (!withFiles(event)) return;
        event.preventDefault();
        if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy';
      }}
      onDrop={(event) => {
        if (!withFiles(event)) return;
        event.preventDefault();
        depth.current = 0;
        setOver(false);
        onFiles(Array.from(event.dataTransfer?.files ?? []));
      }}
      onPaste={(event) => {
        const files = Array.from(event.clipboardData?.files ?? []);
        const text = event.clipboardData?.getData('text/plain') ?? '';
        // Anything else is text for the field.
        if (files.length === 0 && !text.trimStart().startsWith('{')) return;
        event.preventDefault();
        if (files.length > 0) onFiles(files);
        else onText(text);
      }}
    >
      {children(over)}
    </section>
  );
}

/** What the card shows of that. */
export function DropZone(props: {
  readonly over: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}) {
  const t = texts.value.connect;
  const input = useRef<HTMLInputElement>(null);
  return (
    <div class="drop">
      <Icon of={icons.keyFile} />
      <strong>{props.over ? t.dropNow : t.dropHere}</strong>
      <span class="ways">
        {t.ways.before}
        <Button kind="link" onClick={() => input.current?.click()}>
          {t.chooseFile}
        </Button>
        {t.ways.after}
      </span>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t.fileInput}
        accept=".key,.json,application/json"
        onChange={(event) => {
          const files = Array.from(event.currentTarget.files ?? []);
          // The same file may be chosen again after it was corrected.
          event.currentTarget.value = '';
          if (files.length > 0) props.onFiles(files);
        }}
      />
    </div>
  );
}
