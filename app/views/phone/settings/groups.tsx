// The groups that the user belongs to: in and out.

import type { Group, Telephony } from '../../../telephony/index.ts';
import { displayNumber } from '../../../telephony/index.ts';
import { Switch } from '../../controls/field.tsx';
import * as icons from '../icons.ts';
import { Empty } from '../../controls/list.tsx';
import { useReadable } from '../../controls/use-readable.ts';
import { texts } from '../../texts/language.ts';
import { OrderReport, useOrders } from '../orders.tsx';
import { PartView, useOffers } from '../part-view.tsx';
import { isolated } from '../spoken.ts';
import { Card } from './card.tsx';

export function GroupSettings({ telephony }: { readonly telephony: Telephony }) {
  const state = useReadable(telephony.groups.state);
  const orders = useOrders();
  const offers = useOffers(telephony);
  const words = texts.value.settings.groups;
  if (state.value.status === 'hidden') return null;
  const canChange = offers('group.setGroupSetting');
  const turn = (group: Group, active: boolean): void => {
    const name = isolated(nameOf(group));
    void orders.run(nameOf(group), active ? words.isIn(name) : words.isOut(name), () =>
      telephony.groups.setActive(group.id, active),
    );
  };
  return (
    <Card title={words.heading} icon={icons.group}>
      <OrderReport orders={orders} />
      <PartView section={telephony.groups} state={state} loading={words.loading}>
        {(all) =>
          all.length === 0 ? (
            <Empty icon={icons.group} title={words.none} />
          ) : (
            <>
              <p class="hint">{words.hint}</p>
              <ul class="switches" aria-label={words.heading}>
                {all.map((group) => (
                  <li key={group.id}>
                    <OneGroup group={group} onTurn={canChange ? turn : null} />
                  </li>
                ))}
              </ul>
            </>
          )
        }
      </PartView>
    </Card>
  );
}

function nameOf(group: Group): string {
  return group.name === '' ? texts.value.settings.groups.unnamed(group.id) : group.name;
}

function OneGroup(props: {
  readonly group: Group;
  /** Null: it cannot be changed here. */
  readonly onTurn: ((group: Group, active: boolean) => void) | null;
}) {
  const { group, onTurn } = props;
  const words = texts.value.settings.groups;
  const numbers = group.numbers.map(displayNumber).join(', ');
  if (group.active === null || onTurn === null) {
    const { active } = group;
    return (
      <div class="fixed">
        <bdi class="cut">{nameOf(group)}</bdi>
        <p class="hint">
          {active === null ? words.notTold : active ? words.in : words.out}
          {numbers === '' ? null : ` · ${numbers}`}
        </p>
      </div>
    );
  }
  return (
    <Switch
      label={<bdi>{nameOf(group)}</bdi>}
      hint={numbers === '' ? undefined : <bdi>{numbers}</bdi>}
      checked={group.active}
      onChange={(active) => {
        onTurn(group, active);
      }}
    />
  );
}
