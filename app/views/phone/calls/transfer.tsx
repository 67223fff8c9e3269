import { useEffect, useRef, useState } from 'preact/hooks';

import type { Call, Telephony, TelephonyError } from '../../../telephony/index.ts';
import { codes, peer, toTelephonyError } from '../../../telephony/index.ts';
import { Button } from '../../controls/button.tsx';
import * as icons from '../icons.ts';
import { texts } from '../../texts/language.ts';
import { deskOf } from '../desk.ts';
import { NumberField } from '../dial/number-field.tsx';
import { numberProblem } from '../dial/number-problem.ts';

/**
 * Where a call goes to. What is typed stands in the desk: a second call, a card that moves, or
 * another page do not disturb it.
 */
export function Transfer(props: {
  readonly telephony: Telephony;
  readonly call: Call;
  readonly target: string;
  readonly disabled: boolean;
  readonly onClose: () => void;
}) {
  const { telephony, call, target, disabled, onClose } = props;
  const desk = deskOf(telephony);
  const input = useRef<HTMLInputElement>(null);
  const [error, setError] = useState<TelephonyError | null>(null);
  // Opened by a click: the focus comes along. Drawn again with something in it: it stays away.
  useEffect(() => {
    if (target === '') input.current?.focus();
  }, []);

  const go = (): void => {
    if (disabled || call.busy !== null) return;
    setError(null);
    telephony.calls.transfer(call.id, target).catch((thrown: unknown) => {
      const failed = toTelephonyError(thrown);
      if (failed.code !== codes.gone) setError(failed);
    });
  };
  const { work } = texts.value;
  return (
    <form
      class="transfer"
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
    >
      <NumberField
        telephony={telephony}
        label={work.transferTo}
        value={target}
        onInput={(value) => {
          setError(null);
          desk.setTransfer(call.id, value);
        }}
        onEnter={go}
        onLeave={onClose}
        error={error === null ? null : numberProblem(error)}
        eager
        except={peer(call).number}
        inputRef={input}
      />
      <div class="actions">
        <Button
          kind="primary"
          icon={icons.callTransfer}
          submit
          busy={call.busy === 'transfer'}
          disabled={disabled || target.trim() === ''}
        >
          {work.transferNow}
        </Button>
        <Button onClick={onClose}>{work.cancel}</Button>
      </div>
    </form>
  );
}
