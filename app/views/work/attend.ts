// What goes on whichever page is open: telephony follows the connection, and the host says what
// rings, what was missed and who calls.

import { effect, signal } from '@preact/signals';

import type { Call } from '../../telephony/index.ts';
import { isTalking, peer } from '../../telephony/index.ts';
import type { ReadableLike } from '../controls/use-readable.ts';
import type { Shell } from '../shell.ts';
import { texts } from '../texts/language.ts';
import { isIncoming } from './calls/order.ts';
import { deskOf } from './desk.ts';
import { plainName } from './party.tsx';

/** Begins at once. Returns what ends it. */
export function attend(shell: Shell): () => void {
  const ends = [followConnection(shell), showMissed(shell), announce(shell)];
  return () => {
    for (const end of ends) end();
  };
}

/** Starts telephony at each sign-in, reads again after gaps, and stops when the user has gone. */
function followConnection({ connection, telephony }: Shell): () => void {
  const start = (login: unknown, resumed: boolean): void => {
    // In a session that goes on no event was lost; a page that was loaded again knows nothing yet.
    if (!resumed || telephony.state.get().phase === 'stopped') void telephony.start(login);
  };
  const stop = (): void => {
    if (telephony.state.get().phase !== 'stopped') telephony.stop();
    // What one user has typed is not for the next.
    deskOf(telephony).clear();
  };
  const ends = [
    connection.onSignedIn(start),
    connection.onGap(() => {
      void telephony.gap();
    }),
    connection.state.subscribe(({ phase }) => {
      if (phase === 'open' || phase === 'closed' || phase === 'failed') stop();
    }),
  ];
  const { phase, login } = connection.state.get();
  if (phase === 'signed-in') start(login, true);
  return () => {
    for (const end of ends) end();
  };
}

function showMissed({ host, telephony }: Shell): () => void {
  const missed = followed(telephony.missed.state);
  const end = effect(() => {
    host.setBadge(missed.value.value.value.count);
  });
  return () => {
    end();
    missed.end();
  };
}

/** Ring tone, title and a notice for calls that come in. */
function announce({ host, connection, telephony }: Shell): () => void {
  const list = followed(telephony.calls.list);
  const state = followed(connection.state);
  const pbx = followed(telephony.state);
  const notices = new Map<string, { readonly name: string; readonly takeAway: () => void }>();
  const notify = (call: Call, name: string): (() => void) =>
    host.notify({
      title: texts.value.work.titleIncoming(name),
      body: call.caller.name === '' ? '' : call.caller.number,
      tag: `call ${call.id}`,
      // The host has brought the window to the front, where the card is.
      onClick: () => undefined,
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
      if (shown === undefined ? looks : shown.name === name) continue;
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
