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

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** Of what a string has inside; a long one takes several. */
const INSIDE = /(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})){0,8192}/y;
const WORDS = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** An array or object whose end has not come. */
type Level =
  | { readonly values: Json[]; readonly members: null }
  | { readonly values: null; readonly members: Record<string, Json>; name: string };

/**
 * Reads a text bit by bit, because one of 4 MiB would hold up a page for too long. Throws
 * ProtocolError json.syntax or json.too-deep.
 */
export class JsonReader {
  readonly #text: string;
  readonly #depth: number;
  readonly #levels: Level[] = [];
  #place = 0;
  /** What comes next. */
  #next: 'value' | 'name' | 'string' | 'sign' | 'end' = 'value';
  /** Where the string began that is being read, and whether it names a member. */
  #string = { begin: 0, isName: false };
  #value: Json = null;

  constructor(text: string, depth = MAX_JSON_DEPTH) {
    this.#text = text;
    this.#depth = depth;
  }

  /** Once read() has returned true. */
  get value(): Json {
    return this.#value;
  }

  /** Goes on for about `most` characters, or one piece of a string. Returns whether that was all. */
  read(most = Infinity): boolean {
    const end = this.#place + most;
    while (this.#place < end) {
      if (this.#next !== 'string') this.#skipBlanks();
      switch (this.#next) {
        case 'value':
          this.#begin();
          break;
        case 'name':
          this.#beginString(true);
          break;
        case 'string':
          this.#goOnWithString();
          break;
        case 'sign':
          this.#sign();
          break;
        case 'end':
          if (this.#place === this.#text.length) return true;
          throw this.#wrong('something follows the end of the text');
      }
    }
    return false;
  }

  #begin(): void {
    switch (this.#text[this.#place]) {
      case '{':
        this.#enter({ values: null, members: {}, name: '' });
        if (this.#skip('}')) this.#leave();
        else this.#next = 'name';
        break;
      case '[':
        this.#enter({ values: [], members: null });
        if (this.#skip(']')) this.#leave();
        break;
      case '"':
        this.#beginString(false);
        break;
      case 't':
      case 'f':
      case 'n':
        this.#take(this.#word());
        break;
      default:
        this.#take(this.#number());
    }
  }

  #enter(level: Level): void {
    if (this.#levels.length >= this.#depth) {
      throw new ProtocolError(
        'json.too-deep',
        `the JSON text has more than ${this.#depth} levels`,
        "the peer's software breaks the protocol",
      );
    }
    ++this.#place;
    this.#levels.push(level);
  }

  #leave(): void {
    const level = this.#levels.pop();
    this.#take(level?.members ?? level?.values ?? null);
  }

  /** A value is whole. */
  #take(value: Json): void {
    const level = this.#levels.at(-1);
    this.#next = 'sign';
    if (level === undefined) {
      this.#value = value;
      this.#next = 'end';
    } else if (level.members === null) {
      level.values.push(value);
    } else if (level.name === '__proto__') {
      // An assignment would set the prototype.
      Object.defineProperty(level.members, level.name, {
        value,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    } else {
      level.members[level.name] = value;
    }
  }

  /** What stands behind a value. */
  #sign(): void {
    const level = this.#levels.at(-1);
    const inside = level?.members === null ? 'value' : 'name';
    const close = level?.members === null ? ']' : '}';
    if (this.#skip(',')) this.#next = inside;
    else if (this.#skip(close)) this.#leave();
    else throw this.#wrong(`a ',' or '${close}' is missing`);
  }

  #beginString(isName: boolean): void {
    if (this.#text[this.#place] !== '"') throw this.#wrong('a string is wrong');
    this.#string = { begin: ++this.#place, isName };
    this.#next = 'string';
    this.#goOnWithString();
  }

  #goOnWithString(): void {
    const piece = this.#match(INSIDE);
    if (this.#text[this.#place] !== '"') {
      if (piece === '') throw this.#wrong('a string is wrong');
      return;
    }
    const { begin, isName } = this.#string;
    const raw = this.#text.slice(begin, this.#place++);
    const value = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
    if (isName) this.#name(value);
    else this.#take(value);
  }

  #name(name: string): void {
    const level = this.#levels.at(-1);
    if (!level?.members) return;
    if (Object.hasOwn(level.members, name)) throw this.#wrong('a member stands there twice');
    if (!this.#skip(':')) throw this.#wrong("a ':' is missing");
    level.name = name;
    this.#next = 'value';
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
    this.#skipBlanks();
    if (this.#text[this.#place] !== sign) return false;
    ++this.#place;
    return true;
  }

  #skipBlanks(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#place);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      ++this.#place;
    }
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
  const reader = new JsonReader(text, depth);
  reader.read();
  return reader.value;
}

/** Also json.not-utf8. */
export function parseJsonBytes(bytes: Uint8Array, depth = MAX_JSON_DEPTH): Json {
  return parseJson(jsonText(bytes), depth);
}

/** Throws ProtocolError json.not-utf8. */
export function jsonText(bytes: Uint8Array): string {
  const text = textOf(bytes);
  if (text === null) {
    throw new ProtocolError(
      'json.not-utf8',
      'the JSON text is not valid UTF-8',
      "the peer's software breaks the protocol",
    );
  }
  return text;
}
