import type { ComponentChild } from 'preact';

import { deskOf } from '../views/phone/desk.ts';
import { RpcError } from '../tests/telephony/fakes.ts';
import { busyPbx } from './busy-pbx.ts';
import type { Stage } from './stage.tsx';
import { makeStage, onStage } from './stage.tsx';
import { kIncoming, kTalking, withContacts, withJournal, withPeople } from './work-pbx.ts';

/** @param play what happens when everything has been read. */
function working(prepare: (stage: Stage) => void, play?: (stage: Stage) => void): ComponentChild {
  const stage = makeStage({ phase: 'signed-in', user: '0011', login: {} });
  busyPbx(stage.session);
  withPeople(stage.session);
  prepare(stage);
  void stage.telephony.start({});
  if (play !== undefined) {
    setTimeout(() => {
      play(stage);
    }, 200);
  }
  return onStage(stage.shell);
}

const some = ({ session }: Stage): void => {
  withJournal(session, 40);
};

/** As a user types: only then the list opens. */
function type(selector: string, words: string): void {
  const input = document.querySelector<HTMLInputElement>(selector);
  if (input === null) return;
  input.focus();
  input.value = words;
  input.dispatchEvent(new Event('input', { bubbles: true }));
}

const outgoing = { ...kTalking, id: 'out', state: 'RINGBACK' };

function talk({ session }: Stage): void {
  session.call({ ...outgoing, duration: undefined });
  session.call(kTalking);
}

export const workStates: Record<string, () => ComponentChild> = {
  'work-empty': () =>
    working(({ session }) => {
      withJournal(session, 0);
    }),
  'work-waiting': () =>
    working(({ session }) => {
      session.on('callList.getCallList', () => new Promise(() => undefined));
    }),
  'work-journal': () => working(some),
  'work-thousands': () =>
    working(({ session }) => {
      withJournal(session, 10_000);
    }),
  'work-incoming': () =>
    working(some, ({ session }) => {
      session.call(kIncoming);
    }),
  'work-calls': () =>
    working(some, (stage) => {
      talk(stage);
      stage.session.call(kIncoming);
    }),
  'work-transfer': () =>
    working(some, (stage) => {
      talk(stage);
      deskOf(stage.telephony).setTransfer('out', '');
    }),
  'work-contacts': () =>
    working(
      (stage) => {
        some(stage);
        withContacts(stage.session);
      },
      () => {
        type('.dial input', 'en');
      },
    ),
  'work-contacts-waiting': () =>
    working(
      (stage) => {
        some(stage);
        stage.session.on('contacts.search', () => new Promise(() => undefined));
      },
      () => {
        type('.dial input', 'br');
      },
    ),
  'work-contacts-transfer': () =>
    working(
      (stage) => {
        some(stage);
        withContacts(stage.session);
      },
      (stage) => {
        talk(stage);
        deskOf(stage.telephony).setTransfer('out', '');
        setTimeout(() => {
          type('.transfer input', 'en');
        }, 100);
      },
    ),
  'work-conference': () =>
    working(some, (stage) => {
      talk(stage);
      stage.session.call({ ...kIncoming, state: 'CONNECTED', duration: 61 });
      stage.session.call({
        id: 'odd',
        state: 'LEVITATING',
        callerName: 'א<b>x</b>',
        callerNumber: '',
      });
      void stage.telephony.calls.hold('in', true);
    }),
  'work-failed-dial': () =>
    working(
      (stage) => {
        some(stage);
        stage.session.on('call.placeCallWithPhone', (number: unknown) => {
          throw new RpcError(number === '1002' ? 'uci.timeout' : 'uci.access-refused');
        });
      },
      ({ telephony }) => {
        void telephony.dialler.dial('1002', { id: 'a' });
        void telephony.dialler.dial('+49 721 5550123', { id: 'b' });
        deskOf(telephony).type('Zo');
      },
    ),
  'work-journal-failed': () =>
    working(({ session }) => {
      session.on('callList.getCallList', () => {
        throw new RpcError('uci.timeout');
      });
    }),
  'work-interrupted': () =>
    working(some, (stage) => {
      talk(stage);
      stage.connection.show({ phase: 'interrupted' });
      stage.telephony.calls.lost();
    }),
  'work-pbx-away': () =>
    working(some, ({ session }) => {
      session.emit('session.pbx', { connected: false });
    }),
  'work-notices': () =>
    working((stage) => {
      some(stage);
      stage.host.notices.value = 'ask';
    }),
};
