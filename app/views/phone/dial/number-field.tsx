import type { Ref } from 'preact';
import { useEffect, useId, useMemo, useState } from 'preact/hooks';

import type { FoundContacts, Telephony } from '../../../telephony/index.ts';
import { displayNumber, parseNumber } from '../../../telephony/index.ts';
import { ClearButton } from '../../controls/clear-button.tsx';
import { Below } from '../../controls/field.tsx';
import { step } from '../../controls/keys.ts';
import { Spinner } from '../../controls/spinner.tsx';
import { useReadable } from '../../controls/use-readable.ts';
import { texts } from '../../texts/language.ts';
import { useLeaving } from './leaving.ts';
import { SuggestionList } from './suggestion-list.tsx';
import type { Suggestion } from './suggestions.ts';
import { suggest } from './suggestions.ts';

export interface NumberFieldProps {
  readonly telephony: Telephony;
  readonly label: string;
  /** The label is for screen readers, and stands in the empty field. */
  readonly bare?: boolean;
  readonly value: string;
  readonly onInput: (value: string) => void;
  /** Enter, when nothing is chosen in the list. */
  readonly onEnter: () => void;
  /** Esc, when there is nothing left to clear. */
  readonly onLeave?: () => void;
  readonly error?: string | null;
  readonly hint?: string | null;
  /** Offers colleagues before anything is typed. */
  readonly eager?: boolean;
  /** A number that is not offered. */
  readonly except?: string;
  readonly inputRef?: Ref<HTMLInputElement>;
}

/** A number, typed or pasted in any spelling, or chosen from contacts that fit. */
export function NumberField(props: NumberFieldProps) {
  const { telephony, value, error = null, hint = null, eager = false } = props;
  const id = useId();
  const colleagues = useReadable(telephony.colleagues.state).value.value;
  const { entries } = useReadable(telephony.journal.state).value;
  const [open, setOpen] = useState(false);
  // By its number: what comes later from the address book does not move the choice.
  const [choice, choose] = useState<string | null>(null);
  const offered = open && (eager || value.trim() !== '');
  const found = useContacts(telephony, offered ? value : '');
  const list = offered ? suggest(value, { colleagues, entries, found }, props.except) : [];
  const at = list.findIndex((one) => one.number === choice);
  const chosen = list[at];

  const { work } = texts.value;
  // Of a number it is no news that nobody is known by it.
  const none = found.words !== '' && /\p{L}/u.test(value) ? work.noneFound : '';
  const said = list.length > 0 ? work.found(list.length) : none;
  const leave = useLeaving(list.length > 0, () => {
    setOpen(false);
    choose(null);
  });
  const change = (next: string): void => {
    choose(null);
    setOpen(true);
    props.onInput(next);
  };
  const take = (one: Suggestion): void => {
    choose(null);
    setOpen(false);
    props.onInput(displayNumber(one.number));
  };
  const escape = (event: KeyboardEvent): void => {
    event.stopPropagation();
    choose(null);
    setOpen(false);
    if (value !== '') props.onInput('');
    else props.onLeave?.();
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === 'Escape') escape(event);
    else if (event.key === 'Enter') {
      event.preventDefault();
      // Held down it is one press: what it has chosen is not called by its repetition.
      if (event.repeat) return;
      setOpen(false);
      if (chosen === undefined) props.onEnter();
      else take(chosen);
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      setOpen(true);
      // Without a choice, up leads to the last one and down to the first.
      const from = at === -1 && event.key === 'ArrowUp' ? 0 : at;
      const next = step(event.key, from, list.length, 'column');
      if (next === null) return;
      event.preventDefault();
      choose(list[next]?.number ?? null);
    }
  };
  const paste = (event: ClipboardEvent): void => {
    const input = event.currentTarget as HTMLInputElement;
    const all = input.selectionStart === 0 && input.selectionEnd === value.length;
    const text = event.clipboardData?.getData('text') ?? '';
    const parsed = parseNumber(text);
    if (!all || text === '') return;
    // A line field would join the lines of several numbers to one.
    if (!parsed.ok && parsed.reason !== 'several') return;
    event.preventDefault();
    change(parsed.ok ? displayNumber(parsed.digits) : text.trim().replace(/[\r\n]+/g, '; '));
    setOpen(false);
  };

  return (
    <div class={`field number-field ${error === null ? '' : 'wrong'}`}>
      <label class={props.bare === true ? 'unseen' : ''} for={id}>
        {props.label}
      </label>
      <div class="box">
        <input
          id={id}
          ref={props.inputRef ?? null}
          type="text"
          inputMode="tel"
          enterKeyHint="go"
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={list.length > 0 ? 'true' : 'false'}
          aria-controls={list.length > 0 ? `${id}-list` : undefined}
          aria-activedescendant={chosen === undefined ? undefined : `${id}-${at}`}
          aria-invalid={error === null ? undefined : 'true'}
          aria-describedby={error === null && hint === null ? undefined : `${id}-below`}
          autoComplete="off"
          autoCapitalize="off"
          spellcheck={false}
          maxLength={500}
          placeholder={props.bare === true ? props.label : undefined}
          value={value}
          onInput={(event) => {
            change(event.currentTarget.value);
          }}
          onKeyDown={keys}
          onPaste={paste}
          onFocus={() => {
            if (eager) setOpen(true);
          }}
          onBlur={leave}
        />
        {found.waiting ? <Spinner /> : null}
        <ClearButton
          value={value}
          label={work.clear}
          onClear={() => {
            props.onInput('');
          }}
        />
      </div>
      <SuggestionList
        telephony={telephony}
        id={`${id}-list`}
        itemId={id}
        list={list}
        chosen={at}
        onTake={take}
      />
      <span class="unseen" role="status">
        {found.waiting ? work.searching : said}
      </span>
      <Below id={id} error={error} hint={hint} />
    </div>
  );
}

/** Those of the address book that fit the words, as they come. */
function useContacts(telephony: Telephony, words: string): FoundContacts {
  const search = useMemo(() => telephony.newSearch(), [telephony]);
  useEffect(() => {
    search.look(words);
  }, [search, words]);
  useEffect(
    () => () => {
      search.look('');
    },
    [search],
  );
  return useReadable(search.state).value;
}
