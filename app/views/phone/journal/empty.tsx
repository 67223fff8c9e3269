import type { JournalState } from '../../../telephony/index.ts';
import { Empty } from '../../controls/list.tsx';
import * as icons from '../icons.ts';
import { texts } from '../../texts/language.ts';

export function EmptyJournal({ state }: { readonly state: JournalState }) {
  const words = texts.value.journal;
  if (state.search !== '') {
    return (
      <Empty icon={icons.search} title={words.emptySearch}>
        <p>{words.emptySearchHint}</p>
      </Empty>
    );
  }
  switch (state.filter) {
    case 'all':
      return (
        <Empty icon={icons.history} title={words.emptyAll}>
          <p>{words.emptyAllHint}</p>
        </Empty>
      );
    case 'missed':
      return (
        <Empty icon={icons.checkCircle} title={words.emptyMissed}>
          <p>{words.emptyMissedHint}</p>
        </Empty>
      );
    case 'incoming':
      return <Empty icon={icons.callIn} title={words.emptyIncoming} />;
    case 'outgoing':
      return <Empty icon={icons.callOut} title={words.emptyOutgoing} />;
  }
}
