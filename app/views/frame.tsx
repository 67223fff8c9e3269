import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import type { Page } from '../host/host.ts';
import { pathOf } from '../host/location.ts';
import { Connect } from './connect/connect.tsx';
import { Way } from './connect/way.tsx';
import { Brand } from './controls/brand.tsx';
import { Button } from './controls/button.tsx';
import { Icon } from './controls/icon.tsx';
import * as icons from './controls/icons.ts';
import { Menu, type MenuItem } from './controls/menu.tsx';
import { Spinner } from './controls/spinner.tsx';
import { useCountdown } from './controls/use-countdown.ts';
import { useReadable } from './controls/use-readable.ts';
import type { ReadableLike } from './controls/use-readable.ts';
import type { ConnectionState } from './connection.ts';
import { Info } from './info/info.tsx';
import { Legal } from './info/legal.tsx';
import { useShell } from './shell.ts';
import { OtherSystem } from './sign-in/other-system.tsx';
import { SignIn } from './sign-in/sign-in.tsx';
import { texts } from './texts/language.ts';

/** These say that the key is no good: another one is needed. */
const KEY_PROBLEMS = new Set([
  'tunnel.admission-refused',
  'tunnel.key-revoked',
  'tunnel.handshake-failed',
]);
/** These say that the way is good and that the user has to sign in. */
const USER_PROBLEMS = /^(?:session|license|uci|oauth)\./;

/** Header, message about the connection, and the screen that the state asks for. */
export function Frame() {
  const shell = useShell();
  const state = useReadable(shell.connection.state).value;
  const page = shell.page.value;
  if (page === 'privacy' || page === 'terms') return <Legal page={page} />;
  const working = isWorking(state);
  const parts = shell.work.value;
  return (
    <>
      <a class="skip button primary unseen" href="#content">
        {texts.value.frame.skip}
      </a>
      <Header state={state} />
      {state.phase === 'interrupted' ? <Interrupted state={state} /> : null}
      <main class="content" id="content" tabIndex={-1}>
        {/* Work keeps its place while Info is shown: a call that is being typed is not lost. */}
        {working ? (
          <div class="content" hidden={page !== 'main'}>
            {parts === null ? (
              <Spinner label={texts.value.frame.loading} />
            ) : (
              <parts.Work telephony={parts.telephony} />
            )}
          </div>
        ) : null}
        {page === 'info' ? <Info state={state} /> : null}
        {page === 'main' && !working ? <Entry state={state} /> : null}
      </main>
    </>
  );
}

function isWorking({ phase }: ConnectionState): boolean {
  return phase === 'signed-in' || phase === 'interrupted';
}

function Entry({ state }: { readonly state: ConnectionState }) {
  const shell = useShell();
  const { problem, phase } = state;
  if (shell.system.value === undefined) {
    return (
      <div class="step">
        <Spinner label={texts.value.frame.loading} />
      </div>
    );
  }
  if (shell.system.value === null) return <Connect problem={null} />;
  if (phase === 'failed' && problem !== null) {
    if (KEY_PROBLEMS.has(problem.code)) return <Connect problem={problem} />;
    if (USER_PROBLEMS.test(problem.code)) return <SignIn state={state} />;
  }
  return phase === 'open' || phase === 'signing-in' ? (
    <SignIn state={state} />
  ) : (
    <Way state={state} />
  );
}

function Header({ state }: { readonly state: ConnectionState }) {
  const shell = useShell();
  const t = texts.value.frame;
  const system = shell.system.value;
  const parts = shell.work.value;
  return (
    <header class="top">
      <span class="name">
        <Brand />
        <span>{t.product}</span>
      </span>
      {/* Teams has its own two tabs above the page. */}
      {shell.host.kind === 'browser' ? <Pages /> : null}
      <div class="end">
        {isWorking(state) && parts !== null ? (
          <parts.WorkHeader telephony={parts.telephony} />
        ) : null}
        {system === null || system === undefined ? null : (
          <span class="system" title={system.name}>
            {system.name}
          </span>
        )}
        {isWorking(state) && state.user !== null ? (
          <Account
            user={state.user}
            name={parts?.telephony.ownName.state ?? kNoName}
            picture={
              parts === null ? null : <parts.Picture telephony={parts.telephony} of={null} />
            }
          />
        ) : null}
      </div>
    </header>
  );
}

function Pages() {
  const shell = useShell();
  const t = texts.value.frame;
  const link = (page: Page, label: string) => (
    <a
      href={pathOf(page, location.pathname)}
      aria-current={shell.page.value === page ? 'page' : undefined}
      onClick={(event) => {
        // A new tab or window is the browser's affair.
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        shell.go(page);
      }}
    >
      <span class="label" data-text={label}>
        {label}
      </span>
    </a>
  );
  return (
    <nav class="pages" aria-label={t.pages}>
      {link('main', t.main)}
      {link('info', t.info)}
    </nav>
  );
}

const kNobody = { value: '' };
const kNoName: ReadableLike<{ readonly value: string }> = {
  get: () => kNobody,
  subscribe: () => () => undefined,
};

/** @param props.name what the PBX calls the user; empty until it does. */
function Account(props: {
  readonly user: string;
  readonly name: ReadableLike<{ readonly value: string }>;
  readonly picture: ComponentChildren;
}) {
  const user = useReadable(props.name).value.value || props.user;
  const shell = useShell();
  const t = texts.value;
  const [asking, setAsking] = useState(false);
  const items: MenuItem[] = [
    {
      key: 'sign-out',
      label: t.frame.signOut,
      icon: icons.signOut,
      onSelect: () => void shell.connection.signOut().catch(() => undefined),
    },
    {
      key: 'other',
      label: t.signIn.other,
      icon: icons.key,
      onSelect: () => {
        setAsking(true);
      },
    },
  ];
  const { openOwnWindow } = shell.host;
  if (openOwnWindow !== null) {
    items.unshift({
      key: 'window',
      label: t.frame.ownWindow,
      icon: icons.window,
      onSelect: openOwnWindow,
    });
  }
  return (
    <>
      <Menu class="account" align="end" label={t.frame.account(user)} items={items}>
        <span class="face">
          <Icon of={icons.person} />
          {props.picture}
        </span>
        <bdi class="user">{user}</bdi>
      </Menu>
      {asking ? (
        <OtherSystem
          onClose={() => {
            setAsking(false);
          }}
        />
      ) : null}
    </>
  );
}

/** Breaks of a second are not worth a word. */
const QUIET_MS = 1_500;

/** A quiet bar; what is below it stays, and may be used again in a moment. */
function Interrupted({ state }: { readonly state: ConnectionState }) {
  const { clock, connection, host } = useShell();
  const t = texts.value.frame;
  const [shown, setShown] = useState(false);
  const seconds = useCountdown(clock, state.problem?.retryAt ?? null);
  useEffect(
    () =>
      clock.after(QUIET_MS, () => {
        setShown(true);
      }),
    [clock],
  );
  if (!shown) return null;
  const offline = !host.online.value;
  return (
    <div class="interrupted">
      <span class="spinner" aria-hidden="true" />
      <span role="status">{offline ? t.offline : t.interrupted}</span>
      {seconds === null || offline ? null : (
        <>
          <span class="hint">{t.interruptedRetry(seconds)}</span>
          <Button
            kind="link"
            onClick={() => {
              connection.retryNow();
            }}
          >
            {t.retryNow}
          </Button>
        </>
      )}
    </div>
  );
}
