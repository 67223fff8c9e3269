import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

export interface PopoverProps {
  /** What the button shows. */
  readonly button: ComponentChildren;
  /** Shown when the pointer rests on the button. */
  readonly tip?: string;
  /** What the panel is. */
  readonly title: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  /** At which end of the button the panel stands. */
  readonly align?: 'start' | 'end';
}

/**
 * A button with a panel of controls under it. The panel leaves the rest of the page usable: it
 * closes when the focus or a click goes elsewhere, and by Esc.
 */
export function Popover(props: PopoverProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!open) return;
    panel.current?.focus();
    const outside = (event: Event): void => {
      if (event.target instanceof Node && box.current?.contains(event.target) !== true) {
        setOpen(false);
      }
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
    };
  }, [open]);

  return (
    <div
      class={`popover ${props.class ?? ''}`}
      ref={box}
      onKeyDown={(event) => {
        if (!open || event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        event.stopPropagation();
        setOpen(false);
        button.current?.focus();
      }}
    >
      <button
        ref={button}
        type="button"
        class="button subtle"
        aria-haspopup="dialog"
        aria-expanded={open ? 'true' : 'false'}
        aria-controls={open ? id : undefined}
        title={props.tip}
        onClick={() => {
          setOpen(!open);
        }}
      >
        {props.button}
      </button>
      {open ? (
        <div
          id={id}
          ref={panel}
          class={`panel ${props.align ?? 'end'}`}
          role="dialog"
          aria-label={props.title}
          tabIndex={-1}
        >
          {props.children}
        </div>
      ) : null}
    </div>
  );
}
