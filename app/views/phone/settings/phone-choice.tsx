// Beside the dial button: which phone rings, and which number others see.

import type { Telephony } from '../../../telephony/index.ts';
import { displayNumber } from '../../../telephony/index.ts';
import { Icon } from '../../controls/icon.tsx';
import * as icons from '../icons.ts';
import { Menu } from '../../controls/menu.tsx';
import { useReadable } from '../../controls/use-readable.ts';
import { texts } from '../../texts/language.ts';
import { OrderReport, useOrders } from '../orders.tsx';
import { useOffers } from '../part-view.tsx';
import { isolated } from '../spoken.ts';

/** Renders nothing where the PBX does not tell the user's phones; a failure is in the settings. */
export function PhoneChoice({ telephony }: { readonly telephony: Telephony }) {
  const state = useReadable(telephony.phones.state);
  const offers = useOffers(telephony);
  const orders = useOrders();
  const words = texts.value.settings.phones;
  const { status, loaded, value } = state.value;
  if (status === 'hidden' || !loaded || value.phones.length === 0) return null;
  const chosen = value.phones.find((phone) => phone.id === value.primaryId);
  const shown = value.displayNumbers.find((number) => number.id === value.displayNumberId);
  const only = value.phones.length === 1 ? value.phones[0] : undefined;
  const name = displayNumber((chosen ?? only)?.name ?? words.choose);
  const canChoose = value.phones.length > 1 && offers('phone.setPrimaryPhoneId');
  return (
    <div class="phone-choice">
      {canChoose ? (
        <Menu
          label={words.choice(isolated(name))}
          items={value.phones.map((phone) => ({
            key: phone.id,
            label: displayNumber(phone.name),
            checked: phone.id === value.primaryId,
            onSelect: () => {
              void orders.run(words.heading, words.chosen(isolated(phone.name)), () =>
                telephony.phones.setPrimary(phone.id),
              );
            },
          }))}
        >
          <Icon of={icons.handset} />
          <bdi class="cut">{name}</bdi>
        </Menu>
      ) : (
        <span class="phone">
          <Icon of={icons.handset} />
          <bdi class="cut">{name}</bdi>
        </span>
      )}
      {shown === undefined ? null : (
        <span class="shows cut">
          {words.shows}
          <bdi>{displayNumber(shown.number)}</bdi>
        </span>
      )}
      <OrderReport orders={orders} />
    </div>
  );
}
