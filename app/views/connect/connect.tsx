import { useState } from 'preact/hooks';

import { canonicalSystemName, checkSystemKey } from '../../protocol/index.ts';
import { Button } from '../controls/button.tsx';
import { Field } from '../controls/field.tsx';
import { MessageBar } from '../controls/message-bar.tsx';
import type { Problem, System } from '../connection.ts';
import { problemText } from '../problem-text.ts';
import { useShell } from '../shell.ts';
import { texts } from '../texts/language.ts';
import { DropCard, DropZone } from './key-drop.tsx';
import { KeyField } from './key-field.tsx';

/** docs/protocol.md, part 9: larger files are not even read. */
const LARGEST_FILE = 16_384;

type Trouble =
  | {
      readonly kind: 'code';
      readonly code: string;
      readonly message: string;
      readonly hint: string;
    }
  | { readonly kind: 'several' | 'unreadable' }
  | { readonly kind: 'foreign'; readonly page: string };

function troubleOf(thrown: unknown): Trouble {
  if (!(thrown instanceof Error)) return { kind: 'unreadable' };
  const { code, hint } = thrown as Partial<Problem>;
  // What comes from the browser has no code of ours: the file's disk is gone, or it is a folder.
  if (typeof code !== 'string') return { kind: 'unreadable' };
  return { kind: 'code', code, message: thrown.message, hint: hint ?? '' };
}

function nameError(name: string): string | null {
  try {
    canonicalSystemName(name.trim());
    return null;
  } catch (error) {
    return error instanceof Error ? problemText(error as Error & Problem) : null;
  }
}

/** Step 2: the key file, or name and key by hand. `problem`: why the key that was kept is no good. */
export function Connect({ problem }: { readonly problem: Problem | null }) {
  const shell = useShell();
  const t = texts.value.connect;
  const [name, setName] = useState(shell.system.peek()?.name ?? '');
  const [key, setKey] = useState('');
  const [strict, setStrict] = useState(false);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);

  const useKey = async (make: () => Promise<System>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setTrouble(null);
    try {
      const system = await make();
      const page = shell.keys.foreignPage(system);
      if (page === null) await shell.use(system);
      else setTrouble({ kind: 'foreign', page });
    } catch (error) {
      setTrouble(troubleOf(error));
    } finally {
      setBusy(false);
    }
  };
  const takeFiles = (files: readonly File[]): void => {
    const [file, ...more] = files;
    if (file === undefined || more.length > 0) {
      setTrouble({ kind: file === undefined ? 'unreadable' : 'several' });
      return;
    }
    void useKey(async () => {
      // One byte more than is taken tells that it is too large.
      const bytes = await file.slice(0, LARGEST_FILE + 1).arrayBuffer();
      return shell.keys.fromFile(new Uint8Array(bytes));
    });
  };
  const submit = (): void => {
    setStrict(true);
    if (nameError(name) !== null || checkSystemKey(key).canonical === null) return;
    void useKey(() => shell.keys.fromTyped(name.trim(), key));
  };

  return (
    <div class="step">
      <DropCard
        onFiles={takeFiles}
        onText={(text) => void useKey(() => shell.keys.fromFile(new TextEncoder().encode(text)))}
      >
        {(over) => (
          <>
            <div>
              <h1>{t.heading}</h1>
              <p class="intro">{t.intro}</p>
            </div>
            {problem === null || trouble !== null ? null : (
              <MessageBar kind="error" title={t.notConnected}>
                {problemText(problem)}
              </MessageBar>
            )}
            <DropZone over={over} onFiles={takeFiles} />
            {trouble === null ? null : <TroubleBar trouble={trouble} />}
            <p class="or">{t.orByHand}</p>
            <form
              noValidate
              onSubmit={(event) => {
                event.preventDefault();
                submit();
              }}
            >
              <Field
                label={t.name}
                value={name}
                onInput={setName}
                placeholder={t.namePlaceholder}
                inputMode="url"
                maxLength={300}
                error={strict ? nameError(name) : null}
              />
              <KeyField value={key} onInput={setKey} strict={strict} />
              <div class="end">
                <Button kind="primary" submit busy={busy}>
                  {t.connect}
                </Button>
              </div>
            </form>
          </>
        )}
      </DropCard>
    </div>
  );
}

function TroubleBar({ trouble }: { readonly trouble: Trouble }) {
  const t = texts.value.connect;
  if (trouble.kind === 'foreign') {
    const { host } = new URL(trouble.page);
    return (
      <MessageBar
        kind="warning"
        title={t.fileRejected}
        actions={
          <a class="button secondary" href={trouble.page} target="_blank" rel="noreferrer">
            {t.openForeign(host)}
          </a>
        }
      >
        {t.foreign(host)}
      </MessageBar>
    );
  }
  const text =
    trouble.kind === 'code'
      ? problemText(trouble)
      : trouble.kind === 'several'
        ? t.severalFiles
        : t.fileUnreadable;
  return (
    <MessageBar kind="error" title={t.fileRejected}>
      {text}
    </MessageBar>
  );
}
