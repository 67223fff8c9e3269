// Messages in the user's mailboxes. UCI does not let them be played here.

import { useEffect, useRef, useState } from 'preact/hooks';

import { clockText } from '../../controls/clock-text.ts';
import type { Telephony, VoiceMail, VoiceMessage } from '../../../telephony/index.ts';
import { displayNumber, isNewMessage } from '../../../telephony/index.ts';
import { IconButton } from '../../controls/button.tsx';
import { Icon } from '../../controls/icon.tsx';
import * as icons from '../icons.ts';
import { Empty } from '../../controls/list.tsx';
import { useReadable } from '../../controls/use-readable.ts';
import { texts } from '../../texts/language.ts';
import { Confirmation } from '../confirmation.tsx';
import { usePiece } from '../growing.tsx';
import { machineTime, moment } from '../moments.ts';
import { useNextFocus } from '../next-focus.ts';
import type { Orders } from '../orders.tsx';
import { OrderReport, useOrders } from '../orders.tsx';
import { PartView, useOffers } from '../part-view.tsx';
import { digits, isolated } from '../spoken.ts';

export interface VoicemailProps {
  readonly telephony: Telephony;
  readonly onDial: (number: string) => void;
}

/** Renders nothing where the PBX has no voicemail for this user. */
export function VoicemailList(props: VoicemailProps) {
  const { telephony } = props;
  const state = useReadable(telephony.voicemail.state);
  const orders = useOrders();
  const { heading, loading } = texts.value.people.voicemail;
  // Of calls that the PBX sends to the mailbox at once no event tells.
  useEffect(() => {
    if (telephony.state.get().phase === 'ready') telephony.voicemail.readSoon();
  }, [telephony]);
  if (state.value.status === 'hidden') return null;
  return (
    <section class="people" aria-label={heading}>
      <OrderReport orders={orders} />
      <PartView section={telephony.voicemail} state={state} loading={loading}>
        {(value) => <Messages {...props} value={value} orders={orders} />}
      </PartView>
    </section>
  );
}

interface MessagesProps extends VoicemailProps {
  readonly value: VoiceMail;
  readonly orders: Orders;
}

function Messages({ telephony, value, orders, onDial }: MessagesProps) {
  const [removing, setRemoving] = useState<VoiceMessage | null>(null);
  const offers = useOffers(telephony);
  const words = texts.value.people.voicemail;
  const { messages, mailboxes } = value;
  const { shown, more } = usePiece(messages, '');
  const list = useRef<HTMLUListElement>(null);
  const removedAt = useNextFocus(list, messages.length);
  if (messages.length === 0) {
    return (
      <Empty icon={icons.voicemail} title={words.none}>
        <p>{words.noneHint}</p>
      </Empty>
    );
  }
  const mark = (message: VoiceMessage): void => {
    const heard = isNewMessage(message);
    const done = heard ? words.markedHeard : words.markedNew;
    void orders.run(words.heading, done, () => telephony.voicemail.markHeard(message.id, heard));
  };
  return (
    <>
      <p class="hint">
        {words.counts(messages.filter(isNewMessage).length, messages.length)} · {words.listenHint}
      </p>
      <ul class="rows" ref={list} aria-label={words.heading}>
        {shown.map((message) => (
          <MessageRow
            key={message.id}
            message={message}
            showMailbox={mailboxes.length > 1}
            onDial={onDial}
            onMark={offers('voicemailList.moveVoicemailListEntry') ? mark : null}
            onRemove={offers('voicemailList.deleteVoicemailListEntry') ? setRemoving : null}
          />
        ))}
      </ul>
      {more}
      {removing === null ? null : (
        <RemoveDialog
          message={removing}
          onClose={() => {
            setRemoving(null);
          }}
          onRemove={() => {
            setRemoving(null);
            removedAt(messages.indexOf(removing));
            void orders.run(words.heading, words.removed, () =>
              telephony.voicemail.delete(removing.id),
            );
          }}
        />
      )}
    </>
  );
}

interface MessageRowProps {
  readonly message: VoiceMessage;
  readonly showMailbox: boolean;
  readonly onDial: (number: string) => void;
  /** Null: the PBX does not offer it. */
  readonly onMark: ((message: VoiceMessage) => void) | null;
  readonly onRemove: ((message: VoiceMessage) => void) | null;
}

function MessageRow(props: MessageRowProps) {
  const { message, onMark, onRemove } = props;
  const words = texts.value.people.voicemail;
  const isNew = isNewMessage(message);
  const who = callerOf(message);
  const { start, number } = message;
  const spoken = isolated(message.name === '' && number !== '' ? digits(number) : who);
  return (
    <li class={`row voice ${isNew ? 'new' : ''}`}>
      <div class="before">
        <Icon of={icons.voicemail} />
      </div>
      <div class="words">
        <div class="title cut" title={who}>
          <bdi>{who}</bdi>
        </div>
        <div class="detail">
          {message.folder === '' ? null : (
            <span class={isNew ? 'mark' : ''}>{isNew ? words.isNew : words.heard}</span>
          )}
          {message.folder === '' ? null : ' · '}
          {words.lasts(clockText(message.duration))}
          {number === '' || number === message.name || message.name === '' ? null : (
            <>
              {' · '}
              <bdi>{displayNumber(number)}</bdi>
            </>
          )}
          {props.showMailbox ? (
            <>
              {' · '}
              {words.mailbox}
              <bdi>{message.mailbox.name}</bdi>
            </>
          ) : null}
        </div>
      </div>
      <div class="after">
        {start === null ? null : (
          <time dateTime={machineTime(start)}>{moment(start, Date.now())}</time>
        )}
        <span class="buttons">
          {number === '' ? (
            <span class="no-button" />
          ) : (
            <IconButton
              icon={icons.call}
              class="call"
              label={words.callBack(spoken)}
              onClick={() => {
                props.onDial(number);
              }}
            />
          )}
          {onMark === null ? null : (
            <IconButton
              icon={isNew ? icons.mailRead : icons.mailUnread}
              label={isNew ? words.markHeard(spoken) : words.markNew(spoken)}
              onClick={() => {
                onMark(message);
              }}
            />
          )}
          {onRemove === null ? null : (
            <IconButton
              icon={icons.trash}
              label={words.remove(spoken)}
              onClick={() => {
                onRemove(message);
              }}
            />
          )}
        </span>
      </div>
    </li>
  );
}

function callerOf(message: VoiceMessage): string {
  if (message.name !== '') return message.name;
  if (message.number !== '') return displayNumber(message.number);
  return texts.value.people.voicemail.unknownCaller;
}

function RemoveDialog(props: {
  readonly message: VoiceMessage;
  readonly onRemove: () => void;
  readonly onClose: () => void;
}) {
  const words = texts.value.people.voicemail;
  return (
    <Confirmation
      title={words.removeTitle}
      action={words.removeConfirm}
      onConfirm={props.onRemove}
      onClose={props.onClose}
    >
      <p class="cut">
        <bdi>{callerOf(props.message)}</bdi>
      </p>
      <p>{words.removeText}</p>
    </Confirmation>
  );
}
