// Messages in the user's mailboxes: listed, moved, deleted. UCI does not publish how to play them.

import type { Clock } from '../connection/clock.ts';
import { Section } from './section.ts';
import type { Uci } from './uci.ts';
import type { PbxTime } from './values.ts';
import { amount, identifier, list, member, pbxTime, text } from './values.ts';

export interface Mailbox {
  readonly id: string;
  readonly name: string;
}

export interface VoiceMessage {
  readonly id: string;
  readonly name: string;
  readonly number: string;
  readonly calledNumber: string;
  readonly start: PbxTime | null;
  /** Seconds. */
  readonly duration: number;
  readonly folder: string;
  readonly mailbox: Mailbox;
}

export interface VoiceMail {
  readonly mailboxes: readonly Mailbox[];
  /** The newest first. */
  readonly messages: readonly VoiceMessage[];
}

/** Asterisk's names, which the PBX keeps: a message moves from the one to the other when it is heard. */
const kNew = 'INBOX';
const kHeard = 'Old';

/** Whether nobody has listened to it yet, as far as its folder tells. */
export function isNewMessage(message: VoiceMessage): boolean {
  return message.folder.toUpperCase() === kNew;
}

const kMostBoxes = 100;
const kMostMessages = 2000;

export function parseMailboxes(value: unknown): readonly Mailbox[] {
  const boxes: Mailbox[] = [];
  for (const one of list(value, kMostBoxes)) {
    const id = identifier(member(one, 'id')) || identifier(one);
    if (id !== '') boxes.push({ id, name: text(member(one, 'name')) || id });
  }
  return boxes;
}

export function parseMessages(value: unknown): readonly VoiceMessage[] {
  const messages = new Map<string, VoiceMessage>();
  // Like the call list, it may come in a struct.
  const entries = Array.isArray(value) ? value : member(value, 'entries');
  for (const one of list(entries, kMostMessages)) {
    const id = identifier(member(one, 'id'));
    if (id === '') continue;
    const box = identifier(member(one, 'mailboxId'));
    messages.set(id, {
      id,
      name: text(member(one, 'callDescription')),
      number: text(member(one, 'callerNumber'), 64),
      calledNumber: text(member(one, 'calledNumber'), 64),
      start: pbxTime(member(one, 'startTime')),
      duration: amount(member(one, 'duration'), 0, 1e6) ?? 0,
      folder: text(member(one, 'folder'), 64),
      mailbox: { id: box, name: text(member(one, 'mailboxName')) || box },
    });
  }
  return [...messages.values()].sort((a, b) => (b.start?.ms ?? 0) - (a.start?.ms ?? 0));
}

export class Voicemail extends Section<VoiceMail> {
  constructor(uci: Uci, clock: Clock) {
    super(uci, clock, { mailboxes: [], messages: [] }, 'voicemailList.getVoicemailList');
  }

  delete(id: string): Promise<void> {
    return this.part.change(this.without(id), () =>
      this.uci.order('voicemailList.deleteVoicemailListEntry', [id]),
    );
  }

  move(id: string, folder: string): Promise<void> {
    const old = this.part.value;
    const messages = old.messages.map((one) => (one.id === id ? { ...one, folder } : one));
    return this.part.change({ ...old, messages }, () =>
      this.uci.order('voicemailList.moveVoicemailListEntry', [id, folder]),
    );
  }

  markHeard(id: string, heard: boolean): Promise<void> {
    return this.move(id, heard ? kHeard : kNew);
  }

  private without(id: string): VoiceMail {
    const old = this.part.value;
    return { ...old, messages: old.messages.filter((one) => one.id !== id) };
  }

  protected async load(): Promise<VoiceMail> {
    const boxes = this.uci.offers('voicemailList.getMailboxes')
      ? this.uci.read('voicemailList.getMailboxes').catch(() => [])
      : [];
    const messages = parseMessages(await this.uci.read('voicemailList.getVoicemailList'));
    return { mailboxes: parseMailboxes(await boxes), messages };
  }
}
