// Moments of the PBX and lengths of time, as the language writes them.

import type { PbxTime } from '../../telephony/index.ts';
import { intlLocale } from '../texts/language.ts';

/**
 * The time of day for today, else the date with it. A moment without a zone is the PBX's own time
 * of day: it is shown as it was written.
 *
 * @param now milliseconds since 1970.
 */
export function moment(time: PbxTime, now: number): string {
  const written = new Date(time.ms);
  const here = new Date(now);
  const zone = time.zoned ? {} : { timeZone: 'UTC' };
  // What the clock on the wall shows now, read as UTC, beside what the PBX's clock showed.
  const wall = time.zoned ? here : new Date(now - here.getTimezoneOffset() * 60_000);
  const day = new Intl.DateTimeFormat(intlLocale(), { dateStyle: 'short', ...zone });
  const sameYear = written.getUTCFullYear() === wall.getUTCFullYear();
  const date = sameYear ? DAY : { ...DAY, year: 'numeric' as const };
  const isToday = day.format(written) === day.format(wall);
  const format = isToday ? HOUR : { ...date, ...HOUR };
  return new Intl.DateTimeFormat(intlLocale(), { ...format, ...zone }).format(written);
}

const HOUR = { hour: '2-digit', minute: '2-digit' } as const;
const DAY = { day: 'numeric', month: 'short' } as const;

/** For <time datetime>. */
export function machineTime(time: PbxTime): string {
  const iso = new Date(time.ms).toISOString();
  return time.zoned ? iso : iso.replace('Z', '');
}

/** 0:42, 12:05, 1:02:03. */
export function length(seconds: number): string {
  const whole = Math.floor(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const two = (value: number): string => String(value).padStart(2, '0');
  const rest = `${hours > 0 ? two(minutes) : minutes}:${two(whole % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
