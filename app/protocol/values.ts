// Values of XML-RPC in JSON (docs/protocol.md, part 6, Values): dates, binary data, and structs
// whose members begin with '$'.

import { ProtocolError } from './errors.ts';
import type { Json, JsonObject } from './json_text.ts';
import { isObject } from './json_text.ts';
import { Double, type WritableJson } from './json_writer.ts';

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** `2026-11-23T10:00:00`, with `Z` or `+01:00` behind it when the zone is known. */
export class PbxDate {
  readonly text: string;

  /** Throws ProtocolError uci.bad-date. */
  constructor(text: string) {
    if (!DATE.test(text)) throw wrong('uci.bad-date', 'a date is not like 2026-11-23T10:00:00');
    this.text = text;
  }
}

/** Binary data as base64 (RFC 4648, with padding). */
export class PbxBinary {
  readonly base64: string;

  /** Throws ProtocolError uci.bad-base64. */
  constructor(base64: string) {
    if (!BASE64.test(base64)) throw wrong('uci.bad-base64', 'binary data is not base64');
    this.base64 = base64;
  }
}

export type PbxValue =
  | null
  | boolean
  | number
  | string
  | Double
  | PbxDate
  | PbxBinary
  | readonly PbxValue[]
  | { readonly [member: string]: PbxValue };

function wrong(
  code: 'uci.bad-date' | 'uci.bad-base64' | 'uci.bad-tag',
  what: string,
): ProtocolError {
  return new ProtocolError(code, what, "the other side's software breaks the protocol");
}

/** A parameter of a `ucp.…` call. */
export function encodeValue(value: PbxValue): WritableJson {
  if (value instanceof Double) return value;
  if (value instanceof PbxDate) return { $date: value.text };
  if (value instanceof PbxBinary) return { $base64: value.base64 };
  if (Array.isArray(value)) return (value as readonly PbxValue[]).map(encodeValue);
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value as Readonly<Record<string, PbxValue>>);
    return Object.fromEntries(
      members.map(([name, one]) => [name.startsWith('$') ? `$${name}` : name, encodeValue(one)]),
    );
  }
  return value;
}

/** What a `ucp.…` call or event gave. Throws ProtocolError uci.bad-…. */
export function decodeValue(value: Json): PbxValue {
  if (Array.isArray(value)) return (value as readonly Json[]).map(decodeValue);
  if (!isObject(value)) return value;
  return decodeTagged(value) ?? decodeStruct(value);
}

function decodeTagged(value: JsonObject): PbxValue | null {
  const names = Object.keys(value);
  const tag = names[0] ?? '';
  if (names.length !== 1 || !tag.startsWith('$') || tag.startsWith('$$')) return null;
  const content = value[tag];
  if (typeof content === 'string' && tag === '$date') return new PbxDate(content);
  if (typeof content === 'string' && tag === '$base64') return new PbxBinary(content);
  throw wrong('uci.bad-tag', 'a value has an unknown tag');
}

function decodeStruct(value: JsonObject): PbxValue {
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      if (!name.startsWith('$')) return [name, decodeValue(one)];
      if (!name.startsWith('$$')) throw wrong('uci.bad-tag', 'a tag stands beside other members');
      return [name.slice(1), decodeValue(one)];
    }),
  );
}
