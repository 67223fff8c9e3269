import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

import type { JournalEntry, JournalState, Telephony } from '../../../telephony/index.ts';
import { Button } from '../../controls/button.tsx';
import { MessageBar } from '../../controls/message-bar.tsx';
import { Spinner } from '../../controls/spinner.tsx';
import { useReadable } from '../../controls/use-readable.ts';
import { useShell } from '../../shell.ts';
import { texts } from '../../texts/language.ts';
import { unreadText } from '../refusal.ts';
import { ChunkView } from './chunk-view.tsx';
import { useEntryCommands } from './commands.ts';
import type { Chunk } from './days.ts';
import { inDays } from './days.ts';
import { EmptyJournal } from './empty.tsx';
import { Filters } from './filters.tsx';
import { useNear } from './near.ts';
import { Removal } from './removal.tsx';
import { useToday } from './today.ts';

/** Past calls: filtered, searched, loaded on while one scrolls. */
export function Journal({ telephony }: { readonly telephony: Telephony }) {
  const { host } = useShell();
  const state = useReadable(telephony.journal.state).value;
  const [removing, setRemoving] = useState<JournalEntry | null>(null);
  const [note, setNote] = useState('');
  const commands = useEntryCommands(telephony, host, setRemoving, setNote);
  useSeen(telephony, state);
  return (
    <section class="journal" aria-label={texts.value.journal.heading}>
      <h2 class="unseen">{texts.value.journal.heading}</h2>
      <Filters telephony={telephony} state={state} />
      <div role="status" class={note === '' ? 'unseen' : 'note'}>
        {note}
      </div>
      <Days telephony={telephony} state={state} commands={commands} />
      <Foot telephony={telephony} state={state} />
      {removing === null ? null : (
        <Removal
          telephony={telephony}
          entry={removing}
          onDone={(said) => {
            setRemoving(null);
            setNote(said);
          }}
        />
      )}
    </section>
  );
}

function Days(props: {
  readonly telephony: Telephony;
  readonly state: JournalState;
  readonly commands: ReturnType<typeof useEntryCommands>;
}) {
  const { clock } = useShell();
  const today = useToday(clock);
  const before = useRef<readonly Chunk[]>([]);
  const { visible } = props.state;
  const chunks = useMemo(() => {
    before.current = inDays(visible, before.current);
    return before.current;
  }, [visible]);
  return (
    <>
      {chunks.map((chunk, at) => (
        <ChunkView
          key={chunk.key}
          chunk={chunk}
          today={today}
          commands={props.commands}
          top={at === 0}
        />
      ))}
    </>
  );
}

/** What stands below the rows: waiting, what went wrong, nothing at all, or more. */
function Foot({
  telephony,
  state,
}: {
  readonly telephony: Telephony;
  readonly state: JournalState;
}) {
  const { journal } = telephony;
  const words = texts.value.journal;
  const end = useRef<HTMLDivElement>(null);
  const { search, visible, entries, complete, loading, status, error } = state;
  // A search that finds little would otherwise load the whole journal of years.
  const scrolls = search === '' && status === 'ready' && !complete;
  useNear(
    end,
    false,
    () => {
      if (scrolls) void journal.loadMore();
    },
    scrolls ? entries.length : -1,
  );
  if (status === 'failed' && error !== null) {
    return (
      <MessageBar
        kind="error"
        title={words.failed}
        actions={
          <Button
            busy={loading}
            onClick={() => {
              void (entries.length === 0 ? journal.read() : journal.loadMore());
            }}
          >
            {words.tryAgain}
          </Button>
        }
      >
        {unreadText(error)}
      </MessageBar>
    );
  }
  if (status === 'unread') return <Spinner label={words.loading} />;
  return (
    <div class="foot" ref={end}>
      {visible.length === 0 && !loading ? <EmptyJournal state={state} /> : null}
      {complete ? null : (
        <Button
          busy={loading}
          onClick={() => {
            void journal.loadMore();
          }}
        >
          {search === '' ? words.loadMore : words.searchMore}
        </Button>
      )}
      {search === '' ? null : <p class="hint">{words.searched(entries.length)}</p>}
    </div>
  );
}

/** Who looks at the list of missed calls has seen them. */
function useSeen(telephony: Telephony, state: JournalState): void {
  const { host } = useShell();
  const { count } = useReadable(telephony.missed.state).value.value;
  const visible = host.visible.value;
  const looks = state.filter === 'missed' && state.status === 'ready' && !state.loading && visible;
  useEffect(() => {
    if (looks && count > 0) telephony.missed.markSeen();
  }, [telephony, looks, count]);
}
