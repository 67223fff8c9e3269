import type { ComponentChild } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { systemClock } from '../connection/index.ts';
import type { ConnectionState, Problem, Step } from '../views/connection.ts';
import { makeStage, onStage, type Stage } from './stage.tsx';

/** The key of docs/protocol.md, and the same with one wrong character. */
const RIGHT_KEY = '7M6ET-ZWF05-7J6W0-ZMDSG-PPR4N-5JJX9-K1QQF-TSVDY';
const WRONG_KEY = '7M6ET-ZWF05-7J6W0-ZMDSG-PPR4N-5JJX9-K1QQF-T5VDY';

const problem = (code: string, retryIn: number | null = null): Problem => ({
  code,
  message: 'the peer says what happened',
  hint: 'and what to do',
  retryAt: retryIn === null ? null : systemClock.now() + retryIn,
});

const WAY: readonly Step[] = ['connector', 'key', 'agent', 'session', 'pbx'];
const OPEN = {
  phase: 'open',
  reached: WAY.slice(0, 4),
  agent: 'starface-teams-agent/1.2.0',
} as const;
const SIGNED_IN = {
  ...OPEN,
  phase: 'signed-in',
  reached: WAY,
  user: '0011',
  roundTrip: 23,
} as const;

const shown =
  (state: Partial<ConnectionState>, change: (stage: Stage) => void = () => undefined) =>
  (): ComponentChild => {
    const stage = makeStage(state);
    change(stage);
    return onStage(stage.shell);
  };

const noSystem = ({ shell }: Stage): void => {
  shell.system.value = null;
};
const info = ({ shell }: Stage): void => {
  shell.show('info');
};

/** Types into fields as a user does, because their content is theirs alone. */
function Typed(props: {
  readonly into: Readonly<Record<number, string>>;
  readonly submit?: boolean;
  readonly children: ComponentChild;
}) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const inputs = box.current?.querySelectorAll<HTMLInputElement>('form input');
    for (const [at, text] of Object.entries(props.into)) {
      const input = inputs?.[Number(at)];
      if (input === undefined) continue;
      input.value = text;
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }
    if (props.submit === true) {
      setTimeout(() => box.current?.querySelector('form')?.requestSubmit());
    }
  }, []);
  return (
    <div class="content" ref={box}>
      {props.children}
    </div>
  );
}

export const shellStates: Record<string, () => ComponentChild> = {
  connect: shown({}, noSystem),
  'connect-typing': () => (
    <Typed into={{ 0: 'pbx.example.com', 1: '7M6ET-ZWF05-7J6W0' }}>{shown({}, noSystem)()}</Typed>
  ),
  'connect-wrong-group': () => (
    <Typed into={{ 0: 'pbx.example.com', 1: WRONG_KEY }}>{shown({}, noSystem)()}</Typed>
  ),
  'connect-right': () => (
    <Typed into={{ 0: 'pbx.example.com', 1: RIGHT_KEY }}>{shown({}, noSystem)()}</Typed>
  ),
  'connect-missing': () => (
    <Typed into={{ 1: '7M6E!' }} submit>
      {shown({}, noSystem)()}
    </Typed>
  ),
  'connect-refused': shown({ phase: 'failed', problem: problem('tunnel.admission-refused') }),
  connecting: shown({ phase: 'connecting' }),
  unreachable: shown({
    phase: 'connecting',
    problem: problem('transport.connect-failed', 12_000),
  }),
  'pbx-offline': shown({
    phase: 'connecting',
    reached: WAY.slice(0, 2),
    problem: problem('tunnel.pbx-offline', 28_000),
  }),
  'sign-in': shown(OPEN),
  'sign-in-wrong': shown({ ...OPEN, user: '0011', problem: problem('uci.login-refused') }),
  'sign-in-paused': shown({
    ...OPEN,
    user: '0011',
    problem: problem('session.login-paused', 272_000),
  }),
  'sign-in-no-seat': shown({ ...OPEN, user: '0011', problem: problem('license.no-seat') }),
  'sign-in-missing': () => (
    <Typed into={{}} submit>
      {shown(OPEN)()}
    </Typed>
  ),
  'sign-in-unknown': shown({ ...OPEN, problem: problem('uci.new-code') }),
  info: shown(SIGNED_IN, info),
  'info-trouble': shown(
    { phase: 'connecting', reached: WAY.slice(0, 2), problem: problem('tunnel.pbx-offline') },
    info,
  ),
  'info-empty': shown({}, (stage) => {
    noSystem(stage);
    info(stage);
  }),
  'info-teams': shown(SIGNED_IN, (stage) => {
    info(stage);
    stage.host.kind = 'teams';
  }),
  interrupted: shown({
    ...SIGNED_IN,
    phase: 'interrupted',
    problem: problem('client.connection-lost', 9_000),
  }),
  'signed-in': shown(SIGNED_IN),
  privacy: shown({}, ({ shell }) => {
    shell.show('privacy');
  }),
};
