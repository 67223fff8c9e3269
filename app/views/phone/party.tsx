// Names and numbers of others. They come from outside: text only, each with a direction of its own,
// cut where the room ends and whole in the title.

import type { Party } from '../../telephony/index.ts';
import { displayNumber } from '../../telephony/index.ts';
import { texts } from '../texts/language.ts';

export function Name({ of, class: name = '' }: { readonly of: string; readonly class?: string }) {
  return (
    <bdi class={`cut ${name}`} title={of}>
      {of}
    </bdi>
  );
}

/** Read out digit by digit. */
export function PhoneNumber({ of }: { readonly of: string }) {
  const shown = displayNumber(of);
  return (
    <bdi class="cut" dir="ltr" title={shown}>
      <span aria-hidden="true">{shown}</span>
      <span class="unseen">{Array.from(shown.replace(/\s/g, '')).join(' ')}</span>
    </bdi>
  );
}

/** What somebody is called in a sentence: the name, else the number. */
export function nameOf(party: Party): string {
  if (party.name !== '') return party.name;
  if (party.number !== '') return displayNumber(party.number);
  return texts.value.work.unknownParty;
}

const kMarks = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** For titles and notices, which have no markup: what would turn the rest around is taken out. */
export function plainName(party: Party): string {
  return nameOf(party).replace(kMarks, '').slice(0, 80);
}
