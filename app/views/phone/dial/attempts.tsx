import type { DialAttempt, Telephony } from '../../../telephony/index.ts';
import { displayNumber } from '../../../telephony/index.ts';
import { Button } from '../../controls/button.tsx';
import { MessageBar } from '../../controls/message-bar.tsx';
import { useReadable } from '../../controls/use-readable.ts';
import { texts } from '../../texts/language.ts';
import { placeCall } from '../place-call.ts';
import { refusalText } from '../refusal.ts';
import type { Reach } from '../reach.ts';

interface AttemptsProps {
  readonly telephony: Telephony;
  readonly reach: Reach;
  /** Whether the PBX takes calls from this user at all. */
  readonly offered: boolean;
}

/** Calls that could not be placed, or of which that is not known. */
export function Attempts(props: AttemptsProps) {
  const attempts = useReadable(props.telephony.dialler.attempts).value;
  return (
    <>
      {attempts
        .filter((one) => one.status === 'failed' || one.status === 'uncertain')
        .map((one) => (
          <Attempt key={one.id} {...props} attempt={one} />
        ))}
    </>
  );
}

function Attempt(props: AttemptsProps & { readonly attempt: DialAttempt }) {
  const { telephony, reach, offered, attempt } = props;
  const { dialler } = telephony;
  const { work } = texts.value;
  const number = displayNumber(attempt.number);
  const uncertain = attempt.status === 'uncertain';
  const again = (): void => {
    // The same id when it is not certain, so that the PBX would not place two calls.
    if (uncertain) {
      void dialler.retry(attempt.id);
      return;
    }
    dialler.dismiss(attempt.id);
    void placeCall(telephony, attempt.number);
  };
  const reason = attempt.error === null ? '' : refusalText(attempt.error);
  return (
    <MessageBar
      kind={uncertain ? 'warning' : 'error'}
      title={uncertain ? work.dialUncertain(number) : work.dialFailed(number)}
      actions={
        offered ? (
          <Button disabled={reach !== 'ready'} onClick={again}>
            {work.callAgain}
          </Button>
        ) : undefined
      }
      onDismiss={() => {
        dialler.dismiss(attempt.id);
      }}
      dismissLabel={work.dismiss}
    >
      {uncertain ? work.dialUncertainHint : reason}
    </MessageBar>
  );
}
