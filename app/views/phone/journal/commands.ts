import { useMemo } from 'preact/hooks';

import type { Host } from '../../../host/host.ts';
import type { JournalEntry, Telephony } from '../../../telephony/index.ts';
import { displayNumber, isOffered } from '../../../telephony/index.ts';
import { useReadable } from '../../controls/use-readable.ts';
import { texts } from '../../texts/language.ts';
import { deskOf } from '../desk.ts';
import { callBack } from '../place-call.ts';
import { useReach } from '../reach.ts';
import type { EntryCommands } from './entry-row.tsx';

/** The same object until something changes: rows that keep it are not drawn again. */
export function useEntryCommands(
  telephony: Telephony,
  host: Host,
  onRemove: (entry: JournalEntry) => void,
  onNote: (text: string) => void,
): EntryCommands {
  const offer = useReadable(telephony.capabilities.state).value;
  const calls = isOffered(offer, 'call.placeCallWithPhone');
  const removes = isOffered(offer, 'callList.deleteCallListEntry');
  const waits = useReach(telephony) !== 'ready';
  return useMemo(() => {
    const desk = deskOf(telephony);
    return {
      waits,
      call: calls
        ? (entry: JournalEntry) => {
            void callBack(telephony, entry);
          }
        : null,
      edit: calls
        ? (entry: JournalEntry) => {
            desk.type(displayNumber(entry.number));
            document.querySelector<HTMLInputElement>('.dial input')?.focus();
          }
        : null,
      seen: (entry: JournalEntry) => {
        telephony.names.want(entry);
      },
      copy: (entry: JournalEntry) => {
        const number = displayNumber(entry.number);
        void host.copy(number).then((done) => {
          const { copied, copyFailed } = texts.value.journal;
          onNote(done ? copied : copyFailed(number));
        });
      },
      remove: removes && !waits ? onRemove : null,
    };
  }, [telephony, host, calls, removes, waits]);
}
