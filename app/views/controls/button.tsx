import type { ComponentChildren, Ref } from 'preact';

import { Icon } from './icon.tsx';
import { Spinner } from './spinner.tsx';

export type ButtonKind = 'primary' | 'secondary' | 'subtle' | 'success' | 'danger' | 'link';

export interface ButtonProps {
  readonly kind?: ButtonKind;
  readonly icon?: string;
  readonly onClick?: (event: MouseEvent) => void;
  readonly children: ComponentChildren;
  readonly submit?: boolean;
  /** Shows that its work is under way; it stays focused, and clicks do nothing. */
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  /** Has the focus when the dialog around it opens. */
  readonly autoFocus?: boolean;
  /** Read out instead of `children`, which it contains: one of several buttons with one text. */
  readonly label?: string;
  readonly class?: string;
  readonly id?: string;
  readonly buttonRef?: Ref<HTMLButtonElement>;
}

export function Button(props: ButtonProps) {
  const { kind = 'secondary', icon, busy = false, disabled = false, submit = false } = props;
  const idle = !busy && !disabled;
  return (
    <button
      id={props.id}
      ref={props.buttonRef ?? null}
      class={`button ${kind} ${props.class ?? ''}`}
      type={submit ? 'submit' : 'button'}
      // Not `disabled`: the focus would be lost, and screen readers would not come past.
      aria-disabled={idle ? undefined : 'true'}
      aria-label={props.label}
      aria-pressed={props.pressed}
      aria-busy={busy ? 'true' : undefined}
      data-first={props.autoFocus === true ? '' : undefined}
      onClick={(event) => {
        if (idle) props.onClick?.(event);
        else event.preventDefault();
      }}
    >
      {busy ? <Spinner /> : icon === undefined ? null : <Icon of={icon} />}
      <span class="label">{props.children}</span>
    </button>
  );
}

export interface IconButtonProps {
  readonly icon: string;
  /** Read out, and shown when the pointer rests on the button. */
  readonly label: string;
  readonly onClick: (event: MouseEvent) => void;
  readonly kind?: ButtonKind;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly class?: string;
}

export function IconButton(props: IconButtonProps) {
  const { kind = 'subtle', disabled = false } = props;
  return (
    <button
      class={`button icon-only ${kind} ${props.class ?? ''}`}
      type="button"
      title={props.label}
      aria-label={props.label}
      aria-pressed={props.pressed}
      aria-disabled={disabled ? 'true' : undefined}
      onClick={(event) => {
        if (!disabled) props.onClick(event);
      }}
    >
      <Icon of={props.icon} />
    </button>
  );
}
