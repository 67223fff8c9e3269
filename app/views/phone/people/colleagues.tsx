// Colleagues on function keys: their states, a search, and a call with one click.

import { useMemo, useRef, useState } from 'preact/hooks';

import type { Colleague, Telephony } from '../../../telephony/index.ts';
import { displayNumber } from '../../../telephony/index.ts';
import { IconButton } from '../../controls/button.tsx';
import { ClearButton } from '../../controls/clear-button.tsx';
import { Field } from '../../controls/field.tsx';
import * as icons from '../icons.ts';
import { step } from '../../controls/keys.ts';
import { Empty } from '../../controls/list.tsx';
import { useReadable } from '../../controls/use-readable.ts';
import { useShell } from '../../shell.ts';
import { texts } from '../../texts/language.ts';
import { usePiece } from '../growing.tsx';
import { PartView } from '../part-view.tsx';
import { matcher } from '../search.ts';
import { digits, isolated } from '../spoken.ts';
import { Avatar } from './lamp.tsx';
import { useOnScreen } from './on-screen.ts';
import { Picture } from './picture.tsx';

export interface ColleaguesProps {
  readonly telephony: Telephony;
  readonly onDial: (number: string) => void;
}

/** Renders nothing where the PBX has no function keys for this user. */
export function Colleagues({ telephony, onDial }: ColleaguesProps) {
  const state = useReadable(telephony.colleagues.state);
  const { heading, loading } = texts.value.people.colleagues;
  if (state.value.status === 'hidden') return null;
  return (
    <section class="people" aria-label={heading}>
      <h2>{heading}</h2>
      <PartView section={telephony.colleagues} state={state} loading={loading} lines={6}>
        {(all) => <Found all={all} telephony={telephony} onDial={onDial} />}
      </PartView>
    </section>
  );
}

/** So few are seen at a glance. */
const kMostWithoutSearch = 6;

function Found(props: ColleaguesProps & { readonly all: readonly Colleague[] }) {
  const { all, telephony } = props;
  const [query, setQuery] = useState('');
  const words = texts.value.people.colleagues;
  const found = useMemo(() => {
    const fits = matcher(query);
    return query.trim() === '' ? all : all.filter((one) => fits(one.name, one.number));
  }, [all, query]);
  if (all.length === 0) {
    return (
      <Empty icon={icons.people} title={words.none}>
        <p>{words.noneHint}</p>
      </Empty>
    );
  }
  return (
    <>
      {all.length > kMostWithoutSearch ? <Search query={query} onQuery={setQuery} /> : null}
      <p class="unseen" role="status">
        {query.trim() === '' ? '' : words.found(found.length)}
      </p>
      {found.length === 0 ? (
        <Empty icon={icons.search} title={words.noneFound(isolated(query.trim()))} />
      ) : (
        <Rows telephony={telephony} found={found} query={query} onDial={props.onDial} />
      )}
    </>
  );
}

function Search(props: { readonly query: string; readonly onQuery: (query: string) => void }) {
  const words = texts.value.people.colleagues;
  const clear = (): void => {
    props.onQuery('');
  };
  return (
    <Field
      label={words.search}
      bare
      type="search"
      placeholder={words.search}
      value={props.query}
      onInput={props.onQuery}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || props.query === '') return;
        event.preventDefault();
        clear();
      }}
      after={<ClearButton value={props.query} label={words.clear} onClear={clear} />}
    />
  );
}

interface RowsProps extends ColleaguesProps {
  readonly found: readonly Colleague[];
  readonly query: string;
}

function Rows({ telephony, found, query, onDial }: RowsProps) {
  const { clock, host } = useShell();
  const list = useRef<HTMLUListElement>(null);
  const { shown, more } = usePiece(found, query);
  const isVisible = host.visible.value;
  const { loaded } = useReadable(telephony.users.state).value;
  const watch = useMemo(
    () =>
      isVisible
        ? (ids: readonly string[]) => {
            for (const { id, number } of telephony.colleagues.state.get().value) {
              if (ids.includes(id)) telephony.avatars.want(number);
            }
            return telephony.colleagues.watch(ids);
          }
        : null,
    // Who has which number is known later, perhaps.
    [telephony, isVisible, loaded],
  );
  useOnScreen(list, shown.map((one) => one.id).join('\n'), clock, watch);
  // The same function for all renderings: rows that did not change are not rendered again.
  const dial = useRef(onDial);
  dial.current = onDial;
  const call = useMemo(
    () => (number: string) => {
      dial.current(number);
    },
    [],
  );
  return (
    <>
      <ul
        class="rows"
        ref={list}
        aria-label={texts.value.people.colleagues.heading}
        onKeyDown={(event) => {
          moveBetweenButtons(event, list.current);
        }}
      >
        {shown.map((one) => (
          <ColleagueRow key={one.id} telephony={telephony} colleague={one} onCall={call} />
        ))}
      </ul>
      {more}
    </>
  );
}

function moveBetweenButtons(event: KeyboardEvent, list: HTMLElement | null): void {
  const buttons = [...(list?.querySelectorAll<HTMLElement>('button') ?? [])];
  const at = buttons.indexOf(event.target as HTMLElement);
  const next = at < 0 ? null : step(event.key, at, buttons.length, 'column');
  if (next === null) return;
  event.preventDefault();
  buttons[next]?.focus();
}

function ColleagueRow(props: {
  readonly telephony: Telephony;
  readonly colleague: Colleague;
  readonly onCall: (number: string) => void;
}) {
  const { id, name, number, lamp, peer } = props.colleague;
  const words = texts.value.people.colleagues;
  const shown = displayNumber(number);
  return (
    <li class={`row person ${lamp}`} data-id={id}>
      <div class="before">
        <Avatar name={name} sign={lamp}>
          <Picture telephony={props.telephony} of={number} lazy />
        </Avatar>
      </div>
      <div class="words">
        <div class="title cut" title={name}>
          <bdi>{name === '' ? shown : name}</bdi>
        </div>
        <div class="detail cut">
          <span class="state">{words.lamps[lamp]}</span>
          {peer === '' ? null : (
            <span title={peer}>
              {' '}
              {words.ringingFor}
              <bdi>{displayNumber(peer)}</bdi>
            </span>
          )}
          {number === '' || name === number ? null : (
            <span>
              {' · '}
              <bdi>{shown}</bdi>
            </span>
          )}
        </div>
      </div>
      {number === '' ? null : (
        <div class="after">
          <IconButton
            icon={icons.call}
            class="call"
            label={words.call(isolated(name), digits(number))}
            onClick={() => {
              props.onCall(number);
            }}
          />
        </div>
      )}
    </li>
  );
}
