import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

import { Icon } from './icon.tsx';
import * as icons from './icons.ts';
import { step } from './keys.ts';

export interface MenuItem {
  readonly key: string;
  readonly label: string;
  readonly detail?: string;
  readonly icon?: string;
  /** Given: it is one of several that exclude each other. */
  readonly checked?: boolean;
  readonly onSelect: () => void;
}

export interface MenuProps {
  /** What the button shows. */
  readonly children: ComponentChildren;
  /** What it is, when `children` do not say it. */
  readonly label?: string;
  readonly items: readonly MenuItem[];
  readonly class?: string;
  /** At which end of the button the list begins. */
  readonly align?: 'start' | 'end';
  readonly arrow?: boolean;
}

/** A button that opens a list of commands, or of choices. */
export function Menu(props: MenuProps) {
  const { items, align = 'start', arrow = true } = props;
  const [open, setOpen] = useState(false);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const entries = (): HTMLElement[] =>
    Array.from(box.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? []);

  useEffect(() => {
    if (!open) return;
    const chosen = items.findIndex((item) => item.checked === true);
    entries()[Math.max(chosen, 0)]?.focus();
    const outside = (event: Event): void => {
      if (event.target instanceof Node && box.current?.contains(event.target) !== true) {
        setOpen(false);
      }
    };
    document.addEventListener('pointerdown', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
    };
  }, [open]);

  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const keys = (event: KeyboardEvent): void => {
    if (!open) {
      if (event.key !== 'ArrowDown') return;
      event.preventDefault();
      setOpen(true);
      return;
    }
    if (event.key === 'Tab') {
      setOpen(false);
      return;
    }
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      close();
      return;
    }
    const list = entries();
    const next = step(event.key, list.indexOf(event.target as HTMLElement), list.length, 'column');
    if (next === null) return;
    event.preventDefault();
    list[next]?.focus();
  };

  return (
    <div class={`menu ${props.class ?? ''}`} ref={box} onKeyDown={keys}>
      <button
        ref={button}
        type="button"
        class="button subtle"
        aria-haspopup="menu"
        aria-expanded={open ? 'true' : 'false'}
        aria-controls={open ? id : undefined}
        aria-label={props.label}
        title={props.label}
        onClick={() => {
          setOpen(!open);
        }}
      >
        {props.children}
        {arrow ? <Icon of={icons.chevronDown} /> : null}
      </button>
      {open ? (
        <div id={id} class={`list ${align}`} role="menu" aria-label={props.label}>
          {items.map((item) => (
            <button
              key={item.key}
              type="button"
              role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
              aria-checked={item.checked}
              tabIndex={-1}
              onClick={() => {
                close();
                item.onSelect();
              }}
            >
              {item.checked === undefined ? null : (
                <Icon of={icons.check} class={item.checked ? 'tick' : 'tick off'} />
              )}
              {item.icon === undefined ? null : <Icon of={item.icon} />}
              <span class="label">
                {item.label}
                {item.detail === undefined ? null : <small>{item.detail}</small>}
              </span>
            </button>
          ))}
        </div>
      ) : null}
    </div>
  );
}
