// What goes on whichever page is open: the host says what rings, what was missed and who calls.

import { effect, signal } from '@preact/signals';

import type { Call, Telephony } from '../../telephony/index.ts';
import { isTalking, peer } from '../../telephony/index.ts';
import type { ReadableLike } from '../controls/use-readable.ts';
import type { Shell } from '../shell.ts';
import { texts } from '../texts/language.ts';
import { isIncoming } from './calls/order.ts';
import { deskOf } from './desk.ts';
import { plainName } from './party.tsx';

/** Of a PBX that rings without end, a user sees enough in these. */
const kMostNotices = 5;

type Parts = Pick<Shell, 'host' | 'connection' | 'show'> & { readonly telephony: Telephony };

/** Begins at once, for a user who is signed in. Returns what ends it, when that user has gone. */
export function attend(parts: Parts): () => void {
  const ends = [showMissed(parts), announce(parts)];
  return () => {
    for (const end of ends) end();
    // What one user has typed is not for the next.
    deskOf(parts.telephony).clear();
  };
}

function showMissed({ host, telephony }: Parts): () => void {
  const missed = followed(telephony.missed.state);
  const end = effect(() => {
    host.setBadge(missed.value.value.value.count);
  });
  return () => {
    end();
    missed.end();
    host.setBadge(0);
  };
}

/** Ring tone, title and a notice for calls that come in. */
function announce({ host, connection, telephony, show: showPage }: Parts): () => void {
  const list = followed(telephony.calls.list);
  const state = followed(connection.state);
  const pbx = followed(telephony.state);
  const notices = new Map<string, { readonly name: string; readonly takeAway: () => void }>();
  const notify = (call: Call, name: string): (() => void) =>
    host.notify({
      title: texts.value.work.titleIncoming(name),
      body: call.caller.name === '' ? '' : call.caller.number,
      tag: `call ${call.id}`,
      // The host brings the window to the front.
      onClick: () => {
        showPage('main');
      },
    });
  const show = (ringing: readonly Call[], looks: boolean): void => {
    const ids = new Set(ringing.map((call) => call.id));
    for (const [id, shown] of notices) {
      if (ids.has(id)) continue;
      shown.takeAway();
      notices.delete(id);
    }
    for (const call of ringing) {
      const name = plainName(peer(call));
      const shown = notices.get(call.id);
      // A notice that is there stays; the name may come after the number.
      if (shown === undefined ? looks || notices.size >= kMostNotices : shown.name === name) {
        continue;
      }
      shown?.takeAway();
      notices.set(call.id, { name, takeAway: notify(call, name) });
    }
  };
  const end = effect(() => {
    const calls = list.value.value;
    const ringing = calls.filter(isIncoming);
    // While nobody tells whether a call still rings, the page must not ring on.
    const sure = state.value.value.phase === 'signed-in' && pbx.value.value.connected;
    // Into the ear of somebody who talks it would be too loud; the card and the notice are there.
    const talks = calls.some((call) => isTalking(call.phase));
    host.ring(sure && ringing.length > 0 && !talks);
    const [first] = ringing;
    host.setTitle(
      first === undefined ? '' : texts.value.work.titleIncoming(plainName(peer(first))),
    );
    const looks = host.visible.value && document.hasFocus();
    show(ringing, looks);
  });
  return () => {
    end();
    for (const one of [list, state, pbx]) one.end();
    for (const one of notices.values()) one.takeAway();
    host.ring(false);
    host.setTitle('');
  };
}

function followed<T>(readable: ReadableLike<T>) {
  const value = signal(readable.get());
  const end = readable.subscribe((next) => {
    value.value = next;
  });
  return { value, end };
}
