// One of several: all of them to be seen, or in a list that opens.

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export interface Option {
  readonly key: string;
  readonly label: string;
  readonly detail?: string;
}

export interface ChoiceProps {
  readonly label: string;
  readonly options: readonly Option[];
  /** Null: none is chosen. */
  readonly selected: string | null;
  readonly onSelect: (key: string) => void;
  readonly hint?: ComponentChildren;
}

export function Radios(props: ChoiceProps) {
  const id = useId();
  return (
    <fieldset class="radios">
      <legend>{props.label}</legend>
      {props.options.map((option, at) => (
        <label key={option.key}>
          <input
            type="radio"
            name={id}
            value={option.key}
            checked={option.key === props.selected}
            aria-describedby={option.detail === undefined ? undefined : `${id}-${at}`}
            onChange={(event) => {
              // What is shown is the state; it follows when it has come true.
              restore(event.currentTarget, props.selected);
              props.onSelect(option.key);
            }}
          />
          <span>
            <bdi class="cut">{option.label}</bdi>
            {option.detail === undefined ? null : (
              <small id={`${id}-${at}`} class="hint">
                {option.detail}
              </small>
            )}
          </span>
        </label>
      ))}
      {props.hint === undefined ? null : <p class="hint">{props.hint}</p>}
    </fieldset>
  );
}

/** The click has changed the one before, too. */
function restore(radio: HTMLInputElement, selected: string | null): void {
  const all = radio.closest('fieldset')?.querySelectorAll('input') ?? [];
  for (const one of all) one.checked = one.value === selected;
}

/** @param none stands there when none is chosen. */
export function Select(props: ChoiceProps & { readonly none: string }) {
  const id = useId();
  return (
    <div class="field select">
      <label for={id}>{props.label}</label>
      <div class="box">
        <select
          id={id}
          value={props.selected ?? ''}
          onChange={(event) => {
            const { value } = event.currentTarget;
            event.currentTarget.value = props.selected ?? '';
            if (value !== '') props.onSelect(value);
          }}
        >
          {props.selected === null ? <option value="">{props.none}</option> : null}
          {props.options.map((option) => (
            <option key={option.key} value={option.key}>
              {option.label}
            </option>
          ))}
        </select>
      </div>
      {props.hint === undefined ? null : <div class="below">{props.hint}</div>}
    </div>
  );
}
