import type { ComponentChildren, Ref } from 'preact';
import { useEffect, useId } from 'preact/hooks';

import { Icon } from './icon.tsx';
import * as icons from './icons.ts';

export interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly error?: string | null;
  readonly hint?: ComponentChildren;
  readonly type?: 'text' | 'password' | 'search' | 'tel';
  readonly name?: string;
  readonly autoComplete?: string;
  readonly placeholder?: string;
  readonly inputMode?: 'text' | 'tel' | 'search' | 'url';
  readonly readOnly?: boolean;
  readonly spellCheck?: boolean;
  readonly maxLength?: number;
  /** Takes the focus when it comes onto the screen. */
  readonly autoFocus?: boolean;
  /** The label is for screen readers only. */
  readonly bare?: boolean;
  /** Stands inside the field, at its end: a button. */
  readonly after?: ComponentChildren;
  readonly class?: string;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly onKeyUp?: (event: KeyboardEvent) => void;
  readonly onPaste?: (event: ClipboardEvent) => void;
  readonly onBlur?: () => void;
  readonly inputRef?: Ref<HTMLInputElement>;
}

/** A line of text with its label, its hint and, in place of the hint, what is wrong with it. */
export function Field(props: FieldProps) {
  const id = useId();
  const { error = null, hint = null, autoFocus = false } = props;
  useEffect(() => {
    // Not the attribute: browsers block it in Teams' frame. And nobody is drawn away from elsewhere.
    if (autoFocus && document.hasFocus()) document.getElementById(id)?.focus();
  }, []);
  // Preact's types tell inputs apart by their type; these all take the same attributes.
  const type = (props.type ?? 'text') as 'text';
  const below = error !== null || hint !== null;
  return (
    <div class={`field ${error === null ? '' : 'wrong'} ${props.class ?? ''}`}>
      <label class={props.bare === true ? 'unseen' : ''} for={id}>
        {props.label}
      </label>
      <div class="box">
        <input
          id={id}
          ref={props.inputRef ?? null}
          type={type}
          name={props.name}
          value={props.value}
          autoComplete={props.autoComplete ?? 'off'}
          autoCapitalize="off"
          placeholder={props.placeholder}
          inputMode={props.inputMode}
          readOnly={props.readOnly}
          maxLength={props.maxLength}
          spellcheck={props.spellCheck ?? false}
          aria-invalid={error === null ? undefined : 'true'}
          aria-describedby={below ? `${id}-below` : undefined}
          onInput={(event) => {
            props.onInput(event.currentTarget.value);
          }}
          onKeyDown={props.onKeyDown}
          onKeyUp={props.onKeyUp}
          onPaste={props.onPaste}
          onBlur={props.onBlur}
        />
        {props.after}
      </div>
      <Below id={id} error={error} hint={hint} />
    </div>
  );
}

/** Below the box of the field with that id: its hint or, in place of it, what is wrong. */
export function Below(props: {
  readonly id: string;
  readonly error: string | null;
  readonly hint: ComponentChildren;
}) {
  const { id, error, hint } = props;
  return (
    <div id={`${id}-below`} class="below" role={error === null ? undefined : 'alert'}>
      {error === null ? (
        hint
      ) : (
        <>
          <Icon of={icons.error} />
          <span>{error}</span>
        </>
      )}
    </div>
  );
}

export interface CheckboxProps {
  readonly label: ComponentChildren;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly hint?: ComponentChildren;
  readonly disabled?: boolean;
}

export function Checkbox(props: CheckboxProps) {
  return <Tick {...props} kind="checkbox" />;
}

/** On or off, and so at once. */
export function Switch(props: CheckboxProps) {
  return <Tick {...props} kind="switch" />;
}

function Tick(props: CheckboxProps & { readonly kind: 'checkbox' | 'switch' }) {
  const id = useId();
  return (
    <div class={props.kind}>
      <input
        id={id}
        type="checkbox"
        role={props.kind === 'switch' ? 'switch' : undefined}
        checked={props.checked}
        disabled={props.disabled}
        aria-describedby={props.hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => {
          const { checked } = event.currentTarget;
          // What is shown is the state, not what was clicked: it follows when it has come true.
          event.currentTarget.checked = props.checked;
          props.onChange(checked);
        }}
      />
      <label for={id}>{props.label}</label>
      {props.hint === undefined ? null : (
        <p id={`${id}-hint`} class="hint">
          {props.hint}
        </p>
      )}
    </div>
  );
}
