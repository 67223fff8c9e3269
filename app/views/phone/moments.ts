// Moments of the PBX and lengths of time, as the language writes them. A moment without a zone is the
// PBX's own time of day: it is shown as it was written, whatever the zone of the browser.

import type { PbxTime } from '../../telephony/index.ts';
import { intlLocale } from '../texts/language.ts';

const kHour = { hour: '2-digit', minute: '2-digit' } as const;
const kDay = { day: 'numeric', month: 'short' } as const;

/** Making one takes longer than drawing a row. */
const kFormats = new Map<string, Intl.DateTimeFormat>();

/** That part of a moment, in the language of the user. */
export function written(time: PbxTime, part: Intl.DateTimeFormatOptions): string {
  const locale = intlLocale();
  const options = time.zoned ? part : { ...part, timeZone: 'UTC' };
  const key = locale + JSON.stringify(options);
  let format = kFormats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, options);
    kFormats.set(key, format);
  }
  return format.format(time.ms);
}

/** The calendar day, "2026-11-30": the PBX's own where it names no zone. Empty: no date. */
export function dayOf(start: PbxTime | null): string {
  if (start === null) return '';
  const local = start.zoned ? start.ms - new Date(start.ms).getTimezoneOffset() * 60_000 : start.ms;
  return new Date(local).toISOString().slice(0, 10);
}

/** The calendar day here. @param now milliseconds since 1970. */
export function presentDay(now = Date.now()): string {
  return dayOf({ ms: now, zoned: true });
}

/** 14:05; empty without a time. */
export function timeText(start: PbxTime | null): string {
  return start === null ? '' : written(start, kHour);
}

/** The time of day for today, else the date with it. @param now milliseconds since 1970. */
export function moment(time: PbxTime, now: number): string {
  const day = dayOf(time);
  const today = presentDay(now);
  if (day === today) return written(time, kHour);
  const sameYear = day.slice(0, 4) === today.slice(0, 4);
  return written(time, { ...kDay, ...(sameYear ? {} : { year: 'numeric' }), ...kHour });
}

/** For <time datetime>. */
export function machineTime(time: PbxTime): string {
  const iso = new Date(time.ms).toISOString();
  return time.zoned ? iso : iso.replace('Z', '');
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
