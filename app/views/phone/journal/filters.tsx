import type { JournalFilter, JournalState, Telephony } from '../../../telephony/index.ts';
import { ClearButton } from '../../controls/clear-button.tsx';
import { Field } from '../../controls/field.tsx';
import { useReadable } from '../../controls/use-readable.ts';
import { texts } from '../../texts/language.ts';

const kFilters: readonly JournalFilter[] = ['all', 'missed', 'incoming', 'outgoing'];

/** Which calls are shown. */
export function Filters(props: { readonly telephony: Telephony; readonly state: JournalState }) {
  const { telephony, state } = props;
  const { journal } = telephony;
  const words = texts.value.journal;
  const search = (text: string): void => {
    void journal.setSearch(text);
  };
  return (
    <div class="filters">
      <div class="pills" role="group" aria-label={words.filters}>
        {kFilters.map((filter) => (
          <button
            key={filter}
            type="button"
            class="pill"
            aria-pressed={state.filter === filter ? 'true' : 'false'}
            onClick={() => {
              void journal.setFilter(filter);
            }}
          >
            {words[filter]}
            {filter === 'missed' ? <MissedBadge telephony={telephony} /> : null}
          </button>
        ))}
      </div>
      <Field
        label={words.search}
        bare
        class="search"
        type="search"
        placeholder={words.search}
        value={state.search}
        maxLength={100}
        onInput={search}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && state.search !== '') search('');
        }}
        after={
          <ClearButton
            value={state.search}
            label={words.clearSearch}
            onClear={() => {
              search('');
            }}
          />
        }
      />
    </div>
  );
}

function MissedBadge({ telephony }: { readonly telephony: Telephony }) {
  const { count, more } = useReadable(telephony.missed.state).value.value;
  if (count === 0) return null;
  return (
    <span class="badge">
      <span aria-hidden="true">{more ? `${count}+` : count}</span>
      <span class="unseen">{texts.value.work.missedCount(count, more)}</span>
    </span>
  );
}
