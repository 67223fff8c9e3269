// States of people: each has its own shape, its own colour and its own word.

import type { ComponentChildren } from 'preact';

import type { Lamp } from '../../../telephony/index.ts';
import { Icon } from '../../controls/icon.tsx';
import * as icons from '../icons.ts';

export type Sign = Lamp | 'away';

const SHAPES: Readonly<Record<Sign, string>> = {
  unknown: icons.presenceUnknown,
  available: icons.presenceAvailable,
  ringing: icons.ringing,
  busy: icons.presenceBusy,
  'do-not-disturb': icons.presenceDnd,
  offline: icons.presenceOffline,
  away: icons.presenceAway,
};

/** A word stands beside it. */
export function LampSign({ of }: { readonly of: Sign }) {
  return (
    <span class={`lamp ${of}`} aria-hidden="true">
      <Icon of={SHAPES[of]} />
    </span>
  );
}

/** A circle with the first letters of the name, a picture over them, and the lamp at its edge. */
export function Avatar(props: {
  readonly name: string;
  readonly sign?: Sign;
  readonly children?: ComponentChildren;
}) {
  const { sign } = props;
  const letters = initials(props.name);
  return (
    <span class="avatar" aria-hidden="true">
      {letters === '' ? <Icon of={icons.person} /> : <bdi>{letters}</bdi>}
      {props.children}
      {sign === undefined ? null : <LampSign of={sign} />}
    </span>
  );
}

/** Of the first and the last word that begin with a letter. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends
    .map((word) => /^\p{L}\p{M}*/u.exec(word ?? '')?.[0] ?? '')
    .join('')
    .toUpperCase();
}
