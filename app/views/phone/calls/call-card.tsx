import type { ComponentChildren, RefObject } from 'preact';
import { useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

import type { Call, CallAction, Telephony, TelephonyError } from '../../../telephony/index.ts';
import { codes, isHeld, peer, toTelephonyError } from '../../../telephony/index.ts';
import { Button } from '../../controls/button.tsx';
import { Icon } from '../../controls/icon.tsx';
import * as icons from '../icons.ts';
import { MessageBar } from '../../controls/message-bar.tsx';
import { useReadable } from '../../controls/use-readable.ts';
import { useShell } from '../../shell.ts';
import { texts } from '../../texts/language.ts';
import { deskOf } from '../desk.ts';
import { Name, PhoneNumber } from '../party.tsx';
import { refusalText } from '../refusal.ts';
import { useReach } from '../reach.ts';
import { Picture } from '../people/picture.tsx';
import { Conference } from './conference.tsx';
import { Elapsed } from './elapsed.tsx';
import { isIncoming } from './order.ts';
import { Transfer } from './transfer.tsx';

/** A new card takes the place of another one: clicks within so many ms are meant for that one. */
const kTooSoon = 500;

export interface CallCardProps {
  readonly telephony: Telephony;
  readonly call: Call;
}

/** A running call, and what can be done with it. */
export function CallCard({ telephony, call }: CallCardProps) {
  const id = useId();
  const desk = deskOf(telephony);
  const { clock } = useShell();
  const since = useRef(clock.now());
  const ready = useReach(telephony) === 'ready';
  const [error, setError] = useState<TelephonyError | null>(null);
  const target = desk.transfers.value.get(call.id);
  const rings = isIncoming(call);
  const box = useRef<HTMLDivElement>(null);
  useFocusBack(box, target === undefined);

  const run = (work: () => Promise<void>): void => {
    setError(null);
    work().catch((thrown: unknown) => {
      const failed = toTelephonyError(thrown);
      // It has ended: what was wanted, or no longer possible; the card goes.
      if (failed.code !== codes.gone) setError(failed);
    });
  };
  return (
    <div
      ref={box}
      class={`card call ${rings ? 'rings' : ''} ${isHeld(call) ? 'held' : ''}`}
      role={rings ? 'alertdialog' : 'group'}
      aria-modal={rings ? 'false' : undefined}
      aria-labelledby={`${id}-who`}
      aria-describedby={`${id}-state`}
      onClickCapture={(event) => {
        const pointed = event.detail > 0;
        if (!pointed || clock.now() - since.current >= kTooSoon) return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <Heading telephony={telephony} call={call} id={id} />
      {error === null ? null : (
        <MessageBar
          kind="error"
          onDismiss={() => {
            setError(null);
          }}
          dismissLabel={texts.value.work.dismiss}
        >
          {refusalText(error)}
        </MessageBar>
      )}
      {target === undefined ? (
        <Actions telephony={telephony} call={call} ready={ready} run={run} />
      ) : (
        <Transfer
          telephony={telephony}
          call={call}
          target={target}
          disabled={!ready}
          onClose={() => {
            desk.setTransfer(call.id, null);
          }}
        />
      )}
    </div>
  );
}

const kOpener = 'open-transfer';

/** A transfer that is closed takes the focus with it: it goes back to the button that opened it. */
function useFocusBack(box: RefObject<HTMLElement | null>, closed: boolean): void {
  const before = useRef(closed);
  useLayoutEffect(() => {
    const closes = closed && !before.current;
    before.current = closed;
    if (!closes || document.activeElement !== document.body) return;
    box.current?.querySelector<HTMLElement>(`.${kOpener}`)?.focus();
  }, [closed]);
}

function Heading(props: CallCardProps & { readonly id: string }) {
  const { telephony, call, id } = props;
  const { work } = texts.value;
  const { name, number } = peer(call);
  const title = name === '' ? number : name;
  return (
    <header>
      <span class="sign">
        <Icon of={signOf(call)} />
        <Picture telephony={telephony} of={number} />
      </span>
      <div class="words">
        <h3 id={`${id}-who`}>
          {title === '' ? (
            work.unknownParty
          ) : name === '' ? (
            <PhoneNumber of={number} />
          ) : (
            <Name of={name} />
          )}
        </h3>
        <div class="detail">
          {name === '' || number === '' ? null : <PhoneNumber of={number} />}
          <Origin telephony={telephony} call={call} />
        </div>
        <p class="state" id={`${id}-state`}>
          <StateText call={call} /> <Elapsed telephony={telephony} call={call} />
        </p>
        {isIncoming(call) ? <Ringing /> : null}
      </div>
    </header>
  );
}

function signOf(call: Call): string {
  if (isHeld(call)) return icons.pause;
  if (call.phase === 'conference') return icons.group;
  if (call.phase === 'voicemail') return icons.voicemail;
  if (call.direction === 'incoming') return icons.callIn;
  return call.direction === 'outgoing' ? icons.callOut : icons.call;
}

/** Over whom, for which group and at which phone the call came. */
function Origin({ telephony, call }: CallCardProps) {
  const { work } = texts.value;
  const groups = useReadable(telephony.groups.state).value.value;
  const phones = useReadable(telephony.phones.state).value.value.phones;
  const group = groups.find((one) => one.id === call.groupId)?.name ?? '';
  const phone =
    phones.length < 2 ? '' : (phones.find((one) => one.id === call.phoneId)?.name ?? '');
  const { forwarder } = call;
  const by = forwarder.name === '' ? forwarder.number : forwarder.name;
  return (
    <>
      {by === '' ? null : (
        <span class="origin">
          {work.forwardedBy} <Name of={by} />
        </span>
      )}
      {group === '' ? null : (
        <span class="origin">
          {work.forGroup} <Name of={group} />
        </span>
      )}
      {phone === '' ? null : (
        <span class="origin">
          {work.ownPhone} <Name of={phone} />
        </span>
      )}
    </>
  );
}

export function stateText(call: Call): string {
  const { phases, held } = texts.value.work;
  if (isHeld(call)) return held;
  return call.phase === 'other' ? call.state : phases[call.phase];
}

function StateText({ call }: { readonly call: Call }) {
  return <bdi>{stateText(call)}</bdi>;
}

/** Hanging up stands at the end, rejecting at the beginning. */
function sorted(actions: readonly CallAction[]): readonly CallAction[] {
  const end = actions.filter((action) => action === 'hangUp');
  return [...actions.filter((action) => action !== 'hangUp'), ...end];
}

interface ActionsProps extends CallCardProps {
  readonly ready: boolean;
  readonly run: (work: () => Promise<void>) => void;
}

function Actions({ telephony, call, ready, run }: ActionsProps) {
  const { calls } = telephony;
  const offered = useReadable(telephony.capabilities.state).value;
  const running = useReadable(calls.list).value;
  // It depends on what is offered, and on the other calls.
  const actions = useMemo(() => sorted(calls.actions(call)), [calls, call, offered, running]);
  const { work } = texts.value;
  const disabled = !ready || call.busy !== null;
  if (actions.length === 0) return null;
  const button: Readonly<Record<CallAction, () => ComponentChildren>> = {
    hangUp: () => end('hangUp'),
    reject: () => end('reject'),
    hold: () => hold(true),
    unhold: () => hold(false),
    transfer: () => (
      <Button
        key="transfer"
        class={kOpener}
        icon={icons.callTransfer}
        disabled={disabled}
        onClick={() => {
          deskOf(telephony).setTransfer(call.id, '');
        }}
      >
        {work.transfer}
      </Button>
    ),
    conference: () => (
      <Conference
        key="conference"
        telephony={telephony}
        call={call}
        disabled={disabled}
        onJoin={(ids) => {
          run(() => calls.conference(ids));
        }}
      />
    ),
  };
  const end = (kind: 'hangUp' | 'reject'): ComponentChildren => (
    <Button
      key="end"
      kind="danger"
      icon={icons.callEnd}
      busy={call.busy === 'hangUp'}
      disabled={disabled}
      onClick={() => {
        run(() => calls.hangUp(call.id));
      }}
    >
      {work[kind]}
    </Button>
  );
  const hold = (on: boolean): ComponentChildren => (
    <Button
      key="hold"
      icon={on ? icons.pause : icons.play}
      busy={call.busy === 'hold'}
      disabled={disabled}
      onClick={() => {
        run(() => calls.hold(call.id, on));
      }}
    >
      {on ? work.hold : work.unhold}
    </Button>
  );
  return <div class="actions">{actions.map((action) => button[action]())}</div>;
}

/** What one can do that is not a command; a click anywhere lets the browser play sound. */
function Ringing() {
  const { host } = useShell();
  const { work } = texts.value;
  return (
    <p class="hint">
      {work.answerOnPhone}
      {host.soundAllowed.value ? null : (
        <Button kind="link" icon={icons.sound}>
          {work.turnSoundOn}
        </Button>
      )}
    </p>
  );
}
