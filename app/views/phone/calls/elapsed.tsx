import type { Call, Telephony } from '../../../telephony/index.ts';
import { duration } from '../../../telephony/index.ts';
import { clockText } from '../../controls/clock-text.ts';
import { useReadable } from '../../controls/use-readable.ts';
import { texts } from '../../texts/language.ts';

/** How long a call has been connected. Only this is drawn again each second, and never read out. */
export function Elapsed(props: { readonly telephony: Telephony; readonly call: Call }) {
  const now = useReadable(props.telephony.calls.now);
  const seconds = duration(props.call, now.value);
  if (seconds === null) return null;
  const time = clockText(seconds);
  return (
    <span class="elapsed" role="timer" aria-live="off" title={texts.value.work.elapsed(time)}>
      {time}
    </span>
  );
}
