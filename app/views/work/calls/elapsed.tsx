import type { Call, Telephony } from '../../../telephony/index.ts';
import { duration } from '../../../telephony/index.ts';
import { useReadable } from '../../controls/use-readable.ts';
import { texts } from '../../texts/language.ts';

/** 0:07, 12:34, 1:02:03. */
export function clockText(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const tail = `:${two(seconds % 60)}`;
  return hours === 0 ? `${minutes}${tail}` : `${hours}:${two(minutes)}${tail}`;
}

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
