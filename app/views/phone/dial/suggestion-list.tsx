import { useEffect } from 'preact/hooks';

import type { Telephony } from '../../../telephony/index.ts';
import { Icon } from '../../controls/icon.tsx';
import * as icons from '../icons.ts';
import { texts } from '../../texts/language.ts';
import { Name, PhoneNumber } from '../party.tsx';
import { Picture } from '../people/picture.tsx';
import type { Suggestion } from './suggestions.ts';

const kSigns = { keys: icons.person, journal: icons.history, contacts: icons.people };

/** Contacts below a number field. The focus stays in the field. */
export function SuggestionList(props: {
  readonly telephony: Telephony;
  readonly id: string;
  /** Options have the ids `itemId-0`, `itemId-1`, … */
  readonly itemId: string;
  readonly list: readonly Suggestion[];
  readonly chosen: number;
  readonly onTake: (one: Suggestion) => void;
}) {
  const { itemId, chosen } = props;
  useEffect(() => {
    document.getElementById(`${itemId}-${chosen}`)?.scrollIntoView({ block: 'nearest' });
  }, [itemId, chosen]);
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
          id={`${itemId}-${at}`}
          role="option"
          aria-selected={at === chosen ? 'true' : 'false'}
          onClick={() => {
            props.onTake(one);
          }}
        >
          <span class="face">
            <Icon of={kSigns[one.from]} />
            <Picture telephony={props.telephony} of={one.number} />
          </span>
          <span class="words">
            {one.name === '' ? null : <Name of={one.name} />}
            <span class="hint">
              <Kind of={one.kind} />
              <PhoneNumber of={one.number} />
              {one.company === '' ? null : <Name of={one.company} />}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function Kind({ of }: { readonly of: Suggestion['kind'] }) {
  const { kinds } = texts.value.work;
  return of === 'other' || of === 'fax' ? null : <span>{kinds[of]}</span>;
}
