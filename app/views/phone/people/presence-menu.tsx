// The user's own state in the header: what others see, a text for them, and do not disturb.

import { useEffect, useState } from 'preact/hooks';

import type { Telephony, UserState } from '../../../telephony/index.ts';
import { kMostMessage } from '../../../telephony/index.ts';
import { Button } from '../../controls/button.tsx';
import { ClearButton } from '../../controls/clear-button.tsx';
import { Field, Switch } from '../../controls/field.tsx';
import { Icon } from '../../controls/icon.tsx';
import * as icons from '../icons.ts';
import { Popover } from '../../controls/popover.tsx';
import { useReadable } from '../../controls/use-readable.ts';
import type { Texts } from '../../texts/language.ts';
import { texts } from '../../texts/language.ts';
import type { Orders } from '../orders.tsx';
import { OrderReport, useOrders } from '../orders.tsx';
import { PartView, useOffers } from '../part-view.tsx';
import type { Sign } from './lamp.tsx';
import { LampSign } from './lamp.tsx';

/** Renders nothing where the PBX does not tell the user's state. */
export function PresenceMenu({ telephony }: { readonly telephony: Telephony }) {
  const state = useReadable(telephony.presence.state);
  const orders = useOrders();
  const words = texts.value.people.presence;
  const { status, loaded, value } = state.value;
  if (status === 'hidden') return null;
  const { sign, word } = loaded ? ownState(value) : ({ sign: 'unknown', word: 'unknown' } as const);
  const said = words.states[word];
  return (
    <Popover
      class="presence"
      {...(value.message === '' ? {} : { tip: value.message })}
      title={words.panel}
      button={
        <>
          <LampSign of={sign} />
          <span class="unseen">{words.button}</span>
          <span class="said cut">{said}</span>
          {value.message === '' ? null : (
            <span class="note cut">
              <bdi>{value.message}</bdi>
            </span>
          )}
          <Icon of={icons.chevronDown} class="arrow" />
        </>
      }
    >
      <h2>{words.panel}</h2>
      <OrderReport orders={orders} />
      <PartView section={telephony.presence} state={state} loading={words.loading} lines={2}>
        {(own) => <Own telephony={telephony} own={own} orders={orders} />}
      </PartView>
    </Popover>
  );
}

/** What counts most comes first: a call that rings is seen even with do not disturb. */
export function ownState(state: UserState): {
  readonly sign: Sign;
  readonly word: keyof Texts['people']['presence']['states'];
} {
  if (state.telephony === 'ringing') return { sign: 'ringing', word: 'ringing' };
  if (state.telephony === 'active') return { sign: 'busy', word: 'busy' };
  if (state.doNotDisturb) return { sign: 'do-not-disturb', word: 'do-not-disturb' };
  if (state.telephony === 'queue-pause') return { sign: 'away', word: 'paused' };
  if (state.telephony === 'unavailable') return { sign: 'offline', word: 'offline' };
  if (state.chat === 'away' || state.chat === 'extended-away')
    return { sign: 'away', word: 'away' };
  if (state.telephony === 'available') return { sign: 'available', word: 'available' };
  if (state.chat === 'available') return { sign: 'available', word: 'available' };
  if (state.chat === 'unavailable') return { sign: 'offline', word: 'offline' };
  return { sign: 'unknown', word: 'unknown' };
}

interface OwnProps {
  readonly telephony: Telephony;
  readonly own: UserState;
  readonly orders: Orders;
}

function Own({ telephony, own, orders }: OwnProps) {
  const offers = useOffers(telephony);
  const words = texts.value.people.presence;
  return (
    <>
      {offers('userState.setDoNotDisturbSetting') ? (
        <Switch
          label={words.doNotDisturb}
          hint={words.doNotDisturbHint}
          checked={own.doNotDisturb}
          onChange={(on) => {
            const done = on ? words.doNotDisturbOn : words.doNotDisturbOff;
            void orders.run(words.doNotDisturb, done, () => telephony.presence.setDoNotDisturb(on));
          }}
        />
      ) : null}
      {offers('userState.setChatPresenceMessage') ? (
        <Message telephony={telephony} own={own} orders={orders} />
      ) : own.message === '' ? null : (
        <p>
          <bdi>{own.message}</bdi>
        </p>
      )}
      {own.redirected ? (
        <p class="hint redirected">
          <Icon of={icons.callForward} /> {words.redirected}
        </p>
      ) : null}
    </>
  );
}

function Message({ telephony, own, orders }: OwnProps) {
  const words = texts.value.people.presence;
  const [typed, setTyped] = useState(own.message);
  // What was typed is not lost with a refusal, which takes back what is shown meanwhile.
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const shown = refused ?? typed;
  const type = (text: string): void => {
    setRefused(null);
    setTyped(text);
  };
  // Another window may have changed it; what is being typed here is replaced then, as it is there.
  useEffect(() => {
    setTyped(own.message);
  }, [own.message]);
  const save = async (message: string): Promise<void> => {
    setBusy(true);
    const done = message.trim() === '' ? words.cleared : words.saved;
    const taken = await orders.run(words.message, done, () =>
      telephony.presence.setMessage(message),
    );
    setBusy(false);
    setRefused(taken ? null : message);
  };
  const left = kMostMessage - shown.length;
  return (
    <form
      class="message-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save(shown);
      }}
    >
      <Field
        label={words.message}
        value={shown}
        onInput={type}
        placeholder={words.messagePlaceholder}
        maxLength={kMostMessage}
        spellCheck
        hint={left < 50 ? words.messageHint(left) : undefined}
        after={
          <ClearButton
            value={shown}
            label={words.clear}
            onClear={() => {
              type('');
              if (own.message !== '') void save('');
            }}
          />
        }
      />
      <Button submit kind="primary" busy={busy} disabled={shown.trim() === own.message}>
        {words.save}
      </Button>
    </form>
  );
}
