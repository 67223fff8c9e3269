import { useRef, useState } from 'preact/hooks';

import { Button, IconButton } from '../controls/button.tsx';
import { clockText } from '../controls/clock-text.ts';
import { Checkbox, Field } from '../controls/field.tsx';
import { Icon } from '../controls/icon.tsx';
import * as icons from '../controls/icons.ts';
import { MessageBar } from '../controls/message-bar.tsx';
import { useCountdown } from '../controls/use-countdown.ts';
import type { ConnectionState, Problem } from '../connection.ts';
import { problemText } from '../problem-text.ts';
import { useShell } from '../shell.ts';
import { texts } from '../texts/language.ts';
import { OtherSystem } from './other-system.tsx';
import { PathPicture } from './path-picture.tsx';

/** With these the same user and password may be good in a moment: they stay in the fields. */
const TEMPORARY =
  /^(?:license\.no-seat|session\.(?:login-paused|shutting-down)|oauth\.unwell$|uci\.(?!login-refused|sign-in-over|access-refused)|tunnel\.|transport\.|client\.)/;

/** With these one more click may be all that it takes. */
const RETRIED = /^license\.(?:no-seat|seat-withdrawn)$/;

/** Step 3: user and password. */
export function SignIn({ state }: { readonly state: ConnectionState }) {
  const shell = useShell();
  const t = texts.value.signIn;
  const [user, setUser] = useState(state.user ?? '');
  const [password, setPassword] = useState('');
  const [remember, setRemember] = useState(false);
  const [missing, setMissing] = useState(false);
  const [asking, setAsking] = useState(false);
  const [refused, setRefused] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  // The kept ticket was refused for now, and is tried again: a password may be quicker.
  const waits = state.phase === 'signing-in' && state.problem !== null && !sending;
  const busy = state.phase === 'signing-in' && !waits;
  const problem = busy ? null : (refused ?? state.problem);
  const byTicket = refused === null && (waits || state.phase === 'failed');

  const submit = async (): Promise<void> => {
    setMissing(true);
    const name = user.trim();
    if (busy || name === '' || password === '') {
      const empty = name === '' ? 'username' : 'current-password';
      form.current?.querySelector<HTMLInputElement>(`[autocomplete="${empty}"]`)?.focus();
      return;
    }
    setRefused(null);
    setSending(true);
    try {
      await shell.connection.signIn(name, password, remember);
      setPassword('');
    } catch (error) {
      const why = error as Error & Problem;
      setRefused(why);
      // A password that was refused is not tried twice.
      if (!TEMPORARY.test(why.code)) {
        setPassword('');
        setMissing(false);
        form.current?.querySelector<HTMLInputElement>('[type="password"]')?.focus();
      }
    } finally {
      setSending(false);
    }
  };

  return (
    <div class="step">
      <section class="card">
        <PathPicture reached={state.reached} broken={false} />
        <div>
          <h1>{t.heading}</h1>
          <p class="system-line">
            <Icon of={icons.checkCircle} />
            {t.system(shell.system.value?.name ?? '')}
          </p>
        </div>
        {shell.kept.value ? null : (
          <MessageBar kind="info" quiet>
            {texts.value.connect.notKept}
          </MessageBar>
        )}
        {problem === null ? null : (
          <SignInProblem
            problem={problem}
            byTicket={byTicket}
            onRetry={() => {
              if (byTicket) shell.connection.retryNow();
              else void submit();
            }}
          />
        )}
        <form
          ref={form}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <Field
            label={t.user}
            value={user}
            onInput={setUser}
            name="username"
            autoComplete="username"
            maxLength={256}
            error={missing && user.trim() === '' ? t.missingUser : null}
            autoFocus={user === ''}
          />
          <PasswordField
            value={password}
            onInput={setPassword}
            error={missing && password === '' ? t.missingPassword : null}
          />
          <Checkbox
            label={t.remember}
            checked={remember}
            onChange={setRemember}
            hint={t.rememberHint}
          />
          <div class="end">
            <Button
              kind="link"
              onClick={() => {
                setAsking(true);
              }}
            >
              {t.other}
            </Button>
            <Button kind="success" submit busy={busy}>
              {busy ? t.busy : t.submit}
            </Button>
          </div>
        </form>
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

function PasswordField(props: {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly error: string | null;
}) {
  const t = texts.value.signIn;
  const [shown, setShown] = useState(false);
  const [caps, setCaps] = useState(false);
  const readCaps = (event: KeyboardEvent): void => {
    setCaps(event.getModifierState('CapsLock'));
  };
  return (
    <Field
      label={t.password}
      value={props.value}
      onInput={props.onInput}
      type={shown ? 'text' : 'password'}
      name="password"
      autoComplete="current-password"
      maxLength={1_024}
      error={props.error}
      onKeyDown={readCaps}
      onKeyUp={readCaps}
      onBlur={() => {
        setCaps(false);
      }}
      hint={
        caps ? (
          <span class="caps" role="status">
            <Icon of={icons.warning} />
            {t.capsLock}
          </span>
        ) : null
      }
      after={
        <IconButton
          icon={shown ? icons.eyeOff : icons.eye}
          label={shown ? t.hide : t.show}
          pressed={shown}
          onClick={() => {
            setShown(!shown);
          }}
        />
      }
    />
  );
}

function SignInProblem(props: {
  readonly problem: Problem;
  /** It was the kept ticket that was refused: trying again takes no password. */
  readonly byTicket: boolean;
  readonly onRetry: () => void;
}) {
  const { problem, byTicket, onRetry } = props;
  const { clock } = useShell();
  const t = texts.value.signIn;
  const paused = problem.code === 'session.login-paused';
  const seconds = useCountdown(clock, paused || byTicket ? problem.retryAt : null);
  const retry = byTicket || RETRIED.test(problem.code);
  const passes = problem.code === 'session.signed-out' || paused || seconds !== null;
  return (
    <MessageBar
      kind={passes ? 'warning' : 'error'}
      actions={retry ? <Button onClick={onRetry}>{t.retry}</Button> : undefined}
    >
      {problemText(problem)}
      {seconds === null ? null : (
        // Read out once by the message, not each second.
        <span class="time-left" aria-live="off">
          {paused ? ` ${t.wait} ${clockText(seconds)}` : ` ${texts.value.connect.retryIn(seconds)}`}
        </span>
      )}
    </MessageBar>
  );
}
