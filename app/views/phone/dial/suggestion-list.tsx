import { Icon } from '../../controls/icon.tsx';
import * as icons from '../icons.ts';
import { texts } from '../../texts/language.ts';
import { Name, PhoneNumber } from '../party.tsx';
import type { Suggestion } from './suggestions.ts';

/** Contacts below a number field. The focus stays in the field. */
export function SuggestionList(props: {
  readonly id: string;
  /** Options have the ids `itemId-0`, `itemId-1`, … */
  readonly itemId: string;
  readonly list: readonly Suggestion[];
  readonly chosen: number;
  readonly onTake: (one: Suggestion) => void;
}) {
  if (props.list.length === 0) return null;
  return (
    <ul
      id={props.id}
      class="suggestions"
      role="listbox"
      aria-label={texts.value.work.suggestions}
      onMouseDown={(event) => {
        event.preventDefault();
      }}
    >
      {props.list.map((one, at) => (
        <li
          key={one.number}
          id={`${props.itemId}-${at}`}
          role="option"
          aria-selected={at === props.chosen ? 'true' : 'false'}
          onClick={() => {
            props.onTake(one);
          }}
        >
          <Icon of={one.lamp === null ? icons.history : icons.person} />
          <span class="words">
            {one.name === '' ? null : <Name of={one.name} />}
            <span class="hint">
              <PhoneNumber of={one.number} />
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}
