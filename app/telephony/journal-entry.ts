// One past call, and one page of them.

import type { PbxTime } from './values.ts';
import { amount, flag, identifier, list, member, pbxTime, text } from './values.ts';

export type JournalFilter = 'all' | 'missed' | 'incoming' | 'outgoing';

export interface JournalEntry {
  readonly id: string;
  readonly direction: 'incoming' | 'outgoing' | 'unknown';
  /** `other`: a result that this program does not know. */
  readonly result: 'answered' | 'missed' | 'other';
  /** The other end. */
  readonly number: string;
  readonly name: string;
  readonly callerNumber: string;
  readonly calledNumber: string;
  readonly start: PbxTime | null;
  /** Seconds. */
  readonly duration: number;
  readonly groupId: string;
  readonly calledBack: boolean;
}

export interface JournalPage {
  readonly entries: readonly JournalEntry[];
  /** How many the PBX sent, those included that could not be read. */
  readonly received: number;
  /** Null: not told. */
  readonly total: number | null;
}

// The zone of the PBX is not published, so no date of ours can mean "now": these mean "all".
const kBefore = { $date: '2099-12-31T00:00:00' };
const kAfter = { $date: '2000-01-01T00:00:00' };

/** The parameters of getCallList. */
export function journalQuery(
  filter: JournalFilter,
  offset: number,
  limit: number,
): readonly unknown[] {
  const direction = filter === 'all' ? '' : filter === 'outgoing' ? 'OUTBOUND' : 'INBOUND';
  // An outgoing call that nobody answered is MISSED as well, but not by this user.
  const result = filter === 'missed' ? 'MISSED' : '';
  return [kBefore, kAfter, direction, result, '', 'startTime', 'DESCENDING', offset, limit];
}

function parse(from: unknown): JournalEntry | null {
  const id = identifier(member(from, 'id'));
  if (id === '') return null;
  const told = member(from, 'direction');
  const direction =
    told === 'INBOUND' ? 'incoming' : told === 'OUTBOUND' ? 'outgoing' : ('unknown' as const);
  const result = member(from, 'result');
  const callerNumber = text(member(from, 'callerNumber'), 64);
  const calledNumber = text(member(from, 'calledNumber'), 64);
  const number = direction === 'outgoing' ? calledNumber : callerNumber;
  return {
    id,
    direction,
    result: result === 'ANSWERED' ? 'answered' : result === 'MISSED' ? 'missed' : 'other',
    number,
    name: nameIn(text(member(from, 'callDescription')), number),
    callerNumber,
    calledNumber,
    start: pbxTime(member(from, 'startTime')),
    duration: amount(member(from, 'duration'), 0, 1e7) ?? 0,
    groupId: identifier(member(from, 'groupId')),
    calledBack: flag(member(from, 'calledBack'), false),
  };
}

/** Some PBXs write "Name (number)", or only the number. */
function nameIn(description: string, number: string): string {
  const trimmed = description.trim();
  if (number === '') return trimmed;
  const tail = `(${number})`;
  const name = trimmed.endsWith(tail) ? trimmed.slice(0, -tail.length).trim() : trimmed;
  return name === number ? '' : name;
}

export function parsePage(value: unknown, limit: number): JournalPage {
  const raw = Array.isArray(value) ? value : member(value, 'entries');
  const sent = list(raw, limit);
  return {
    entries: sent.map(parse).filter((one) => one !== null),
    received: sent.length,
    total: amount(member(value, 'totalCount'), 0, 1e9),
  };
}

/** Whether an entry is what somebody types: parts of the name, or digits in a row. */
export function matches(entry: JournalEntry, words: string): boolean {
  const wanted = words.trim().toLocaleLowerCase();
  if (wanted === '') return true;
  if (entry.name.toLocaleLowerCase().includes(wanted)) return true;
  const digits = wanted.replace(/[\s()+./-]/g, '').replace(/^0+/, '');
  if (!/^[\d*#]+$/.test(digits)) return false;
  return entry.number.replace(/\D/g, '').includes(digits);
}
