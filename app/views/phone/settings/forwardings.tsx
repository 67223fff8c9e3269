// Where calls go instead, for each of the user's numbers: on and off, and the way to the dialog.

import { useState } from 'preact/hooks';

import type { Forwarding, ForwardingTrigger, Telephony } from '../../../telephony/index.ts';
import { byNumber, displayNumber } from '../../../telephony/index.ts';
import { IconButton } from '../../controls/button.tsx';
import { Switch } from '../../controls/field.tsx';
import * as icons from '../icons.ts';
import { Empty } from '../../controls/list.tsx';
import { useReadable } from '../../controls/use-readable.ts';
import { texts } from '../../texts/language.ts';
import { OrderReport, useOrders } from '../orders.tsx';
import { PartView, useOffers } from '../part-view.tsx';
import { Card } from './card.tsx';
import { ForwardingDialog } from './forwarding-dialog.tsx';

const kOrder: readonly ForwardingTrigger[] = ['always', 'busy', 'no-answer'];

export function ForwardingSettings({ telephony }: { readonly telephony: Telephony }) {
  const state = useReadable(telephony.forwardings.state);
  const orders = useOrders();
  const offers = useOffers(telephony);
  const [edited, setEdited] = useState<Edited | null>(null);
  const words = texts.value.settings.forwardings;
  if (state.value.status === 'hidden') return null;
  const canChange = offers('redirect.setRedirectSetting');
  const turn = (one: Forwarding, on: boolean): void => {
    if (on && leadsNowhere(one)) {
      setEdited({ key: one.key, enable: true });
      return;
    }
    const what = triggerWord(one);
    void orders.run(what, on ? words.on(what) : words.off(what), () =>
      telephony.forwardings.change(one.key, { enabled: on }),
    );
  };
  const open = state.value.value.find((one) => one.key === edited?.key);
  return (
    <Card title={words.heading} icon={icons.callForward}>
      <OrderReport orders={orders} />
      <PartView section={telephony.forwardings} state={state} loading={words.loading}>
        {(all) =>
          all.length === 0 ? (
            <Empty icon={icons.callForward} title={words.none} />
          ) : (
            [...byNumber(all)].map(([number, those]) => (
              <NumberForwardings
                key={number}
                number={number}
                those={those}
                onTurn={canChange ? turn : null}
                onEdit={(one) => {
                  setEdited({ key: one.key, enable: false });
                }}
              />
            ))
          )
        }
      </PartView>
      {open === undefined || edited === null ? null : (
        <ForwardingDialog
          key={edited.key}
          telephony={telephony}
          forwarding={open}
          enable={edited.enable}
          onClose={() => {
            setEdited(null);
          }}
          onSave={(change) => {
            setEdited(null);
            const what = triggerWord(open);
            const done = change.enabled === true ? words.on(what) : words.saved(what);
            void orders.run(what, done, () => telephony.forwardings.change(open.key, change));
          }}
        />
      )}
    </Card>
  );
}

interface Edited {
  readonly key: string;
  /** The user wanted it on, and it had no destination. */
  readonly enable: boolean;
}

export function triggerWord({ trigger, timeout }: Forwarding): string {
  const words = texts.value.settings.forwardings;
  if (trigger === 'always') return words.always;
  if (trigger === 'busy') return words.busy;
  return timeout === null ? words.noAnswer : words.noAnswerAfter(timeout);
}

function leadsNowhere(one: Forwarding): boolean {
  return one.target === 'number' && one.destination === '';
}

function NumberForwardings(props: {
  readonly number: string;
  readonly those: readonly Forwarding[];
  /** Null: nothing can be changed. */
  readonly onTurn: ((one: Forwarding, on: boolean) => void) | null;
  readonly onEdit: (one: Forwarding) => void;
}) {
  const words = texts.value.settings.forwardings;
  const { number, those, onTurn } = props;
  const sorted = [...those].sort((a, b) => kOrder.indexOf(a.trigger) - kOrder.indexOf(b.trigger));
  const allGo = those.some((one) => one.trigger === 'always' && one.enabled);
  const isGroup = those.some((one) => one.isGroup);
  const title = number === '' ? words.allCalls : isGroup ? words.callsToGroup : words.callsTo;
  return (
    <fieldset class="number">
      <legend>
        {title}
        {number === '' ? null : <bdi>{displayNumber(number)}</bdi>}
      </legend>
      <ul class="switches">
        {sorted.map((one) => (
          <li key={one.key}>
            <OnOff
              one={one}
              overruled={allGo && one.enabled && one.trigger !== 'always'}
              onTurn={onTurn}
            />
            {onTurn === null || one.target === 'unknown' ? null : (
              <IconButton
                icon={icons.edit}
                label={words.edit(triggerWord(one))}
                onClick={() => {
                  props.onEdit(one);
                }}
              />
            )}
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

function OnOff(props: {
  readonly one: Forwarding;
  readonly overruled: boolean;
  readonly onTurn: ((one: Forwarding, on: boolean) => void) | null;
}) {
  const { one, onTurn } = props;
  const words = texts.value.settings.forwardings;
  return (
    <Switch
      label={triggerWord(one)}
      checked={one.enabled}
      disabled={onTurn === null}
      onChange={(on) => {
        onTurn?.(one, on);
      }}
      hint={
        <>
          <Destination one={one} />
          {props.overruled ? ` – ${words.overruled}` : null}
        </>
      }
    />
  );
}

function Destination({ one }: { readonly one: Forwarding }) {
  const words = texts.value.settings.forwardings;
  if (one.target === 'voicemail') return <>{words.toVoicemail}</>;
  if (one.target === 'unknown') return <>{words.toUnknown}</>;
  if (one.destination === '') return <>{words.toNothing}</>;
  return (
    <>
      {words.to}
      <bdi>{displayNumber(one.destination)}</bdi>
    </>
  );
}
