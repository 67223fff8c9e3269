// The user's phones, which of them rings, call waiting, and the number that others see.

import type { PhoneSettings as Phones, Telephony } from '../../../telephony/index.ts';
import { displayNumber } from '../../../telephony/index.ts';
import { Radios, Select } from '../../controls/choice.tsx';
import { Switch } from '../../controls/field.tsx';
import { Icon } from '../../controls/icon.tsx';
import * as icons from '../icons.ts';
import { Empty } from '../../controls/list.tsx';
import { useReadable } from '../../controls/use-readable.ts';
import { texts } from '../../texts/language.ts';
import type { Orders } from '../orders.tsx';
import { OrderReport, useOrders } from '../orders.tsx';
import { PartView, useOffers } from '../part-view.tsx';
import { isolated } from '../spoken.ts';
import { Card } from './card.tsx';

export function PhoneSettings({ telephony }: { readonly telephony: Telephony }) {
  const state = useReadable(telephony.phones.state);
  const orders = useOrders();
  const words = texts.value.settings.phones;
  if (state.value.status === 'hidden') return null;
  return (
    <Card title={words.heading} icon={icons.handset}>
      <OrderReport orders={orders} />
      <PartView section={telephony.phones} state={state} loading={words.loading}>
        {(value) => (
          <>
            <WhichRings telephony={telephony} value={value} orders={orders} />
            <WhatOthersSee telephony={telephony} value={value} orders={orders} />
            <CallWaiting telephony={telephony} value={value} orders={orders} />
          </>
        )}
      </PartView>
    </Card>
  );
}

interface PhonesProps {
  readonly telephony: Telephony;
  readonly value: Phones;
  readonly orders: Orders;
}

function WhichRings({ telephony, value, orders }: PhonesProps) {
  const offers = useOffers(telephony);
  const words = texts.value.settings.phones;
  const { phones, primaryId } = value;
  if (phones.length === 0) {
    return (
      <Empty icon={icons.handset} title={words.none}>
        <p>{words.noneHint}</p>
      </Empty>
    );
  }
  if (phones.length === 1 || !offers('phone.setPrimaryPhoneId')) {
    return (
      <ul class="rows" aria-label={words.heading}>
        {phones.map((phone) => (
          <li key={phone.id} class="row">
            <div class="before">
              <Icon of={icons.handset} />
            </div>
            <div class="words">
              <div class="title cut">
                <bdi>{displayNumber(phone.name)}</bdi>
              </div>
              {phone.id === primaryId ? <div class="detail">{words.only}</div> : null}
            </div>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <Radios
      label={words.which}
      options={phones.map((phone) => ({ key: phone.id, label: displayNumber(phone.name) }))}
      selected={primaryId}
      hint={primaryId === null ? words.unchosen : undefined}
      onSelect={(id) => {
        const name = phones.find((phone) => phone.id === id)?.name ?? id;
        void orders.run(words.heading, words.chosen(isolated(name)), () =>
          telephony.phones.setPrimary(id),
        );
      }}
    />
  );
}

function WhatOthersSee({ telephony, value, orders }: PhonesProps) {
  const offers = useOffers(telephony);
  const words = texts.value.settings.phones;
  const { displayNumbers, displayNumberId } = value;
  const present = displayNumbers.find((one) => one.id === displayNumberId);
  if (displayNumbers.length === 0) return null;
  if (displayNumbers.length === 1 || !offers('phone.setDisplayNumberId')) {
    if (present === undefined) return null;
    return (
      <p>
        <span class="hint">{words.displayNumber}: </span>
        <bdi>{displayNumber(present.number)}</bdi>
      </p>
    );
  }
  return (
    <Select
      label={words.displayNumber}
      none={words.displayNumberNone}
      options={displayNumbers.map((one) => ({ key: one.id, label: displayNumber(one.number) }))}
      selected={present?.id ?? null}
      onSelect={(id) => {
        const number = displayNumbers.find((one) => one.id === id)?.number ?? id;
        const done = words.displayNumberChosen(displayNumber(number));
        void orders.run(words.displayNumber, done, () => telephony.phones.setDisplayNumber(id));
      }}
    />
  );
}

function CallWaiting({ telephony, value, orders }: PhonesProps) {
  const offers = useOffers(telephony);
  const words = texts.value.settings.phones;
  if (value.callWaiting === null || !offers('phone.setCallWaitingIndication')) return null;
  return (
    <Switch
      label={words.callWaiting}
      hint={words.callWaitingHint}
      checked={value.callWaiting}
      onChange={(on) => {
        void orders.run(words.callWaiting, on ? words.callWaitingOn : words.callWaitingOff, () =>
          telephony.phones.setCallWaiting(on),
        );
      }}
    />
  );
}
