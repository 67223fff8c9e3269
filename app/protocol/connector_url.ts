// The address of the connector in a key file, or as a person writes it.

import { ProtocolError } from './errors.ts';
import { CLIENT_PATH } from './limits.ts';

const LONGEST_URL = 2_048;
const LONGEST_HOST = 127;
const HOST = /^[A-Za-z0-9.-]+$/;
const BRACKETED = /^\[[0-9a-fA-F:.]{3,}\]$/;

function bad(what: string, hint = 'write it like wss://connector.example.com'): ProtocolError {
  return new ProtocolError('keygen.bad-connector', `the connector's address ${what}`, hint);
}

/** `::1` in each of its hexadecimal spellings. */
function isLoopback6(address: string): boolean {
  const halves = address.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const groups = halves.flat();
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  const whole =
    halves.length === 1 ? groups.length === 8 : halves.length === 2 && groups.length < 8;
  const values = groups.map((group) => parseInt(group, 16));
  // What '::' at the end stands for is 0.
  const last = halves.length === 2 && halves[1]?.length === 0 ? 0 : values.pop();
  return whole && last === 1 && values.every((value) => value === 0);
}

function isLoopback(host: string): boolean {
  if (host.startsWith('[')) return isLoopback6(host.slice(1, -1));
  if (host.toLowerCase() === 'localhost') return true;
  const parts = host.split('.');
  const decimal = (part: string): boolean => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && +part < 256;
  return parts.length === 4 && parts.every(decimal) && parts[0] === '127';
}

/** The URL as it came. Throws ProtocolError keygen.bad-connector. */
export function checkedConnectorUrl(text: string): string {
  if (text === '') throw bad('is empty');
  if (text.length > LONGEST_URL) throw bad(`has more than ${LONGEST_URL} characters`);
  if (!/^[!#-[\]-~]*$/.test(text)) throw bad('has a space or another character that no URL has');
  const web = /^https?:\/\//.exec(text);
  if (web) throw bad('is a web address', `write wss:// in place of ${web[0]}`);
  const scheme = /^wss?:\/\//.exec(text)?.[0];
  if (scheme === undefined) throw bad('does not begin with wss://');
  if (/[?#]/.test(text)) throw bad("has a '?' or '#' in it", 'remove it and what follows');
  const authority = text.slice(scheme.length).split('/', 1)[0] ?? '';
  if (authority.includes('@')) {
    throw bad('has user information in it', 'remove everything up to the @ from the host');
  }
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(authority);
  const host = parts?.[1] ?? '';
  const port = parts?.[2];
  if (host === '') throw bad('has no host');
  if (host.length > LONGEST_HOST) throw bad(`has a host of more than ${LONGEST_HOST} characters`);
  if (!HOST.test(host) && !BRACKETED.test(host)) {
    throw bad('has a host with a character that no host name has');
  }
  if (port !== undefined && !(/^[0-9]{1,5}$/.test(port) && +port >= 1 && +port <= 65_535)) {
    throw bad(
      "has no port between 1 and 65535 after the ':'",
      "remove the ':' to use the usual port",
    );
  }
  if (scheme === 'ws://' && !isLoopback(host)) {
    throw bad(
      'begins with ws://, which is not encrypted and is taken only towards this host ' +
        '(127.0.0.1, ::1, localhost)',
      'write wss:// in place of ws://',
    );
  }
  return text;
}

/** What a client dials: `wss://host/base` gives `wss://host/base/v1/client`. */
export function clientUrl(connector: string): string {
  return checkedConnectorUrl(connector).replace(/\/+$/, '') + CLIENT_PATH;
}
