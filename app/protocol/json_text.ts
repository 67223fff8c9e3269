// JSON (RFC 8259) read more strictly than JSON.parse() does: a bounded depth, and no member twice.

import { textOf } from './bytes.ts';
import { ProtocolError } from './errors.ts';
import { MAX_JSON_DEPTH } from './limits.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const BLANK = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORDS = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

class Parser {
  readonly #text: string;
  readonly #depth: number;
  #place = 0;

  constructor(text: string, depth: number) {
    this.#text = text;
    this.#depth = depth;
  }

  whole(): Json {
    const value = this.#value(0);
    this.#match(BLANK);
    if (this.#place !== this.#text.length)
      throw this.#wrong('something follows the end of the text');
    return value;
  }

  #value(depth: number): Json {
    this.#match(BLANK);
    switch (this.#text[this.#place]) {
      case '{':
        return this.#object(this.#deeper(depth));
      case '[':
        return this.#array(this.#deeper(depth));
      case '"':
        return this.#string();
      case 't':
      case 'f':
      case 'n':
        return this.#word();
      default:
        return this.#number();
    }
  }

  #deeper(depth: number): number {
    if (depth >= this.#depth) {
      throw new ProtocolError(
        'json.too-deep',
        `the JSON text has more than ${this.#depth} levels`,
        "the peer's software breaks the protocol",
      );
    }
    ++this.#place;
    return depth + 1;
  }

  #object(depth: number): JsonObject {
    const members: Record<string, Json> = {};
    if (this.#skip('}')) return members;
    do {
      this.#match(BLANK);
      const name = this.#string();
      if (Object.hasOwn(members, name)) throw this.#wrong('a member stands there twice');
      if (!this.#skip(':')) throw this.#wrong("a ':' is missing");
      // Not an assignment: the name may be __proto__.
      const value = this.#value(depth);
      Object.defineProperty(members, name, {
        value,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    } while (this.#skip(','));
    if (!this.#skip('}')) throw this.#wrong("a ',' or '}' is missing");
    return members;
  }

  #array(depth: number): Json[] {
    const values: Json[] = [];
    if (this.#skip(']')) return values;
    do values.push(this.#value(depth));
    while (this.#skip(','));
    if (!this.#skip(']')) throw this.#wrong("a ',' or ']' is missing");
    return values;
  }

  #string(): string {
    const raw = this.#match(STRING);
    if (raw === '') throw this.#wrong('a string is wrong');
    return raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
  }

  #word(): Json {
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#place)) continue;
      this.#place += word.length;
      return value;
    }
    throw this.#wrong('a word is unknown');
  }

  #number(): number {
    const raw = this.#match(NUMBER);
    if (raw === '') throw this.#wrong('a value is missing');
    const value = Number(raw);
    if (!Number.isFinite(value)) throw this.#wrong('a number is too large');
    return value;
  }

  /** Whether `sign` is next, behind blanks; it is taken then. */
  #skip(sign: string): boolean {
    this.#match(BLANK);
    if (this.#text[this.#place] !== sign) return false;
    ++this.#place;
    return true;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#place;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#place += found.length;
    return found;
  }

  // The text itself is not quoted: it may hold a password.
  #wrong(what: string): ProtocolError {
    return new ProtocolError(
      'json.syntax',
      `the text is not valid JSON: at character ${this.#place + 1} ${what}`,
      "the peer's software breaks the protocol",
    );
  }
}

/** Throws ProtocolError json.syntax or json.too-deep. */
export function parseJson(text: string, depth = MAX_JSON_DEPTH): Json {
  return new Parser(text, depth).whole();
}

/** Also json.not-utf8. */
export function parseJsonBytes(bytes: Uint8Array, depth = MAX_JSON_DEPTH): Json {
  const text = textOf(bytes);
  if (text === null) {
    throw new ProtocolError(
      'json.not-utf8',
      'the JSON text is not valid UTF-8',
      "the peer's software breaks the protocol",
    );
  }
  return parseJson(text, depth);
}
