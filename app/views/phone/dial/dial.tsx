import { useEffect, useRef } from 'preact/hooks';

import type { Telephony } from '../../../telephony/index.ts';
import { isOffered } from '../../../telephony/index.ts';
import { Button } from '../../controls/button.tsx';
import * as icons from '../icons.ts';
import { useReadable } from '../../controls/use-readable.ts';
import { useShell } from '../../shell.ts';
import { texts } from '../../texts/language.ts';
import { deskOf } from '../desk.ts';
import { placeCall } from '../place-call.ts';
import { numberProblem } from './number-problem.ts';
import type { Reach } from '../reach.ts';
import { useReach } from '../reach.ts';
import { PhoneChoice } from '../settings/phone-choice.tsx';
import { Attempts } from './attempts.tsx';
import { NumberField } from './number-field.tsx';

/** Where a number is entered and called. */
export function Dial({ telephony }: { readonly telephony: Telephony }) {
  const desk = deskOf(telephony);
  const { host } = useShell();
  const input = useRef<HTMLInputElement>(null);
  const reach = useReach(telephony);
  const offer = useReadable(telephony.capabilities.state).value;
  const attempts = useReadable(telephony.dialler.attempts).value;
  const fromLink = host.startNumber !== null && desk.number.value === host.startNumber;

  useEffect(() => {
    if (desk.prefilled.peek() || host.startNumber === null) return;
    desk.prefilled.value = true;
    desk.type(host.startNumber);
    input.current?.focus();
  }, [desk, host]);

  const { work } = texts.value;
  const problem = desk.problem.value;

  const call = (): void => {
    if (reach !== 'ready') return;
    const number = desk.number.peek();
    void placeCall(telephony, number).then((placed) => {
      // What was typed meanwhile is the next number.
      if (placed && desk.number.peek() === number) desk.type('');
    });
  };
  if (offer.asked && !isOffered(offer, 'call.placeCallWithPhone')) {
    // The refusal may have been the answer to an attempt.
    return <Attempts telephony={telephony} reach={reach} offered={false} />;
  }
  return (
    <section class="dial" aria-label={work.call}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          call();
        }}
      >
        <NumberField
          telephony={telephony}
          label={work.number}
          bare
          value={desk.number.value}
          onInput={(value) => {
            desk.type(value);
          }}
          onEnter={call}
          error={problem === null ? null : numberProblem(problem)}
          hint={waitText(reach) ?? (fromLink ? work.fromLink : null)}
          inputRef={input}
        />
        <Button
          kind="success"
          icon={icons.call}
          submit
          busy={attempts.some((one) => one.status === 'requesting')}
          disabled={reach !== 'ready'}
        >
          {work.call}
        </Button>
      </form>
      <PhoneChoice telephony={telephony} />
      <Attempts telephony={telephony} reach={reach} offered />
    </section>
  );
}

/** Why nothing can be called now. Loading is over in a moment: words for it would flicker. */
function waitText(reach: Reach): string | null {
  const { waitInterrupted, waitPbx } = texts.value.work;
  if (reach === 'interrupted') return waitInterrupted;
  return reach === 'pbx-away' ? waitPbx : null;
}
