// Colleagues, voicemail, the own state and the settings, over a PBX that answers from memory.

import type { ComponentChild } from 'preact';

import type { RpcError } from '../tests/telephony/fakes.ts';
import { Colleagues } from '../views/phone/people/colleagues.tsx';
import { PresenceMenu } from '../views/phone/people/presence-menu.tsx';
import { VoicemailList } from '../views/phone/people/voicemail.tsx';
import { PhoneChoice } from '../views/phone/settings/phone-choice.tsx';
import { Settings } from '../views/phone/settings/settings.tsx';
import { busyPbx } from './busy-pbx.ts';
import { makeStage, onStage, type Stage } from './stage.tsx';

function start(change: (stage: Stage) => void = () => undefined): Stage {
  const stage = makeStage({ phase: 'signed-in', user: '0011' });
  busyPbx(stage.session);
  change(stage);
  void stage.shell.telephony.start(null);
  return stage;
}

const dial = (): void => undefined;

function show(stage: Stage, child: ComponentChild): ComponentChild {
  return onStage(
    stage.shell,
    <main class="content">
      <div class="work">
        <div class="side" />
        <div class="lists">
          <div class="panel">{child}</div>
        </div>
      </div>
    </main>,
  );
}

function failing(code: string): () => never {
  return () => {
    throw Object.assign(new Error('the PBX does not answer'), {
      code,
      hint: undefined,
    }) as RpcError;
  };
}

const never = (): Promise<unknown> => new Promise(() => undefined);

function colleagues(stage: Stage): ComponentChild {
  return show(stage, <Colleagues telephony={stage.shell.telephony} onDial={dial} />);
}

function voicemail(stage: Stage): ComponentChild {
  return show(stage, <VoicemailList telephony={stage.shell.telephony} onDial={dial} />);
}

function settings(stage: Stage): ComponentChild {
  return show(stage, <Settings telephony={stage.shell.telephony} />);
}

function header(stage: Stage): ComponentChild {
  return onStage(
    stage.shell,
    <>
      <header class="top">
        <span class="name">STARFACE</span>
        <div class="end">
          <PresenceMenu telephony={stage.shell.telephony} />
        </div>
      </header>
      <main class="content work">
        <PhoneChoice telephony={stage.shell.telephony} />
      </main>
    </>,
  );
}

export const peopleStates: Record<string, () => ComponentChild> = {
  colleagues: () => colleagues(start()),
  'colleagues-many': () =>
    colleagues(
      start(({ session }) => {
        session.on('functionKey.getFunctionKeys', () =>
          Array.from({ length: 900 }, (_, at) => ({
            id: `k${at}`,
            type: 'BUSY_LAMP_FIELD',
            name: `Colleague ${at + 1}`,
            number: String(2000 + at),
          })),
        );
      }),
    ),
  'colleagues-empty': () =>
    colleagues(
      start(({ session }) => {
        session.on('functionKey.getFunctionKeys', () => []);
      }),
    ),
  'colleagues-waiting': () =>
    colleagues(
      start(({ session }) => {
        session.on('functionKey.getFunctionKeys', never);
      }),
    ),
  'colleagues-failed': () =>
    colleagues(
      start(({ session }) => {
        session.on('functionKey.getFunctionKeys', failing('uci.timeout'));
      }),
    ),
  voicemail: () => voicemail(start()),
  'voicemail-empty': () =>
    voicemail(
      start(({ session }) => {
        session.on('voicemailList.getVoicemailList', () => []);
      }),
    ),
  presence: () => header(start()),
  settings: () => settings(start()),
  'settings-refused': () =>
    settings(
      start(({ session }) => {
        for (const method of ['redirect.setRedirectSetting', 'phone.setPrimaryPhoneId']) {
          session.on(method, () => false);
        }
        session.on('group.getGroupSettings', failing('uci.unreachable'));
      }),
    ),
  'settings-none': () =>
    settings(
      start(({ session }) => {
        session.on('service.getProvidedRequests', () => ['ucp.v30.requests.call']);
        session.on('license.list', failing('license.not-administrator'));
      }),
    ),
};
