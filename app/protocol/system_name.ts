// The system name: a host name in lower case (docs/protocol.md, part 2).

import { ProtocolError } from './errors.ts';

const LONGEST = 253;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

function bad(what: string, hint = 'write a host name such as pbx.example.com'): ProtocolError {
  return new ProtocolError('keygen.bad-name', `the system name ${what}`, hint);
}

/**
 * The form that goes over the wire: lower case, without the dot at the end. What a person has typed
 * is trimmed first, by whoever reads the field. Throws ProtocolError keygen.bad-name.
 */
export function canonicalSystemName(text: string): string {
  if (text === '') throw bad('is empty');
  if (text.length > LONGEST + 1) throw bad(`has more than ${LONGEST} characters`);
  if (/\s/.test(text)) throw bad('has a space in it', 'remove the spaces, also at both ends');
  if (/[/:@[\]]/.test(text)) {
    throw bad(
      'has more in it than a host name',
      'write only the host name, such as pbx.example.com',
    );
  }
  // No character but ASCII letters changes here: the labels are checked below, and toLowerCase()
  // of the others would make an ASCII k of the Kelvin sign.
  const lower = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const name = lower.length > 1 && lower.endsWith('.') ? lower.slice(0, -1) : lower;
  if (name.length > LONGEST) throw bad(`has more than ${LONGEST} characters`);
  const labels = name.split('.');
  labels.forEach((label, index) => {
    if (label === '') throw bad('has an empty part: two dots side by side, or one in front');
    if (label.length > 63)
      throw bad(`is wrong: part ${index + 1} of it has more than 63 characters`);
    if (!LABEL.test(label)) {
      throw bad(`is wrong: part ${index + 1} of it has a character that cannot be there`);
    }
  });
  if (/^[0-9]+$/.test(labels.at(-1) ?? '')) {
    throw bad('ends with a number, so that it could be taken for an IP address');
  }
  return name;
}
