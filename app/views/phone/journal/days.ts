// The journal in days, and long days in parts: what is drawn, measured and left out as one.

import type { JournalEntry } from '../../../telephony/index.ts';
import { texts } from '../../texts/language.ts';
import { dayOf, written } from '../moments.ts';

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
  const date = { weekday: 'long', day: 'numeric', month: 'long' } as const;
  return written({ ms: then, zoned: false }, sameYear ? date : { ...date, year: 'numeric' });
}
