import { useEffect, useRef, useState } from 'preact/hooks';

import type { Call, Telephony } from '../../../telephony/index.ts';
import { peer } from '../../../telephony/index.ts';
import { useReadable } from '../../controls/use-readable.ts';
import { texts } from '../../texts/language.ts';
import { plainName } from '../party.tsx';
import { stateText } from './call-card.tsx';
import { isIncoming } from './order.ts';

/** What screen readers say of calls: at once that one rings, in its turn all else. */
export function CallNews({ telephony }: { readonly telephony: Telephony }) {
  const calls = useReadable(telephony.calls.list).value;
  const before = useRef<readonly Call[]>(calls.filter((call) => !isIncoming(call)));
  const [alert, setAlert] = useState('');
  const [status, setStatus] = useState('');
  useEffect(() => {
    const news = newsOf(before.current, calls);
    before.current = calls;
    if (news.alert !== null) setAlert(news.alert);
    if (news.status !== null) setStatus(news.status);
  }, [calls]);
  return (
    <>
      <div class="unseen" role="alert">
        {alert}
      </div>
      <div class="unseen" role="status">
        {status}
      </div>
    </>
  );
}

/** What has changed between two lists. Null: nothing to say; what was said last may stay. */
export function newsOf(
  before: readonly Call[],
  after: readonly Call[],
): { readonly alert: string | null; readonly status: string | null } {
  const { newsIncoming, newsState, newsEnded } = texts.value.work;
  const old = new Map(before.map((call) => [call.id, call]));
  const rings: string[] = [];
  const states: string[] = [];
  for (const call of after) {
    const known = old.get(call.id);
    old.delete(call.id);
    const name = plainName(peer(call));
    const same = known !== undefined && stateText(known) === stateText(call);
    // Its name may come after it has begun to ring.
    const named = known !== undefined && plainName(peer(known)) === name;
    if (isIncoming(call)) {
      if (!same || !named) rings.push(newsIncoming(name));
    } else if (!same) states.push(newsState(name, stateText(call)));
  }
  for (const gone of old.values()) states.push(newsEnded(plainName(peer(gone))));
  const noneRings = !after.some(isIncoming);
  return {
    alert: rings.length > 0 ? rings.join('. ') : noneRings ? '' : null,
    status: states.length > 0 ? states.join('. ') : null,
  };
}
