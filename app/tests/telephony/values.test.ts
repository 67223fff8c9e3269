import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNotOffered, isUncertain, toTelephonyError } from '../../telephony/errors.ts';
import { amount, flag, identifier, list, member, pbxTime, text } from '../../telephony/values.ts';

test('a text is bounded, and ends with a whole character', () => {
  assert.equal(text('abc', 2), 'ab');
  assert.equal(text('a\u{1f600}', 2), 'a');
  assert.equal(text(444.0), '444');
  for (const odd of [null, undefined, {}, [], true, NaN]) assert.equal(text(odd), '');
});

test('markup and right-to-left letters stay what they are', () => {
  const name = '<img src=x> \u05d0\u05d1 \u202e';
  assert.equal(text(name), name);
});

test('an identifier that is too long is none', () => {
  assert.equal(identifier('x'.repeat(128)), 'x'.repeat(128));
  assert.equal(identifier('x'.repeat(129)), '');
});

test('members of the prototype are no values', () => {
  assert.equal(member({}, 'constructor'), undefined);
  assert.equal(member(JSON.parse('{"__proto__":{"id":"x"}}'), 'id'), undefined);
  assert.equal(member('text', 'length'), undefined);
});

test('lists, numbers and booleans have defaults', () => {
  assert.deepEqual(list('no', 5), []);
  assert.deepEqual(list([1, 2, 3], 2), [1, 2]);
  assert.equal(amount('12', 0, 100), 12);
  assert.equal(amount(1e9, 0, 100), null);
  assert.equal(amount(NaN, 0, 100), null);
  assert.equal(flag('true', false), true);
  assert.equal(flag('perhaps', null), null);
});

test('dates of the PBX are read in each form that is known', () => {
  const noon = Date.UTC(2026, 10, 23, 12);
  assert.deepEqual(pbxTime({ $date: '2026-11-23T12:00:00' }), { ms: noon, zoned: false });
  assert.deepEqual(pbxTime('20261123T12:00:00'), { ms: noon, zoned: false });
  assert.deepEqual(pbxTime({ $date: '2026-11-23T13:00:00+01:00' }), { ms: noon, zoned: true });
  assert.deepEqual(pbxTime('2026-11-23T12:00:00.5Z'), { ms: noon + 500, zoned: true });
  assert.deepEqual(pbxTime(noon), { ms: noon, zoned: true });
  for (const odd of ['00000000T00:00:00', 'yesterday', '', null, {}, -1, '2026-13-40T99:00:00']) {
    assert.equal(pbxTime(odd), null);
  }
});

test('whatever is thrown becomes an error with a code', () => {
  const rpc = { message: 'no', data: { code: 'uci.timeout', hint: 'wait' } };
  const error = toTelephonyError(rpc);
  assert.deepEqual([error.code, error.message, error.hint], ['uci.timeout', 'no', 'wait']);
  assert.equal(toTelephonyError(undefined).code, 'telephony.unknown');
  assert.equal(toTelephonyError(new Error('x')).message, 'x');
  assert.equal(toTelephonyError(error), error);
});

test('only what was refused for sure is certain', () => {
  const uncertain = (code: string): boolean => isUncertain(toTelephonyError({ code }));
  for (const code of ['uci.timeout', 'uci.xml-syntax', 'tunnel.timeout', 'new.code', '']) {
    assert.ok(uncertain(code), code);
  }
  for (const code of [
    'uci.fault',
    'uci.access-refused',
    'session.not-signed-in',
    'rpc.invalid-params',
  ]) {
    assert.ok(!uncertain(code), code);
  }
});

test('a method that does not exist is told from one that fails', () => {
  const gone = (code: string, message = ''): boolean =>
    isNotOffered(toTelephonyError({ code, message }));
  assert.ok(gone('session.method-not-allowed'));
  assert.ok(gone('uci.fault', 'the PBX answered with fault 5: x'));
  assert.ok(!gone('uci.fault', 'the PBX answered with fault 55: x'));
  assert.ok(!gone('uci.timeout'));
});
