// Floating licences, for their administrators: who uses one, and how to take it back.

import type { Ref } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';

import type { SeatHolder, SeatList, Telephony } from '../../../telephony/index.ts';
import { Button, IconButton } from '../../controls/button.tsx';
import { Field } from '../../controls/field.tsx';
import * as icons from '../icons.ts';
import { Empty } from '../../controls/list.tsx';
import { useReadable } from '../../controls/use-readable.ts';
import { useShell } from '../../shell.ts';
import { texts } from '../../texts/language.ts';
import { Confirmation } from '../confirmation.tsx';
import { usePiece } from '../growing.tsx';
import { machineTime, moment } from '../moments.ts';
import { useNextFocus } from '../next-focus.ts';
import { OrderReport, useOrders } from '../orders.tsx';
import { PartView } from '../part-view.tsx';
import { matcher } from '../search.ts';
import { isolated } from '../spoken.ts';
import { Card } from './card.tsx';

/** Whose licence is to be withdrawn, and which of the rows that are shown that is. */
interface Wanted {
  readonly user: string;
  readonly at: number;
}

export function SeatSettings({ telephony }: { readonly telephony: Telephony }) {
  const state = useReadable(telephony.seats.state);
  const orders = useOrders();
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const { holders } = state.value.value;
  const removedAt = useNextFocus(list, holders.length);
  const words = texts.value.settings.seats;
  // Only once it is sure that this user is an administrator: all others never see it flash up.
  const { status, loaded, error } = state.value;
  if (status === 'hidden' || (!loaded && error === null)) return null;
  const close = (): void => {
    setWanted(null);
  };
  return (
    <Card
      title={words.heading}
      icon={icons.seat}
      action={
        <IconButton
          icon={icons.refresh}
          label={words.refresh}
          onClick={() => void telephony.seats.read()}
        />
      }
    >
      <OrderReport orders={orders} />
      <PartView section={telephony.seats} state={state} loading={words.loading}>
        {(seats) => <Holders seats={seats} list={list} onWithdraw={setWanted} />}
      </PartView>
      {wanted === null ? null : (
        <WithdrawDialog
          user={wanted.user}
          onClose={close}
          onWithdraw={() => {
            const { user, at } = wanted;
            close();
            removedAt(at);
            void orders.run(words.withdrawFrom(user), words.withdrawn(isolated(user)), () =>
              telephony.seats.revoke(user),
            );
          }}
        />
      )}
    </Card>
  );
}

/** So few are seen at a glance. */
const kMostWithoutSearch = 10;

function Holders(props: {
  readonly seats: SeatList;
  readonly list: Ref<HTMLUListElement>;
  readonly onWithdraw: (wanted: Wanted) => void;
}) {
  const { seats, taken, holders } = props.seats;
  const [query, setQuery] = useState('');
  const words = texts.value.settings.seats;
  const found = useMemo(() => {
    const fits = matcher(query);
    return query.trim() === '' ? holders : holders.filter((one) => fits(one.user));
  }, [holders, query]);
  const { shown, more } = usePiece(found, query);
  return (
    <>
      <div class="taken">
        <span>{words.taken(taken, seats)}</span>
        <progress max={Math.max(seats, taken, 1)} value={taken} aria-hidden="true" />
      </div>
      {holders.length > kMostWithoutSearch || query !== '' ? (
        <Field
          label={words.search}
          bare
          type="search"
          placeholder={words.search}
          value={query}
          onInput={setQuery}
        />
      ) : null}
      {found.length === 0 ? (
        <Empty
          icon={icons.seat}
          title={holders.length === 0 ? words.none : words.noneFound(isolated(query.trim()))}
        />
      ) : (
        <ul class="rows" ref={props.list} aria-label={words.heading}>
          {shown.map((one, at) => (
            <HolderRow
              key={one.user}
              holder={one}
              onWithdraw={() => {
                props.onWithdraw({ user: one.user, at });
              }}
            />
          ))}
        </ul>
      )}
      {more}
    </>
  );
}

function HolderRow(props: { readonly holder: SeatHolder; readonly onWithdraw: () => void }) {
  const { user, since, sessions } = props.holder;
  const words = texts.value.settings.seats;
  const isOwn = useOwnUser() === user;
  return (
    <li class="row holder">
      <div class="words">
        <div class="title cut" title={user}>
          <bdi>{user}</bdi>
          {isOwn ? <span class="hint"> ({words.you})</span> : null}
        </div>
        <div class="detail">
          {since === null ? null : (
            <>
              {words.since}
              <time dateTime={machineTime(since)}>{moment(since, Date.now())}</time>
              {' · '}
            </>
          )}
          {words.sessions(sessions)}
        </div>
      </div>
      <div class="after">
        <Button label={words.withdrawFrom(isolated(user))} onClick={props.onWithdraw}>
          {words.withdraw}
        </Button>
      </div>
    </li>
  );
}

function useOwnUser(): string | null {
  return useReadable(useShell().connection.state).value.user;
}

function WithdrawDialog(props: {
  readonly user: string;
  readonly onWithdraw: () => void;
  readonly onClose: () => void;
}) {
  const words = texts.value.settings.seats;
  const isOwn = useOwnUser() === props.user;
  return (
    <Confirmation
      title={words.withdrawTitle}
      action={words.withdraw}
      onConfirm={props.onWithdraw}
      onClose={props.onClose}
    >
      <p>{isOwn ? words.withdrawOwn : words.withdrawText(isolated(props.user))}</p>
    </Confirmation>
  );
}
