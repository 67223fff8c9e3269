import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { FOUND_HERE_CODES, WIRE_CODES } from '../../protocol/codes.ts';
import { codes as telephonyCodes } from '../../telephony/errors.ts';
import { problemText, textCode } from '../../views/problem-text.ts';
import * as de from '../../views/texts/de/index.ts';
import * as en from '../../views/texts/en/index.ts';
import { languageOf, setLanguage } from '../../views/texts/language.ts';

declare const REPOSITORY: string;

const read = (...parts: string[]): string => readFileSync(path.join(REPOSITORY, ...parts), 'utf8');

/** Every code that a screen may show: of the wire, of the agent, of connection and telephony. */
function reported(): Set<string> {
  const codes = new Set<string>([...WIRE_CODES, ...FOUND_HERE_CODES]);
  const table = read('docs', 'protocol.md').split('| number | `data.code` | when |')[1] ?? '';
  for (const row of table.split('\n## ')[0]?.split('\n') ?? []) {
    const [, , names] = row.split('|');
    for (const [, code] of (names ?? '').matchAll(/`([a-z]+\.[a-z-]+)`/g)) codes.add(code ?? '');
  }
  for (const layer of ['connection', 'protocol']) {
    for (const file of readdirSync(path.join(REPOSITORY, 'app', layer))) {
      if (!file.endsWith('.ts')) continue;
      const quoted =
        /'((?:tunnel|client|session|license|uci|keygen|transport|json|rpc)\.[a-z-]+)'/g;
      for (const [, code] of read('app', layer, file).matchAll(quoted)) codes.add(code ?? '');
    }
  }
  for (const code of Object.values(telephonyCodes)) codes.add(code);
  // What it was is in the message alone.
  codes.delete(telephonyCodes.unknown);
  // Names of methods and notices look the same.
  for (const method of ['login', 'logout', 'ticket', 'pbx', 'gap', 'signedOut', 'lost', 'ping']) {
    codes.delete(`session.${method}`);
  }
  return codes;
}

test('every code that a screen may show has a text in both languages', async () => {
  const codes = reported();
  assert.ok(codes.size > 90, String(codes.size));
  for (const language of ['de', 'en'] as const) {
    await setLanguage(language);
    const missing = [...codes].filter((code) => textCode(code) === null);
    assert.deepEqual(missing, []);
  }
});

test('a text says what happened and what to do, and never the code', async () => {
  await setLanguage('de');
  for (const code of reported()) {
    const text = problemText({ code, message: 'in English', hint: null });
    assert.match(text, /^[A-ZÄÖÜ].*\.$/s, code);
    assert.ok(!text.includes(code) && !text.includes('in English'), code);
  }
});

/** All texts, functions called with something. */
function strings(value: unknown, at: string): [string, string][] {
  if (typeof value === 'string') return [[at, value]];
  if (typeof value === 'function') {
    return [[at, String((value as (...given: unknown[]) => unknown)(7, 'X'))]];
  }
  return Object.entries(value as Record<string, unknown>).flatMap(([key, inner]) =>
    strings(inner, `${at}.${key}`),
  );
}

test('German has each text, in German', () => {
  const english = new Map(strings({ ...en }, 'texts'));
  const german = new Map(strings({ ...de }, 'texts'));
  assert.deepEqual([...german.keys()].sort(), [...english.keys()].sort());
  for (const [key, text] of german) {
    assert.notEqual(text.trim(), '', key);
    // A sentence that is the same in both was forgotten.
    if (text.split(' ').length > 3) assert.notEqual(text, english.get(key), key);
    assert.doesNotMatch(text, /\b(?:du|dein|deine)\b/i, key);
  }
});

test('the language follows what a host names', () => {
  for (const locale of ['de', 'de-DE', 'DE-at']) assert.equal(languageOf(locale), 'de');
  for (const locale of ['en-us', 'fr', '', 'den']) assert.equal(languageOf(locale), 'en');
});
