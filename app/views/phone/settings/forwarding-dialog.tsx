// Where calls are forwarded to, and after how long.

import { useState } from 'preact/hooks';

import type {
  BadNumber,
  Forwarding,
  ForwardingChange,
  Telephony,
} from '../../../telephony/index.ts';
import { displayNumber, parseNumber } from '../../../telephony/index.ts';
import { Button } from '../../controls/button.tsx';
import { Radios } from '../../controls/choice.tsx';
import { Dialog } from '../../controls/dialog.tsx';
import { Field } from '../../controls/field.tsx';
import { texts } from '../../texts/language.ts';
import { triggerWord } from './forwardings.tsx';

export interface ForwardingDialogProps {
  readonly telephony: Telephony;
  readonly forwarding: Forwarding;
  /** Saving also switches it on. */
  readonly enable: boolean;
  readonly onSave: (change: ForwardingChange) => void;
  readonly onClose: () => void;
}

const kLeastSeconds = 1;
const kMostSeconds = 3600;

export function ForwardingDialog(props: ForwardingDialogProps) {
  const { forwarding, enable } = props;
  const wasNumber = forwarding.target === 'number';
  const [target, setTarget] = useState(wasNumber ? 'number' : 'voicemail');
  const [number, setNumber] = useState(wasNumber ? displayNumber(forwarding.destination) : '');
  const [timeout, setTimeout] = useState(String(forwarding.timeout ?? 20));
  const [bad, setBad] = useState<BadNumber | null>(null);
  const [badTimeout, setBadTimeout] = useState(false);
  const words = texts.value.settings.forwardings;
  // Where a user has no mailbox, calls cannot go there.
  const hasVoicemail = !wasNumber || props.telephony.voicemail.state.get().status !== 'hidden';

  const save = (): void => {
    const seconds = Number(timeout);
    const waits = forwarding.trigger === 'no-answer';
    const wrongTime =
      waits &&
      !(/^\d{1,4}$/.test(timeout.trim()) && seconds >= kLeastSeconds && seconds <= kMostSeconds);
    const parsed = parseNumber(number);
    const wrongNumber = target === 'number' && !parsed.ok ? parsed.reason : null;
    setBadTimeout(wrongTime);
    setBad(wrongNumber);
    if (wrongTime || wrongNumber !== null) return;
    props.onSave({
      ...(target === 'number' ? { number } : { voicemail: true as const }),
      ...(waits ? { timeout: seconds } : {}),
      ...(enable ? { enabled: true } : {}),
    });
  };

  return (
    <Dialog
      title={words.editTitle(triggerWord(forwarding))}
      onClose={props.onClose}
      actions={
        <>
          <Button kind="primary" onClick={save}>
            {enable ? words.saveOn : words.save}
          </Button>
          <Button onClick={props.onClose}>{texts.value.settings.cancel}</Button>
        </>
      }
    >
      <form
        class="forwarding-form"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        {hasVoicemail ? (
          <Radios
            label={words.destination}
            options={[
              { key: 'number', label: words.otherNumber },
              { key: 'voicemail', label: words.voicemail },
            ]}
            selected={target}
            onSelect={setTarget}
          />
        ) : null}
        {target === 'number' ? (
          <Field
            label={words.number}
            type="tel"
            inputMode="tel"
            value={number}
            onInput={setNumber}
            error={bad === null ? null : texts.value.settings.badNumber[bad]}
          />
        ) : null}
        {forwarding.trigger === 'no-answer' ? (
          <Field
            label={words.timeout}
            value={timeout}
            inputMode="tel"
            maxLength={4}
            class="seconds"
            onInput={setTimeout}
            error={badTimeout ? words.badTimeout : null}
          />
        ) : null}
        <input type="submit" hidden />
      </form>
    </Dialog>
  );
}
