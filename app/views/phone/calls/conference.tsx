import type { Call, Telephony } from '../../../telephony/index.ts';
import { isTalking, peer } from '../../../telephony/index.ts';
import { Button } from '../../controls/button.tsx';
import { Icon } from '../../controls/icon.tsx';
import * as icons from '../icons.ts';
import { Menu } from '../../controls/menu.tsx';
import { useReadable } from '../../controls/use-readable.ts';
import { texts } from '../../texts/language.ts';
import { nameOf } from '../party.tsx';

/** Joins a call with another one; with several to choose from, it asks with which. */
export function Conference(props: {
  readonly telephony: Telephony;
  readonly call: Call;
  readonly disabled: boolean;
  readonly onJoin: (ids: readonly [string, ...string[]]) => void;
}) {
  const { telephony, call, disabled, onJoin } = props;
  const calls = useReadable(telephony.calls.list).value;
  const others = calls.filter((one) => one.id !== call.id && isTalking(one.phase));
  const [first, second] = others;
  const { work } = texts.value;
  if (first === undefined) return null;
  if (second === undefined || disabled) {
    return (
      <Button
        icon={icons.peopleAdd}
        busy={call.busy === 'conference'}
        disabled={disabled}
        onClick={() => {
          onJoin([call.id, first.id]);
        }}
      >
        {work.conference}
      </Button>
    );
  }
  const one = others.map((other) => ({
    key: other.id,
    label: work.conferenceWith(nameOf(peer(other))),
    onSelect: () => {
      onJoin([call.id, other.id]);
    },
  }));
  const all = {
    key: '',
    label: work.conferenceAll,
    onSelect: () => {
      onJoin([call.id, ...others.map((other) => other.id)]);
    },
  };
  return (
    <Menu items={[...one, all]} class="conference">
      <Icon of={icons.peopleAdd} />
      <span class="label">{work.conference}</span>
    </Menu>
  );
}
