import { useState } from 'preact/hooks';

import { Button } from '../controls/button.tsx';
import { MessageBar } from '../controls/message-bar.tsx';
import { Spinner } from '../controls/spinner.tsx';
import { useCountdown } from '../controls/use-countdown.ts';
import type { ConnectionState } from '../connection.ts';
import { problemText } from '../problem-text.ts';
import { useShell } from '../shell.ts';
import { OtherSystem } from '../sign-in/other-system.tsx';
import { PathPicture } from '../sign-in/path-picture.tsx';
import { texts } from '../texts/language.ts';

/** Between the two steps: on the way to the PBX, or what is in the way. */
export function Way({ state }: { readonly state: ConnectionState }) {
  const shell = useShell();
  const t = texts.value.connect;
  const [asking, setAsking] = useState(false);
  const { problem } = state;
  const seconds = useCountdown(shell.clock, problem?.retryAt ?? null);
  const name = shell.system.value?.name ?? '';
  return (
    <div class="step">
      <section class="card" aria-busy={state.phase === 'connecting'}>
        <PathPicture reached={state.reached} broken={problem !== null} />
        <h1>{name}</h1>
        {problem === null ? (
          <Spinner label={t.connecting(name)} />
        ) : (
          <MessageBar kind={state.phase === 'failed' ? 'error' : 'warning'} title={t.notConnected}>
            {problemText(problem)}{' '}
            {seconds === null ? null : <span aria-live="off">{t.retryIn(seconds)}</span>}
          </MessageBar>
        )}
        <div class="end">
          <Button
            kind="link"
            onClick={() => {
              setAsking(true);
            }}
          >
            {t.other}
          </Button>
          {problem === null ? null : (
            <Button
              kind="primary"
              onClick={() => {
                shell.connection.retryNow();
              }}
            >
              {t.retry}
            </Button>
          )}
        </div>
        {asking ? (
          <OtherSystem
            onClose={() => {
              setAsking(false);
            }}
          />
        ) : null}
      </section>
    </div>
  );
}
