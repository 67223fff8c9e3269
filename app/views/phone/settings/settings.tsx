// What the user can set at the PBX. What it does not offer is not shown.

import { useEffect, useId } from 'preact/hooks';

import type { Telephony } from '../../../telephony/index.ts';
import * as icons from '../icons.ts';
import { Empty } from '../../controls/list.tsx';
import { useReadable } from '../../controls/use-readable.ts';
import { texts } from '../../texts/language.ts';
import { ForwardingSettings } from './forwardings.tsx';
import { GroupSettings } from './groups.tsx';
import { PhoneSettings } from './phones.tsx';
import { SeatSettings } from './seats.tsx';

export function Settings({ telephony }: { readonly telephony: Telephony }) {
  const phones = useReadable(telephony.phones.state);
  const forwardings = useReadable(telephony.forwardings.state);
  const groups = useReadable(telephony.groups.state);
  const seats = useReadable(telephony.seats.state);
  const id = useId();
  // No event of the PBX is known for sure to tell what was changed at a phone meanwhile.
  useEffect(() => {
    if (telephony.state.get().phase !== 'ready') return;
    for (const section of [telephony.phones, telephony.forwardings, telephony.groups]) {
      section.readSoon();
    }
    telephony.seats.readSoon();
  }, [telephony]);
  const words = texts.value.settings;
  const isEmpty = [phones, forwardings, groups, seats].every(
    (one) => one.value.status === 'hidden',
  );
  return (
    <section class="settings" aria-labelledby={id}>
      <h2 id={id}>{words.heading}</h2>
      {isEmpty ? (
        <Empty icon={icons.settings} title={words.none}>
          <p>{words.noneHint}</p>
        </Empty>
      ) : (
        <div class="cards">
          <PhoneSettings telephony={telephony} />
          <ForwardingSettings telephony={telephony} />
          <GroupSettings telephony={telephony} />
          <SeatSettings telephony={telephony} />
        </div>
      )}
    </section>
  );
}
