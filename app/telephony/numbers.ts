// From what people type and paste to what is dialled, and back to what is shown.

import { codes, TelephonyError } from './errors.ts';

export interface NumberRules {
  /** What a leading + is dialled as: the PBX's own lists write 0049…, so "00" is the default. */
  readonly plus: string;
  /** Dialled in front of long numbers when the PBX wants a digit for an outside line. */
  readonly outside: string;
  /** Numbers of up to so many digits are internal. */
  readonly internalDigits: number;
  /** "49": numbers of the own country are compared with it. */
  readonly country: string;
}

export const defaultRules: NumberRules = {
  plus: '00',
  outside: '',
  internalDigits: 6,
  country: '49',
};

/** Why something cannot be dialled. */
export type BadNumber =
  | 'empty'
  | 'letters' // `0800 FLOWERS`, a name
  | 'characters' // pauses, a second +, anything else
  | 'several' // more than one number
  | 'too-long';

export type ParsedNumber =
  | { readonly ok: true; readonly digits: string }
  | { readonly ok: false; readonly reason: BadNumber };

/** The PBX takes 64 characters; ITU numbers have at most 15 digits, with prefixes and codes more. */
const kMostDigits = 40;
const kMostInput = 500;

// Marks of direction, blanks of no width, soft hyphens: pasted along, and not seen by anybody.
const kInvisible = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const kSeparators = /[\s().\-/\\[\]\u00b7\u2010-\u2015\u2212\u2022]/g;
const kScheme = /^(?:tel|sip|sips|callto):(?:\/\/)?/i;

/** What to dial, without the rules of a PBX: digits, * and #, and a + at the front. */
export function parseNumber(input: string): ParsedNumber {
  if (input.length > kMostInput) return bad('too-long');
  let text = input.normalize('NFKC').replace(kInvisible, '').trim();
  if (kScheme.test(text)) text = fromUri(text);
  text = westernDigits(text).trim();
  if (text === '') return bad('empty');
  if (/\d\D*[\n\r;|]+\D*\d/.test(text)) return bad('several');
  // +49 (0)721: the zero is dialled inside the country only.
  text = text.replace(/^(\s*\(?(?:\+|00)[\d\s()]*?)\(0\)/, '$1');
  const digits = text.replace(kSeparators, '');
  if (/\p{L}/u.test(digits)) return bad('letters');
  if (/\d\+/.test(digits)) return bad('several');
  if (!/^\+?[\d*#]*$/.test(digits)) return bad('characters');
  if (!/[\d*#]/.test(digits)) return bad('empty');
  return digits.length > kMostDigits ? bad('too-long') : { ok: true, digits };
}

/** What the PBX is to dial. Throws `telephony.bad-number` with the reason. */
export function dialable(input: string, rules: NumberRules): string {
  const parsed = parseNumber(input);
  if (!parsed.ok) {
    const message = `this cannot be dialled: ${parsed.reason}`;
    throw new TelephonyError(codes.badNumber, message, null, parsed.reason);
  }
  const { digits } = parsed;
  const number = digits.startsWith('+') ? rules.plus + digits.slice(1) : digits;
  const external = /^\+?\d+$/.test(number) && number.length > rules.internalDigits;
  return external ? rules.outside + number : number;
}

function bad(reason: BadNumber): ParsedNumber {
  return { ok: false, reason };
}

/** tel:+49-721-151042;ext=7, tel:7042;phone-context=+49721, sip:1002@pbx.example.com;user=phone */
function fromUri(text: string): string {
  let rest = text.replace(kScheme, '');
  try {
    rest = decodeURIComponent(rest);
  } catch {
    // A stray percent sign: what is left of it will be refused as a character.
  }
  const [beforeQuery = ''] = rest.split('?');
  const [address = '', ...parameters] = beforeQuery.split(';');
  const [user = ''] = address.split('@');
  const context = parameters
    .map((parameter) => /^phone-context=(\+[\d\-.()]+)$/i.exec(parameter)?.[1])
    .find((found) => found !== undefined);
  return context !== undefined && !user.startsWith('+') ? context + user : user;
}

/** Arabic and Persian digits; those of full width are done by NFKC. */
function westernDigits(text: string): string {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) =>
    String(digit.charCodeAt(0) & 0xf),
  );
}

// Country codes of the zones where they have two digits; the others have three, +1 and +7 one.
const kTwoDigits = new Set(
  (
    '20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 ' +
    '65 66 81 82 84 86 90 91 92 93 94 95 98'
  ).split(' '),
);

function countryOf(digits: string): string {
  if (/^[17]/.test(digits)) return digits.slice(0, 1);
  const two = digits.slice(0, 2);
  return kTwoDigits.has(two) ? two : digits.slice(0, 3);
}

/**
 * How a number is shown: +49 721151042 for one with a country, as it is otherwise. Area codes
 * differ in length, so nothing is parted there.
 */
export function displayNumber(number: string): string {
  const found = /^(?:\+|00)([1-9]\d{6,14})$/.exec(number.trim());
  const digits = found?.[1];
  if (digits === undefined) return number;
  const country = countryOf(digits);
  return `+${country} ${digits.slice(country.length)}`;
}

/** One spelling of each number, for comparing: 0721 151042 and +49721151042 are the same. */
export function numberKey(number: string, rules: NumberRules = defaultRules): string {
  const digits = number.replace(kInvisible, '').replace(kSeparators, '');
  const international = /^(?:\+|00)(\d+)$/.exec(digits)?.[1];
  if (international !== undefined) return international;
  const isNational = /^0[1-9]\d{4,}$/.test(digits);
  return isNational ? rules.country + digits.slice(1) : digits;
}

export function sameNumber(a: string, b: string, rules: NumberRules = defaultRules): boolean {
  const key = numberKey(a, rules);
  return key !== '' && key === numberKey(b, rules);
}
