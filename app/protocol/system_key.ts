// The system key as people write it (docs/protocol.md, part 9).

import { ProtocolError } from './errors.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SYMBOLS = 40;
const GROUP = 5;
/** Longer texts are not looked at: nobody writes so many separators. */
const LONGEST_TEXT = 4_096;
const SEPARATORS = ' \t\r\n-_';

const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const CHECKSUM = 0x2bc830a3;
const PREFIX = 'sfteams';

const COMPARE_HINT = 'compare it with the key file, group by group, or use the key file';

/** Takes one value of five bits into the checksum. */
function add(state: number, value: number): number {
  const top = state >>> 25;
  let next = ((state & 0x1ffffff) << 5) ^ value;
  GENERATOR.forEach((factor, bit) => {
    // No branch on what comes from the key.
    next ^= factor & -((top >>> bit) & 1);
  });
  return next >>> 0;
}

const AFTER_PREFIX = [
  ...Array.from(PREFIX).map((letter) => letter.charCodeAt(0) >>> 5),
  0,
  ...Array.from(PREFIX).map((letter) => letter.charCodeAt(0) & 31),
].reduce(add, 1);

/** The value of a character in any spelling; -1 for a character that no key has. */
function valueOf(character: string): number {
  // Only ASCII letters: toUpperCase() makes an S of U+017F.
  const upper = /^[a-z]$/.test(character) ? character.toUpperCase() : character;
  if (upper === 'O') return 0;
  if (upper === 'I' || upper === 'L') return 1;
  return upper.length === 1 ? ALPHABET.indexOf(upper) : -1;
}

function rightChecksum(symbols: string): boolean {
  return Array.from(symbols).map(valueOf).reduce(add, AFTER_PREFIX) === CHECKSUM;
}

function wrongLength(count: number): ProtocolError {
  return new ProtocolError(
    'keygen.key-length',
    `a system key has ${SYMBOLS} characters, this has ${count}`,
    'copy all eight groups of five',
  );
}

/** Where a key is wrong: groups and characters count from 1. */
export interface KeyPlace {
  readonly group: number;
  readonly character: number;
}

/** What can be said of a key while it is being typed. */
export interface KeyCheck {
  /** Symbols so far, separators not counted. */
  readonly symbols: number;
  /** The canonical form, when the key is complete and right. */
  readonly canonical: string | null;
  /** What is wrong; null while the key is right, or only not complete yet. */
  readonly error: ProtocolError | null;
  /**
   * Where, if that can be told: the character that no key has; or, for a wrong checksum, the one
   * place at which another character makes the key right. Several typing errors have no place.
   */
  readonly place: KeyPlace | null;
}

function placeOf(index: number): KeyPlace {
  return { group: Math.floor(index / GROUP) + 1, character: (index % GROUP) + 1 };
}

/**
 * The place at which one other symbol makes the key right; -1 when there is none. There is never
 * more than one, because right keys differ in at least five symbols. For the same reason it is the
 * wrong place only when four symbols or more are wrong.
 */
function singleError(symbols: string): number {
  const values = Array.from(symbols).map(valueOf);
  // The state is linear in the values: a change of value d at a place adds the same pattern to the
  // final state in every key.
  const difference = values.reduce(add, AFTER_PREFIX) ^ CHECKSUM;
  for (let place = 0; place < SYMBOLS; ++place) {
    for (let change = 1; change < 32; ++change) {
      let pattern = change;
      for (let after = place + 1; after < SYMBOLS; ++after) pattern = add(pattern, 0);
      if (pattern >>> 0 === difference >>> 0) return place;
    }
  }
  return -1;
}

/** Looks at a key that may not be complete. Never throws. */
export function checkSystemKey(text: string): KeyCheck {
  let symbols = '';
  const bad = (error: ProtocolError, place: KeyPlace | null, count = symbols.length): KeyCheck => ({
    symbols: count,
    canonical: null,
    error,
    place,
  });
  if (text.length > LONGEST_TEXT) {
    return bad(
      new ProtocolError(
        'keygen.key-length',
        `a system key has ${SYMBOLS} characters, this has far more`,
        'copy all eight groups of five',
      ),
      null,
    );
  }
  for (const character of text) {
    if (SEPARATORS.includes(character)) continue;
    const value = valueOf(character);
    if (value < 0) {
      const place = placeOf(symbols.length);
      const error = new ProtocolError(
        'keygen.key-character',
        `character ${place.character} of group ${place.group} of the system key cannot be in a key`,
        `a key has only digits and letters, and no U; ${COMPARE_HINT}`,
      );
      return bad(error, place);
    }
    symbols += ALPHABET.charAt(value);
  }
  if (symbols.length > SYMBOLS) return bad(wrongLength(symbols.length), null);
  if (symbols.length < SYMBOLS) {
    return { symbols: symbols.length, canonical: null, error: null, place: null };
  }
  if (!rightChecksum(symbols)) {
    const index = singleError(symbols);
    const place = index < 0 ? null : placeOf(index);
    const where = place === null ? '' : ` in group ${place.group}`;
    const error = new ProtocolError(
      'keygen.key-checksum',
      `the system key has a typing error${where}: its check characters do not fit`,
      COMPARE_HINT,
    );
    return bad(error, place);
  }
  return { symbols: SYMBOLS, canonical: symbols, error: null, place: null };
}

/** The canonical form: 40 upper-case symbols. Throws ProtocolError keygen.key-…. */
export function parseSystemKey(text: string): string {
  const check = checkSystemKey(text);
  if (check.error !== null) throw check.error;
  if (check.canonical === null) throw wrongLength(check.symbols);
  return check.canonical;
}

/** The canonical form as it is shown: eight groups of five. */
export function displaySystemKey(canonical: string): string {
  return (canonical.match(/.{1,5}/g) ?? []).join('-');
}
