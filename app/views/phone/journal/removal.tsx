import { useState } from 'preact/hooks';

import type { JournalEntry, Telephony, TelephonyError } from '../../../telephony/index.ts';
import { codes, toTelephonyError } from '../../../telephony/index.ts';
import { Button } from '../../controls/button.tsx';
import { Dialog } from '../../controls/dialog.tsx';
import { MessageBar } from '../../controls/message-bar.tsx';
import { texts } from '../../texts/language.ts';
import { refusalText } from '../refusal.ts';
import { dayOf, presentDay, timeText } from '../moments.ts';
import { dayHeading } from './days.ts';
import { entryName } from './entry-row.tsx';

/** Asks before an entry is deleted: the PBX has no way back. */
export function Removal(props: {
  readonly telephony: Telephony;
  readonly entry: JournalEntry;
  /** @param said what to tell the user; empty: nothing. */
  readonly onDone: (said: string) => void;
}) {
  const { telephony, entry, onDone } = props;
  const { journal } = texts.value;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TelephonyError | null>(null);
  const remove = (): void => {
    setBusy(true);
    setError(null);
    telephony.journal.delete([entry.id]).then(
      () => {
        onDone(journal.removed);
      },
      (thrown: unknown) => {
        const failed = toTelephonyError(thrown);
        setBusy(false);
        if (failed.code === codes.gone) onDone(journal.removed);
        else setError(failed);
      },
    );
  };
  const when = `${dayHeading(dayOf(entry.start), presentDay())} ${timeText(entry.start)}`;
  return (
    <Dialog
      title={journal.removeTitle}
      onClose={() => {
        onDone('');
      }}
      actions={
        <>
          <Button kind="danger" busy={busy} onClick={remove}>
            {journal.remove}
          </Button>
          <Button
            onClick={() => {
              onDone('');
            }}
          >
            {journal.keep}
          </Button>
        </>
      }
    >
      <p>{journal.removeBody(entryName(entry), when.trim())}</p>
      {error === null ? null : <MessageBar kind="error">{refusalText(error)}</MessageBar>}
    </Dialog>
  );
}
