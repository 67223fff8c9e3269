// The key file that the administrator gives to users (docs/protocol.md, part 9).

import { textOf } from './bytes.ts';
import { checkedConnectorUrl } from './connector_url.ts';
import { ProtocolError } from './errors.ts';
import { isObject, type JsonObject, parseJson } from './json_text.ts';
import { MAX_KEY_FILE } from './limits.ts';
import { parseSystemKey } from './system_key.ts';
import { canonicalSystemName } from './system_name.ts';

const TYPE = 'starface-teams-key';
const TEXTS = ['name', 'key', 'connector', 'created'] as const;
const ASK_HINT = 'ask your administrator for a new key file';

export interface KeyFile {
  /** Canonical. */
  readonly name: string;
  /** Canonical; a secret. */
  readonly key: string;
  readonly connector: string;
  readonly created: string;
}

function noKeyFile(what: string, hint = ASK_HINT): ProtocolError {
  return new ProtocolError('keygen.no-key-file', what, hint);
}

function wrongMember(what: string): ProtocolError {
  return new ProtocolError('keygen.key-file-member', `the key file ${what}`, ASK_HINT);
}

// Errors quote nothing out of the file: the key may stand anywhere in one that was edited.
function readJson(bytes: Uint8Array): JsonObject {
  if (bytes.length > MAX_KEY_FILE) {
    throw new ProtocolError(
      'keygen.file-too-large',
      `the file has more than ${MAX_KEY_FILE} bytes, so it is no key file`,
      'choose the key file that your administrator gave you',
    );
  }
  if (bytes.length === 0) throw noKeyFile('the file is empty');
  const text = textOf(bytes);
  if (text === null) throw noKeyFile('the file is not valid UTF-8, so it is no key file');
  if (text.startsWith('\ufeff')) {
    throw noKeyFile(
      'the file begins with a byte order mark',
      'save it as UTF-8 without one, or fetch the original file',
    );
  }
  try {
    const value = parseJson(text, 4);
    if (isObject(value)) return value;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw noKeyFile(`this is no key file: ${error.message}`);
  }
  throw noKeyFile('this JSON is not an object, so it is no key file');
}

function checkVersion(file: JsonObject, text: string): void {
  const version = file['version'];
  if (version === undefined) throw wrongMember('has no "version"');
  // 1.0 and 1e0 are the same number as 1 once they are read, but not a version.
  const written = /"version"[ \t\n\r]*:[ \t\n\r]*([^ \t\n\r,}]+)/.exec(text)?.[1];
  if (typeof version !== 'number' || !/^[1-9][0-9]*$/.test(written ?? '')) {
    throw new ProtocolError(
      'keygen.key-file-version',
      'the key file\'s "version" is not a whole number from 1 on',
      ASK_HINT,
    );
  }
  if (version !== 1) {
    throw new ProtocolError(
      'keygen.key-file-version',
      'the key file was written by a newer program; this one reads version 1',
      'update this program',
    );
  }
}

/** Whether the calendar has this time of the form 2026-11-23T10:00:00Z. */
function isUtcTime(text: string): boolean {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(text)?.slice(1).map(Number);
  const [year, month, day, hour, minute, second] = parts ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days && (hour ?? 24) < 24 && (minute ?? 60) < 60 && (second ?? 60) < 60;
}

/** Throws ProtocolError keygen.…. */
export function parseKeyFile(bytes: Uint8Array): KeyFile {
  const file = readJson(bytes);
  if (typeof file['type'] !== 'string') {
    throw noKeyFile('this JSON has no "type", so it is no key file');
  }
  if (file['type'] !== TYPE) {
    throw noKeyFile(
      `this is a file of another type than "${TYPE}"`,
      'choose the key file that your administrator gave you',
    );
  }
  checkVersion(file, textOf(bytes) ?? '');
  const known = new Set<string>(['type', 'version', ...TEXTS]);
  if (Object.keys(file).some((member) => !known.has(member))) {
    throw wrongMember('has a member that version 1 does not know');
  }
  const text = (member: (typeof TEXTS)[number]): string => {
    const value = file[member];
    if (value === undefined) throw wrongMember(`has no "${member}"`);
    if (typeof value !== 'string') throw wrongMember(`has something else than text in "${member}"`);
    return value;
  };
  const [name, key, connector, created] = [
    text('name'),
    text('key'),
    text('connector'),
    text('created'),
  ];
  if (!isUtcTime(created)) throw wrongMember('has no time like 2026-11-23T10:00:00Z in "created"');
  return {
    name: canonicalSystemName(name),
    connector: checkedConnectorUrl(connector),
    created,
    key: parseSystemKey(key),
  };
}
