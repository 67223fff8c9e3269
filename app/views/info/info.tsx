import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

import { pathOf } from '../../host/location.ts';
import { Button } from '../controls/button.tsx';
import { Icon } from '../controls/icon.tsx';
import * as icons from '../controls/icons.ts';
import { MessageBar } from '../controls/message-bar.tsx';
import type { ConnectionState } from '../connection.ts';
import { problemText } from '../problem-text.ts';
import { useShell } from '../shell.ts';
import { OtherSystem } from '../sign-in/other-system.tsx';
import { texts } from '../texts/language.ts';
import { appVersion, diagnosis, STEPS } from './diagnosis.ts';
import { Appearance } from './appearance.tsx';

/** Versions, the way to the PBX, settings of the app: the tab "Info". */
export function Info({ state }: { readonly state: ConnectionState }) {
  const shell = useShell();
  const t = texts.value.info;
  const system = shell.system.value ?? null;
  return (
    <div class="info-page">
      <h1>{t.heading}</h1>
      <div class="columns">
        <Section heading={t.way}>
          {system === null ? <p class="hint">{t.noSystem}</p> : <WayToPbx state={state} />}
        </Section>
        <Section heading={t.system}>
          {system === null ? (
            <Button
              kind="primary"
              onClick={() => {
                shell.go('main');
              }}
            >
              {t.goConnect}
            </Button>
          ) : (
            <>
              <dl class="facts">
                <Fact name={t.name}>{system.name}</Fact>
                <Fact name={t.connector}>{system.connector}</Fact>
                <Fact name={t.keyId}>
                  <code>{system.keyId}</code>
                </Fact>
                <Fact name={t.user}>{state.user ?? t.nobody}</Fact>
              </dl>
              <SystemActions signedIn={state.phase === 'signed-in'} />
            </>
          )}
        </Section>
        <Section heading={t.appearance}>
          <Appearance />
        </Section>
        <Section heading={t.versions}>
          <dl class="facts">
            <Fact name={t.app}>{appVersion}</Fact>
            <Fact name={t.agent}>{state.agent ?? '–'}</Fact>
            <Fact name={t.host}>{t.hosts[shell.host.kind]}</Fact>
          </dl>
        </Section>
        <Section heading={t.diagnosis}>
          <Diagnosis state={state} />
        </Section>
        <Section heading={t.privacyHeading}>
          <p>{t.privacyText}</p>
          <ul class="links">
            {(['privacy', 'terms'] as const).map((page) => (
              <li key={page}>
                <a href={pathOf(page, location.pathname)} target="_blank" rel="noreferrer">
                  {t[page]}
                </a>
              </li>
            ))}
            <li>
              <a href="licences.txt" target="_blank" rel="noreferrer">
                {t.licences}
              </a>
            </li>
          </ul>
        </Section>
      </div>
    </div>
  );
}

function Section(props: { readonly heading: string; readonly children: ComponentChildren }) {
  return (
    <section class="card">
      <h2>{props.heading}</h2>
      {props.children}
    </section>
  );
}

function Fact(props: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

/** Step by step; at the first that was not reached what is wrong, and what to do. */
function WayToPbx({ state }: { readonly state: ConnectionState }) {
  const t = texts.value.info;
  const { reached, problem, roundTrip } = state;
  const missing = STEPS.find((step) => !reached.includes(step)) ?? null;
  return (
    <>
      <ol class="steps">
        {STEPS.map((step) => {
          const good = reached.includes(step);
          const bad = step === missing && problem !== null;
          const sign = good ? icons.checkCircle : bad ? icons.error : icons.circle;
          return (
            <li key={step} class={good ? 'good' : bad ? 'bad' : 'pending'}>
              <Icon of={sign} />
              <div>
                {t.steps[step]}
                <span class="unseen">: {good ? t.good : bad ? t.bad : t.pending}</span>
                {bad ? (
                  <>
                    <p>{problemText(problem)}</p>
                    <p class="hint">{t.stepHelp[step]}</p>
                    <code>{problem.code}</code>
                  </>
                ) : step === missing && step === 'pbx' ? (
                  <p class="hint">{t.stepHelp.pbx}</p>
                ) : null}
              </div>
            </li>
          );
        })}
      </ol>
      {roundTrip === null ? null : (
        <dl class="facts">
          <Fact name={t.roundTrip}>{t.milliseconds(Math.round(roundTrip))}</Fact>
        </dl>
      )}
    </>
  );
}

function SystemActions({ signedIn }: { readonly signedIn: boolean }) {
  const shell = useShell();
  const t = texts.value.info;
  const [asking, setAsking] = useState(false);
  return (
    <div class="actions">
      {signedIn ? (
        <Button
          icon={icons.signOut}
          onClick={() => void shell.connection.signOut().catch(() => undefined)}
        >
          {t.signOut}
        </Button>
      ) : null}
      <Button
        icon={icons.key}
        onClick={() => {
          setAsking(true);
        }}
      >
        {t.other}
      </Button>
      {asking ? (
        <OtherSystem
          onClose={() => {
            setAsking(false);
          }}
        />
      ) : null}
    </div>
  );
}

function Diagnosis({ state }: { readonly state: ConnectionState }) {
  const shell = useShell();
  const t = texts.value.info;
  const [result, setResult] = useState<'copied' | 'failed' | null>(null);
  const text = diagnosis(shell, state);
  return (
    <>
      <p class="hint">{t.diagnosisHint}</p>
      <div class="actions">
        <Button
          icon={result === 'copied' ? icons.check : icons.copy}
          onClick={() =>
            void shell.host.copy(text).then((copied) => {
              setResult(copied ? 'copied' : 'failed');
            })
          }
        >
          {t.copy}
        </Button>
        <span role="status">{result === 'copied' ? t.copied : ''}</span>
      </div>
      {result === 'failed' ? (
        <>
          <MessageBar kind="warning">{t.copyFailed}</MessageBar>
          <textarea
            class="copy-text"
            readOnly
            rows={8}
            aria-label={t.diagnosis}
            value={text}
            onFocus={(event) => {
              event.currentTarget.select();
            }}
          />
        </>
      ) : null}
    </>
  );
}
