import { useEffect } from 'preact/hooks';

import type { JournalEntry } from '../../../telephony/index.ts';
import { displayNumber } from '../../../telephony/index.ts';
import { IconButton } from '../../controls/button.tsx';
import { Icon } from '../../controls/icon.tsx';
import * as icons from '../icons.ts';
import { Row } from '../../controls/list.tsx';
import { Menu } from '../../controls/menu.tsx';
import type { MenuItem } from '../../controls/menu.tsx';
import { texts } from '../../texts/language.ts';
import { Name, PhoneNumber } from '../party.tsx';
import { lengthText, machineTime, timeText } from '../moments.ts';

/** What a row can lead to; null: it cannot be done. */
export interface EntryCommands {
  readonly call: ((entry: JournalEntry) => void) | null;
  readonly waits: boolean;
  readonly edit: ((entry: JournalEntry) => void) | null;
  /** It comes into sight: its name may be looked up. */
  readonly seen: (entry: JournalEntry) => void;
  readonly copy: (entry: JournalEntry) => void;
  readonly remove: ((entry: JournalEntry) => void) | null;
}

export function isMissed(entry: JournalEntry): boolean {
  // Outgoing calls that nobody answered are MISSED for the PBX, too, and not by this user.
  return entry.result === 'missed' && entry.direction !== 'outgoing';
}

export function entryName(entry: JournalEntry): string {
  if (entry.name !== '') return entry.name;
  return entry.number === '' ? texts.value.journal.unknownParty : displayNumber(entry.number);
}

export function EntryRow(props: {
  readonly entry: JournalEntry;
  readonly commands: EntryCommands;
}) {
  const { entry, commands } = props;
  const { journal } = texts.value;
  const missed = isMissed(entry);
  const { name, number } = entry;
  useEffect(() => {
    commands.seen(entry);
  }, [commands, entry]);
  const title =
    name !== '' ? (
      <Name of={name} />
    ) : number !== '' ? (
      <PhoneNumber of={number} />
    ) : (
      entryName(entry)
    );
  return (
    <Row
      class={missed ? 'entry missed' : 'entry'}
      before={<Icon of={signOf(entry)} />}
      title={title}
      detail={
        <>
          {name === '' || number === '' ? null : <PhoneNumber of={number} />}
          <span class="outcome">{outcomeText(entry)}</span>
          {entry.calledBack ? <span class="outcome">{journal.calledBack}</span> : null}
        </>
      }
      after={
        <>
          <time dateTime={entry.start === null ? undefined : machineTime(entry.start)}>
            {timeText(entry.start)}
          </time>
          {number === '' || commands.call === null ? null : (
            <IconButton
              icon={icons.call}
              class="dial"
              label={journal.callBack(entryName(entry))}
              disabled={commands.waits}
              onClick={() => {
                commands.call?.(entry);
              }}
            />
          )}
          <EntryMenu entry={entry} commands={commands} />
        </>
      }
    />
  );
}

function signOf(entry: JournalEntry): string {
  if (isMissed(entry)) return icons.callMissed;
  if (entry.direction === 'unknown') return icons.history;
  return entry.direction === 'incoming' ? icons.callIn : icons.callOut;
}

/** Which way it went and how it ended: what icon and colour show, in words. */
function outcomeText(entry: JournalEntry): string {
  const { journal } = texts.value;
  if (isMissed(entry)) return journal.isMissed;
  if (entry.result === 'missed') return journal.notAnswered;
  if (entry.duration > 0) return lengthText(entry.duration);
  if (entry.direction === 'unknown') return '';
  return entry.direction === 'incoming' ? journal.isIncoming : journal.isOutgoing;
}

function EntryMenu({ entry, commands }: { entry: JournalEntry; commands: EntryCommands }) {
  const { journal } = texts.value;
  const { edit, copy, remove } = commands;
  const items: MenuItem[] = [];
  const add = (
    key: string,
    label: string,
    icon: string,
    command: ((entry: JournalEntry) => void) | null,
  ): void => {
    if (command === null) return;
    items.push({
      key,
      label,
      icon,
      onSelect: () => {
        command(entry);
      },
    });
  };
  if (entry.number !== '') {
    add('edit', journal.edit, icons.dialpad, edit);
    add('copy', journal.copy, icons.copy, copy);
  }
  add('remove', journal.remove, icons.trash, remove);
  if (items.length === 0) return null;
  return (
    <Menu label={journal.more(entryName(entry))} items={items} align="end" arrow={false}>
      <Icon of={icons.more} />
    </Menu>
  );
}
