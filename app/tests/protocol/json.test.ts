import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { utf8 } from '../../protocol/bytes.ts';
import { JsonReader, parseJson, parseJsonBytes } from '../../protocol/json_text.ts';
import { Double, writeJson } from '../../protocol/json_writer.ts';
import { decodeValue, encodeValue, PbxBinary, PbxDate } from '../../protocol/values.ts';
import { fromHex } from './document.ts';

function code(expected: string) {
  return { name: 'ProtocolError', code: expected };
}

describe('JSON texts', () => {
  test('what is valid means the same as to JSON.parse()', () => {
    const texts = [
      'null',
      ' [ ] ',
      '{}',
      '\t{"a" : [1, -0, 0.5, 1e3, -1.25E-2, true, false, null]}\r\n',
      '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u20ac\\ud834\\udd1e"',
      '"€ grüße 𝄞 \u007f\u2028"',
      '[[[{"a":{"":[{}]}}]]]',
      '9007199254740993',
    ];
    for (const text of texts) assert.deepEqual(parseJson(text), JSON.parse(text), text);
  });

  test('a text is the same in steps of any size, and takes many', () => {
    const value = { a: [1.5, null, 'x'.repeat(30_000), '\n'.repeat(30_000)], '': { b: [[], {}] } };
    const text = JSON.stringify([value, value], null, 2);
    for (const step of [1, 2, 7, 100, 16_384]) {
      const reader = new JsonReader(text);
      let steps = 1;
      while (!reader.read(step)) ++steps;
      assert.deepEqual(reader.value, [value, value]);
      // Long strings end a step early.
      assert.ok(steps >= 6 && (step > 1 || steps > 50), `${steps} steps of ${step}`);
    }
  });

  test('what is not valid is refused', () => {
    const texts = [
      ...[
        '',
        ' ',
        '{',
        '}',
        '[',
        ']',
        '[1,]',
        '[,1]',
        '{,}',
        '{"a"}',
        '{"a":}',
        '{"a":1,}',
        '{a:1}',
      ],
      ...['01', '1.', '.5', '+1', '1e', '0x1', '-', 'NaN', 'Infinity', '1e999', 'nul', 'True'],
      ...[
        '"',
        '"\n"',
        '"\\x"',
        '"\\u12"',
        "'a'",
        '"a" "b"',
        '1 2',
        '[1 2]',
        '{"a":1 "b":2}',
        '\ufeff1',
      ],
      ...['/**/1', '\u00a01', '"\u0000"', '1,', 'undefined'],
    ];
    for (const text of texts) assert.throws(() => parseJson(text), code('json.syntax'), text);
  });

  test('a member that stands there twice is refused, however it is written', () => {
    for (const text of [
      '{"a":1,"a":1}',
      '{"a":1,"\\u0061":2}',
      '[{"b":{"__proto__":1,"__proto__":2}}]',
    ]) {
      assert.throws(() => parseJson(text), code('json.syntax'), text);
    }
  });

  test('a member may have any name, and changes nothing but its object', () => {
    const value = parseJson('{"__proto__":{"polluted":1},"constructor":2,"hasOwnProperty":3}');
    assert.deepEqual(Object.keys(value as object), ['__proto__', 'constructor', 'hasOwnProperty']);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.ok(!('polluted' in {}));
  });

  test('32 levels are taken, and 33 are not', () => {
    assert.ok(parseJson('['.repeat(32) + ']'.repeat(32)));
    assert.throws(() => parseJson('['.repeat(33) + ']'.repeat(33)), code('json.too-deep'));
    assert.throws(() => parseJson('[{"a":'.repeat(1_000_000)), code('json.too-deep'));
  });

  test('bytes that are not UTF-8 are refused', () => {
    for (const hex of ['22ff22', '22c322', '22eda08022', '22c08022']) {
      assert.throws(() => parseJsonBytes(fromHex(hex)), code('json.not-utf8'), hex);
    }
    assert.equal(parseJsonBytes(utf8('"ü"')), 'ü');
  });

  test('no error quotes the text', () => {
    assert.throws(
      () => parseJson('{"password":"secret"'),
      (error: Error) => !error.message.includes('secret'),
    );
  });

  test('writing gives what reading takes', () => {
    const value = { a: [1, -2.5, null, true, 'ü"\\\n'], $b: { '': [] } };
    assert.deepEqual(parseJson(writeJson(value)), value);
    assert.throws(() => writeJson([Infinity]), RangeError);
  });
});

describe('values of the PBX', () => {
  test('doubles keep their point', () => {
    for (const [number, text] of [
      [1, '1.0'],
      [-0.5, '-0.5'],
      [1e21, '1e+21'],
      [1e-7, '1e-7'],
    ] as const) {
      assert.equal(writeJson(new Double(number)), text);
    }
    assert.throws(() => new Double(NaN), code('uci.double-not-finite'));
  });

  test('dates, binary data and structs go there and come back', () => {
    const value = {
      at: new PbxDate('2026-11-23T10:00:00+01:00'),
      data: new PbxBinary('AAE='),
      list: [1, 'a', null, { $own: true, $$own: false, plain: {} }],
      $date: 'not a date',
    };
    const written = encodeValue(value);
    assert.deepEqual(written, {
      at: { $date: '2026-11-23T10:00:00+01:00' },
      data: { $base64: 'AAE=' },
      list: [1, 'a', null, { $$own: true, $$$own: false, plain: {} }],
      $$date: 'not a date',
    });
    assert.deepEqual(decodeValue(parseJson(writeJson(written))), value);
  });

  test('what no agent sends is refused', () => {
    for (const [text, expected] of [
      ['{"$date":"yesterday"}', 'uci.bad-date'],
      ['{"$base64":"A"}', 'uci.bad-base64'],
      ['{"$date":1}', 'uci.bad-tag'],
      ['{"$other":"x"}', 'uci.bad-tag'],
      ['{"$date":"2026-11-23T10:00:00","a":1}', 'uci.bad-tag'],
    ] as const) {
      assert.throws(() => decodeValue(parseJson(text)), code(expected), text);
    }
  });
});
