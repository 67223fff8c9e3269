// Errors in the language of the user.

import { texts } from './texts/language.ts';

/** Families of codes that are the same to a user. The first that fits is taken. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^tunnel\.(?:channel-closed)$/, 'client.closed'],
  [/^tunnel\.(?:queue-full)$/, 'tunnel.too-slow'],
  [
    /^tunnel\.(?:message|frame|control|credit|noise|record|number|fragment|ack|flow|unknown)-/,
    'tunnel.protocol-error',
  ],
  [/^(?:json|rpc)\./, 'client.protocol-error'],
  [/^uci\.(?:xml-|reply-is-html$)/, 'uci.broken-reply'],
  [/^uci\.(?:redirected-|web-page$|bad-url$)/, 'uci.no-uci-at-url'],
  [/^uci\.(?:bad-|int-|double-|text-|value-|method-reserved$)/, 'uci.bad-params'],
  [/^uci\.too-many-services$/, 'uci.too-many-waiting'],
  [/^rest\./, 'rest.pbx-error'],
  [/^transport\./, 'transport.connect-failed'],
];

/** The code whose text is shown for that one; null: there is no text for it. */
export function textCode(code: string): keyof ReturnType<typeof known> | null {
  const all = known();
  const has = (name: string): name is keyof typeof all => Object.hasOwn(all, name);
  if (has(code)) return code;
  const family = FAMILIES.find(([pattern]) => pattern.test(code))?.[1];
  return family !== undefined && has(family) ? family : null;
}

function known() {
  return texts.value.problems;
}

interface Said {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

/** A code that is not known here shows what the other side says, in English, and the code. */
export function problemText(problem: Said): string {
  const code = textCode(problem.code);
  if (code !== null) return known()[code];
  const hint = problem.hint === null || problem.hint === '' ? '' : ` (${problem.hint})`;
  return `${problem.message}${hint} [${problem.code}]`;
}
