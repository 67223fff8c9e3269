// The journal in days, and long days in parts: what is drawn, measured and left out as one.

import type { JournalEntry, PbxTime } from '../../../telephony/index.ts';
import { intlLocale, texts } from '../../texts/language.ts';

/** Drawn in one turn: few enough for slow computers. */
const kMostInChunk = 20;
const kDay = 86_400_000;

export interface Chunk {
  readonly key: string;
  readonly day: string;
  /** The first one of its day: it has the heading. */
  readonly first: boolean;
  /** The newest first. */
  readonly entries: readonly JournalEntry[];
}

/** The calendar day, "2026-11-30": the PBX's own where it names no zone. Empty: no date. */
export function dayOf(start: PbxTime | null): string {
  if (start === null) return '';
  const local = start.zoned ? start.ms - new Date(start.ms).getTimezoneOffset() * 60_000 : start.ms;
  return new Date(local).toISOString().slice(0, 10);
}

/**
 * Parts a day is counted from its oldest call, so that a new call changes one part only. Parts that
 * have not changed are those of `before`: nothing of them is drawn again.
 */
export function inDays(
  entries: readonly JournalEntry[],
  before: readonly Chunk[] = [],
): readonly Chunk[] {
  const known = new Map(before.map((chunk) => [chunk.key, chunk]));
  const chunks: Chunk[] = [];
  for (const { day, of } of runs(entries)) {
    for (
      let end = of.length, first = true, size = of.length % kMostInChunk || kMostInChunk;
      end > 0;
    ) {
      const start = of.length - end;
      const part = of.slice(start, start + size);
      const key = `${day}/${(end - size) / kMostInChunk}`;
      const made: Chunk = { key, day, first, entries: part };
      const old = known.get(key);
      chunks.push(old !== undefined && isSame(old, made) ? old : made);
      end -= size;
      size = kMostInChunk;
      first = false;
    }
  }
  return chunks;
}

const kKnownDays = new WeakMap<JournalEntry, string>();

/** Thousands of entries are sorted again with each page that is loaded. */
function knownDay(entry: JournalEntry): string {
  let day = kKnownDays.get(entry);
  if (day === undefined) {
    day = dayOf(entry.start);
    kKnownDays.set(entry, day);
  }
  return day;
}

function runs(entries: readonly JournalEntry[]): { day: string; of: JournalEntry[] }[] {
  const days = new Map<string, JournalEntry[]>();
  for (const entry of entries) {
    const day = knownDay(entry);
    const list = days.get(day);
    if (list === undefined) days.set(day, [entry]);
    else list.push(entry);
  }
  return [...days].map(([day, of]) => ({ day, of }));
}

function isSame(a: Chunk, b: Chunk): boolean {
  return (
    a.first === b.first &&
    a.entries.length === b.entries.length &&
    a.entries.every((entry, at) => entry === b.entries[at])
  );
}

/** @param today dayOf() the present moment; the PBX's clock may differ, and only the words do then. */
export function dayHeading(day: string, today: string): string {
  const { journal } = texts.value;
  if (day === '') return journal.undated;
  const then = Date.parse(day);
  const distance = Math.round((Date.parse(today) - then) / kDay);
  if (distance === 0) return journal.today;
  if (distance === 1) return journal.yesterday;
  const sameYear = day.slice(0, 4) === today.slice(0, 4);
  return new Intl.DateTimeFormat(intlLocale(), {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
    ...(sameYear ? {} : { year: 'numeric' as const }),
  }).format(then);
}

const kTimes = new Map<string, Intl.DateTimeFormat>();

/** 14:05, as the user's language writes it. */
export function timeText(start: PbxTime | null): string {
  if (start === null) return '';
  const locale = intlLocale();
  const key = `${locale}${start.zoned ? '' : ' UTC'}`;
  let format = kTimes.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, {
      hour: '2-digit',
      minute: '2-digit',
      // Without a zone it is the PBX's wall clock, which is shown as it is.
      ...(start.zoned ? {} : { timeZone: 'UTC' }),
    });
    kTimes.set(key, format);
  }
  return format.format(start.ms);
}

/** 12 sec, 4 min, 1 hr 5 min, as the user's language abbreviates them. */
export function lengthText(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (seconds < 60) return unit(Math.round(seconds), 'second');
  if (minutes < 60) return unit(minutes, 'minute');
  const hours = unit(Math.floor(minutes / 60), 'hour');
  return minutes % 60 === 0 ? hours : `${hours} ${unit(minutes % 60, 'minute')}`;
}

const kUnits = new Map<string, Intl.NumberFormat>();

function unit(value: number, name: 'second' | 'minute' | 'hour'): string {
  const locale = intlLocale();
  const key = `${locale} ${name}`;
  let format = kUnits.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' });
    kUnits.set(key, format);
  }
  return format.format(value);
}
