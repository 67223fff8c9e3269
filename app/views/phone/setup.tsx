import { useEffect, useState } from 'preact/hooks';

import { Button } from '../controls/button.tsx';
import { MessageBar } from '../controls/message-bar.tsx';
import { useShell } from '../shell.ts';
import { texts } from '../texts/language.ts';

const kDeclined = 'notices-declined';

/** Offers notices of the system, once: they need a click of the user. */
export function Setup() {
  const { host } = useShell();
  const [declined, setDeclined] = useState<boolean | null>(null);
  useEffect(() => {
    void host.cabinet.load(kDeclined, 'long').then(
      (kept) => {
        setDeclined(kept === true);
      },
      () => {
        setDeclined(false);
      },
    );
  }, [host]);
  const { work } = texts.value;
  if (declined !== false || host.notices.value !== 'ask') return null;
  return (
    <MessageBar
      kind="info"
      quiet
      actions={
        <>
          <Button
            onClick={() => {
              void host.askForNotices();
            }}
          >
            {work.allow}
          </Button>
          <Button
            kind="subtle"
            onClick={() => {
              setDeclined(true);
              // Where nothing can be kept it is asked again after a reload.
              host.cabinet.save(kDeclined, 'long', true).catch(() => undefined);
            }}
          >
            {work.notNow}
          </Button>
        </>
      }
    >
      {work.allowNotices}
    </MessageBar>
  );
}
