import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TelephonyError } from '../../telephony/errors.ts';
import {
  defaultRules,
  dialable,
  displayNumber,
  parseNumber,
  sameNumber,
} from '../../telephony/numbers.ts';

function reasonOf(input: string): string {
  const parsed = parseNumber(input);
  return parsed.ok ? `dials ${parsed.digits}` : parsed.reason;
}

test('what people type and paste is dialled without its decoration', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['1002', '1002'],
    ['+49 (0)721 / 151-042', '0049721151042'],
    ['0049 (0) 721 151042', '0049721151042'],
    ['(0721) 151042', '0721151042'],
    ['  0721\u00a0151\u2013042 ', '0721151042'],
    ['\u202a+49 721 151042\u202c', '0049721151042'],
    ['+1 (212) 555-0100', '0012125550100'],
    ['0721.151.042', '0721151042'],
    ['*21#', '*21#'],
    ['\uff10\uff17\uff12\uff11 151042', '0721151042'],
    ['\u0660\u0661\u06f2', '012'],
  ];
  for (const [input, dialled] of cases) assert.equal(dialable(input, defaultRules), dialled, input);
});

test('links to telephones are taken', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['tel:+49-721-151042', '+49721151042'],
    ['tel:+49%20721%20151042', '+49721151042'],
    ['TEL:151042;phone-context=+49721', '+49721151042'],
    ['tel:+49721151042;ext=12', '+49721151042'],
    ['sip:1002@pbx.example.com;user=phone', '1002'],
    ['callto://0721151042', '0721151042'],
  ];
  for (const [input, digits] of cases) {
    assert.deepEqual(parseNumber(input), { ok: true, digits }, input);
  }
});

test('what cannot be dialled is refused with a reason', () => {
  assert.equal(reasonOf(''), 'empty');
  assert.equal(reasonOf(' \u200b - '), 'empty');
  assert.equal(reasonOf('+'), 'empty');
  assert.equal(reasonOf('0800 FLOWERS'), 'letters');
  assert.equal(reasonOf('Müller'), 'letters');
  assert.equal(reasonOf('sip:anna@pbx.example.com'), 'letters');
  assert.equal(reasonOf('1002,,7'), 'characters');
  assert.equal(reasonOf('0721 151042\n0721 151043'), 'several');
  assert.equal(reasonOf('+49721151042 +49721151043'), 'several');
  assert.equal(reasonOf('1'.repeat(41)), 'too-long');
  assert.equal(reasonOf('('.repeat(100_000)), 'too-long');
});

test('the refusal is an error with code and reason', () => {
  assert.throws(
    () => dialable('FLOWERS', defaultRules),
    (error) =>
      error instanceof TelephonyError &&
      error.code === 'telephony.bad-number' &&
      error.reason === 'letters',
  );
});

test('a digit for the outside line goes in front of long numbers only', () => {
  const rules = { ...defaultRules, outside: '0' };
  assert.equal(dialable('0721151042', rules), '00721151042');
  assert.equal(dialable('1002', rules), '1002');
  assert.equal(dialable('*21*1002#', rules), '*21*1002#');
});

test('a plus is dialled as the PBX wants it', () => {
  assert.equal(dialable('+49721151042', { ...defaultRules, plus: '+' }), '+49721151042');
});

test('numbers are shown with their country, and as they are without one', () => {
  assert.equal(displayNumber('0049721151042'), '+49 721151042');
  assert.equal(displayNumber('+12125550100'), '+1 2125550100');
  assert.equal(displayNumber('+35220202020'), '+352 20202020');
  assert.equal(displayNumber('0721151042'), '0721151042');
  assert.equal(displayNumber('1002'), '1002');
  assert.equal(displayNumber('<b>'), '<b>');
  assert.equal(displayNumber(''), '');
});

test('the same number in two spellings is the same', () => {
  assert.ok(sameNumber('0721 151042', '+49 (721) 151042'));
  assert.ok(sameNumber('1002', '1002'));
  assert.ok(!sameNumber('1002', '1003'));
  assert.ok(!sameNumber('', ''));
});
