// Validators for what comes from outside: from unknown to a type, with a default and a bound, and
// never with an exception. What a text means is not touched: markup and right-to-left letters are
// text like any other.

export type Raw = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object without the prototype's members; an empty one for anything else. */
export function record(value: unknown): Raw {
  return isRecord(value) ? value : {};
}

/** An own member only: `constructor` is no value that somebody sent. */
export function member(from: unknown, name: string): unknown {
  return isRecord(from) && Object.prototype.hasOwnProperty.call(from, name)
    ? from[name]
    : undefined;
}

/** At most `most` elements of an array; none of anything else. */
export function list(value: unknown, most: number): readonly unknown[] {
  if (!Array.isArray(value)) return [];
  return value.length > most ? value.slice(0, most) : value;
}

/** A text of at most `most` UTF-16 units, without half a character at its end. */
export function text(value: unknown, most = 256): string {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return '';
  if (value.length <= most) return value;
  const last = value.charCodeAt(most - 1);
  return value.slice(0, last >= 0xd800 && last < 0xdc00 ? most - 1 : most);
}

/** An identifier is taken as a whole, or not at all: a shortened one would be another's. */
export function identifier(value: unknown, most = 128): string {
  const whole = text(value, most + 1);
  return whole.length > most ? '' : whole;
}

export function texts(value: unknown, most: number, length = 256): readonly string[] {
  const found: string[] = [];
  for (const one of list(value, most)) {
    const read = text(one, length);
    if (read !== '') found.push(read);
  }
  return found;
}

/** UCI writes booleans as such; texts and numbers are what odd PBXs make of them. */
export function flag(value: unknown, otherwise: boolean): boolean;
export function flag(value: unknown, otherwise: null): boolean | null;
export function flag(value: unknown, otherwise: boolean | null): boolean | null {
  if (typeof value === 'boolean') return value;
  if (value === 1 || value === '1' || value === 'true') return true;
  if (value === 0 || value === '0' || value === 'false') return false;
  return otherwise;
}

/** A finite number between the bounds, also when written as a text. */
export function amount(value: unknown, least: number, most: number): number | null {
  const read =
    typeof value === 'string' && /^-?\d{1,15}(\.\d{1,9})?$/.test(value) ? Number(value) : value;
  if (typeof read !== 'number' || !(read >= least && read <= most)) return null;
  return read;
}

const kDate =
  /^(\d{4})-?(\d\d)-?(\d\d)[T ](\d\d):?(\d\d):?(\d\d)(?:\.(\d{1,3})\d*)?(Z|[+-]\d\d:?\d\d)?$/;

/** A moment of the PBX. */
export interface PbxTime {
  /** Milliseconds since 1970, read as UTC when the PBX named no zone. */
  readonly ms: number;
  /** Whether the PBX named a zone. Without one only distances between two moments are sure. */
  readonly zoned: boolean;
}

/** `{"$date": …}`, a text of the same form, or milliseconds. */
export function pbxTime(value: unknown): PbxTime | null {
  const written = isRecord(value) ? member(value, '$date') : value;
  if (typeof written === 'number') {
    return written > 0 && written < 8.64e15 ? { ms: written, zoned: true } : null;
  }
  if (typeof written !== 'string') return null;
  const found = kDate.exec(written);
  if (found === null) return null;
  const [, year, month, day, hour, minute, second, fraction, zone] = found;
  const zoneText = zone === undefined ? 'Z' : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  const iso =
    `${year}-${month}-${day}T${hour}:${minute}:${second}` +
    `.${(fraction ?? '').padEnd(3, '0')}${zoneText}`;
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? null : { ms, zoned: zone !== undefined };
}
