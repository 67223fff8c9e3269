import { texts } from './texts/language.ts';
import { useReadable } from './controls/use-readable.ts';
import { Spinner } from './controls/spinner.tsx';
import { useShell } from './shell.ts';
import { Work } from './work/work.tsx';

/** Header, message about the connection, and the screen that the state asks for. */
export function Frame() {
  const { connection, telephony } = useShell();
  const state = useReadable(connection.state);
  const { phase } = state.value;
  return (
    <>
      <header class="top">
        <span class="name">{texts.value.frame.product}</span>
      </header>
      <main class="content" id="content">
        {phase === 'signed-in' || phase === 'interrupted' ? (
          <Work telephony={telephony} />
        ) : (
          <Spinner label={texts.value.frame.connecting} />
        )}
      </main>
    </>
  );
}
