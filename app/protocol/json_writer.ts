// JSON as it is sent, with what JavaScript's own values cannot say: a double that is whole.

import { ProtocolError } from './errors.ts';

/** A number that XML-RPC carries as a double, even when it is whole. */
export class Double {
  readonly value: number;

  /** Throws ProtocolError uci.double-not-finite. */
  constructor(value: number) {
    if (!Number.isFinite(value)) {
      throw new ProtocolError(
        'uci.double-not-finite',
        'a number is infinite or not a number',
        'write another number',
      );
    }
    this.value = value;
  }
}

export type WritableJson =
  | null
  | boolean
  | number
  | string
  | Double
  | readonly WritableJson[]
  | { readonly [member: string]: WritableJson };

/** The text of a value. A number that is not finite is a RangeError; JSON.stringify() makes null. */
export function writeJson(value: WritableJson): string {
  if (value instanceof Double) {
    const written = String(value.value);
    return /[.e]/.test(written) ? written : `${written}.0`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new RangeError('a number that JSON does not have');
  }
  if (Array.isArray(value)) {
    return `[${(value as readonly WritableJson[]).map(writeJson).join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value as Readonly<Record<string, WritableJson>>);
    return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${writeJson(one)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
