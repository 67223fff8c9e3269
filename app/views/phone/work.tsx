import type { Telephony } from '../../telephony/index.ts';
import { displayNumber } from '../../telephony/index.ts';
import { MessageBar } from '../controls/message-bar.tsx';
import type { Tab } from '../controls/tabs.tsx';
import { Tabs } from '../controls/tabs.tsx';
import { useReadable } from '../controls/use-readable.ts';
import { texts } from '../texts/language.ts';
import { CallCards } from './calls/call-cards.tsx';
import type { WorkTab } from './desk.ts';
import { deskOf } from './desk.ts';
import { Dial } from './dial/dial.tsx';
import { Journal } from './journal/journal.tsx';
import { Colleagues } from './people/colleagues.tsx';
import { VoicemailList } from './people/voicemail.tsx';
import { placeCall } from './place-call.ts';
import { useReach } from './reach.ts';
import { Settings } from './settings/settings.tsx';
import { Setup } from './setup.tsx';
import { useWide } from './wide.ts';

export interface WorkProps {
  readonly telephony: Telephony;
}

/** What is shown to a signed-in user: calling and running calls, beside them the lists. */
export function Work({ telephony }: WorkProps) {
  const wide = useWide();
  const colleagues = useReadable(telephony.colleagues.state).value.status !== 'hidden';
  const third = wide && colleagues;
  const dial = useDial(telephony);
  const { work } = texts.value;
  return (
    <div class={third ? 'work three' : 'work'}>
      <div class="side">
        <h1>{work.heading}</h1>
        <Setup />
        <PbxAway telephony={telephony} />
        <Dial telephony={telephony} />
        <CallCards telephony={telephony} />
      </div>
      <Lists telephony={telephony} withColleagues={!third} />
      {third ? (
        <aside class="aside" aria-label={work.colleagues}>
          <Colleagues telephony={telephony} onDial={dial} />
        </aside>
      ) : null}
    </div>
  );
}

/** A colleague is called; when that cannot be now, the number waits in the field, which says why. */
function useDial(telephony: Telephony): (number: string) => void {
  const ready = useReach(telephony) === 'ready';
  return (number) => {
    if (ready) void placeCall(telephony, number);
    else deskOf(telephony).type(displayNumber(number));
  };
}

function PbxAway({ telephony }: WorkProps) {
  if (useReach(telephony) !== 'pbx-away') return null;
  return <MessageBar kind="warning">{texts.value.work.pbxAway}</MessageBar>;
}

const kPanel = 'work-panel';

function Lists(props: WorkProps & { readonly withColleagues: boolean }) {
  const { telephony, withColleagues } = props;
  const desk = deskOf(telephony);
  const dial = useDial(telephony);
  const { work } = texts.value;
  const missed = useReadable(telephony.missed.state).value.value;
  const journal = useReadable(telephony.journal.state).value.status !== 'hidden';
  const colleagues = useReadable(telephony.colleagues.state).value.status !== 'hidden';
  const voicemail = useReadable(telephony.voicemail.state).value.status !== 'hidden';
  const tabs: Tab<WorkTab>[] = [];
  if (journal) {
    const { count, more } = missed;
    const countLabel = work.missedCount(count, more);
    tabs.push({ key: 'journal', label: work.journal, count, countLabel });
  }
  if (colleagues && withColleagues) tabs.push({ key: 'colleagues', label: work.colleagues });
  if (voicemail) tabs.push({ key: 'voicemail', label: work.voicemail });
  tabs.push({ key: 'settings', label: work.settings });
  // The chosen one may have gone: the window has become wider, or the PBX does not offer it.
  const chosen = tabs.find((tab) => tab.key === desk.tab.value) ?? tabs[0];
  const selected = chosen?.key ?? 'settings';
  return (
    <div class="lists">
      <Tabs
        label={work.tabs}
        tabs={tabs}
        selected={selected}
        onSelect={(tab) => {
          desk.tab.value = tab;
        }}
        panel={kPanel}
      />
      <div id={kPanel} class="panel" role="tabpanel" aria-label={chosen?.label}>
        {selected === 'journal' ? <Journal telephony={telephony} /> : null}
        {selected === 'colleagues' ? <Colleagues telephony={telephony} onDial={dial} /> : null}
        {selected === 'voicemail' ? <VoicemailList telephony={telephony} onDial={dial} /> : null}
        {selected === 'settings' ? <Settings telephony={telephony} /> : null}
      </div>
    </div>
  );
}
