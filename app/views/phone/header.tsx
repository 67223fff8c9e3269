import { useEffect } from 'preact/hooks';

import type { Telephony } from '../../telephony/index.ts';
import { peer } from '../../telephony/index.ts';
import { Button } from '../controls/button.tsx';
import * as icons from './icons.ts';
import { useReadable } from '../controls/use-readable.ts';
import { useShell } from '../shell.ts';
import { texts } from '../texts/language.ts';
import { attend } from './attend.ts';
import { isIncoming } from './calls/order.ts';
import { plainName } from './party.tsx';
import { PresenceMenu } from './people/presence-menu.tsx';

/**
 * Stands in the header beside the user's name on each page, for as long as somebody is signed in:
 * the own state, and what has to go on whatever is shown.
 */
export function WorkHeader({ telephony }: { readonly telephony: Telephony }) {
  const shell = useShell();
  const { host, connection } = shell;
  useEffect(
    () =>
      attend({
        host,
        connection,
        telephony,
        show: (page) => {
          shell.go(page);
        },
      }),
    [shell, host, connection, telephony],
  );
  return (
    <>
      {shell.page.value === 'main' ? null : <Ringing telephony={telephony} />}
      <PresenceMenu telephony={telephony} />
    </>
  );
}

/** On other pages than that with the cards: who calls, and the way there. */
function Ringing({ telephony }: { readonly telephony: Telephony }) {
  const shell = useShell();
  const call = useReadable(telephony.calls.list).value.find(isIncoming);
  if (call === undefined) return null;
  return (
    <Button
      kind="success"
      icon={icons.callIn}
      class="calling"
      onClick={() => {
        shell.go('main');
      }}
    >
      {texts.value.work.titleIncoming(plainName(peer(call)))}
    </Button>
  );
}
