import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

export interface DialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
  /** Buttons: first the way that the title asks about, last the way out. */
  readonly actions: ComponentChildren;
  /** Esc, or a click beside it. */
  readonly onClose: () => void;
  readonly class?: string;
}

/** A modal dialog, open for as long as it is rendered. The focus goes back to where it was. */
export function Dialog({ title, children, actions, onClose, class: name = '' }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    // Browsers block the attribute autofocus in Teams' frame.
    element?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => {
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`dialog ${name}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div class="sheet">
        <h2 id={id}>{title}</h2>
        <div class="body">{children}</div>
        <div class="actions">{actions}</div>
      </div>
    </dialog>
  );
}
