import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { utf8 } from '../../protocol/bytes.ts';
import { checkedConnectorUrl, clientUrl } from '../../protocol/connector_url.ts';
import { deriveBytes } from '../../protocol/credentials.ts';
import { parseKeyFile } from '../../protocol/key_file.ts';
import { checkSystemKey, displaySystemKey, parseSystemKey } from '../../protocol/system_key.ts';
import { canonicalSystemName } from '../../protocol/system_name.ts';
import { CRYPTO_KINDS } from './crypto_kinds.ts';
import { fromHex, readDocument, toHex } from './document.ts';

interface Vectors {
  keys: {
    canonical: string;
    display: string;
    admission_seed: string;
    admission_public: string;
    noise_psk: string;
    key_id: string;
  }[];
  same_key: { text: string; canonical: string }[];
  no_key: { text: string; code: string }[];
  names: { accepted: { text: string; canonical: string }[]; refused: string[] };
}

const vectors = JSON.parse(readDocument('vectors/keygen.json')) as Vectors;
const KEY = '7M6ETZWF057J6W0ZMDSGPPR4N5JJX9K1QQFTSVDY';

function code(expected: string) {
  return { name: 'ProtocolError', code: expected };
}

describe('system keys', () => {
  test('the published keys are read, and shown as they are published', () => {
    for (const { canonical, display } of vectors.keys) {
      assert.equal(parseSystemKey(display), canonical);
      assert.equal(displaySystemKey(canonical), display);
    }
  });

  test('every published spelling is the same key', () => {
    for (const { text, canonical } of vectors.same_key)
      assert.equal(parseSystemKey(text), canonical);
  });

  test('every published text that is no key is refused with its code', () => {
    for (const { text, code: expected } of vectors.no_key) {
      assert.throws(() => parseSystemKey(text), code(expected), JSON.stringify(text));
    }
  });

  test('a mistyped character is found at its place, whichever it is', () => {
    for (let index = 0; index < 40; ++index) {
      const other = KEY[index] === '7' ? '8' : '7';
      const check = checkSystemKey(KEY.slice(0, index) + other + KEY.slice(index + 1));
      assert.equal(check.error?.code, 'keygen.key-checksum');
      assert.deepEqual(check.place, {
        group: Math.floor(index / 5) + 1,
        character: (index % 5) + 1,
      });
    }
  });

  test('two swapped characters are found, but at no place', () => {
    const check = checkSystemKey('M7' + KEY.slice(2));
    assert.equal(check.error?.code, 'keygen.key-checksum');
    assert.equal(check.place, null);
  });

  test('a character that no key has is found while the key is typed', () => {
    const check = checkSystemKey('7M6ET-ZU');
    assert.equal(check.error?.code, 'keygen.key-character');
    assert.deepEqual(check.place, { group: 2, character: 2 });
  });

  test('an incomplete key is not wrong while it is typed', () => {
    assert.deepEqual(checkSystemKey('7m6et-zw'), {
      symbols: 7,
      canonical: null,
      error: null,
      place: null,
    });
  });

  test('letters that only look like those of a key are refused', () => {
    for (const letter of ['\u017f', '\u212a', '\uff11', '\u{1d7d8}']) {
      assert.throws(() => parseSystemKey(letter + KEY.slice(1)), code('keygen.key-character'));
    }
  });

  test('a text of any length is refused without being read to its end', () => {
    assert.throws(() => parseSystemKey(' '.repeat(10_000_000)), code('keygen.key-length'));
  });

  test('no error quotes the key', () => {
    for (const text of [KEY.slice(1), KEY.replace('7', '8'), KEY.replace('7', 'U')]) {
      const { error } = checkSystemKey(text + ' ');
      assert.ok(!(error?.message ?? '').includes('M6ET'));
    }
  });
});

for (const kind of CRYPTO_KINDS) {
  test(`the published keys give what is published, with ${kind.name}`, async () => {
    for (const key of vectors.keys) {
      const derived = await deriveBytes(kind.crypto, key.canonical);
      assert.equal(toHex(derived.admissionSeed), key.admission_seed);
      assert.equal(toHex(derived.psk), key.noise_psk);
      assert.equal(toHex(derived.keyId), key.key_id);
    }
  });
}

describe('system names', () => {
  test('the published names are brought into their form', () => {
    for (const { text, canonical } of vectors.names.accepted) {
      assert.equal(canonicalSystemName(text), canonical);
    }
  });

  test('the published texts that are no names are refused', () => {
    for (const text of vectors.names.refused) {
      assert.throws(() => canonicalSystemName(text), code('keygen.bad-name'), JSON.stringify(text));
    }
  });
});

describe('the connector in a key file', () => {
  test('what a client dials lies under the path of the address', () => {
    assert.equal(clientUrl('wss://c.example.com'), 'wss://c.example.com/v1/client');
    assert.equal(
      clientUrl('wss://c.example.com:8443/base/'),
      'wss://c.example.com:8443/base/v1/client',
    );
  });

  test('ws:// is taken towards this host only', () => {
    for (const host of ['localhost', 'LOCALHOST:80', '127.0.0.1', '127.255.0.9:1', '[::1]:80']) {
      assert.ok(checkedConnectorUrl(`ws://${host}/`));
    }
    for (const host of ['[0:0:0:0:0:0:0:1]', '[0::1]', '[::0001]']) {
      assert.ok(checkedConnectorUrl(`ws://${host}`));
    }
    const others = ['example.com', '128.0.0.1', '127.1', '127.0.0.01', '[::2]', '[1::]', '[::1::]'];
    for (const host of [
      ...others,
      '[1::1]',
      'localhost.example.com',
      '[0:1]',
      '[::ffff:127.0.0.1]',
    ]) {
      assert.throws(() => checkedConnectorUrl(`ws://${host}/`), code('keygen.bad-connector'), host);
    }
  });

  test('what is no such address is refused', () => {
    const wrong = [
      '',
      'example.com',
      'https://a.de',
      'wss://',
      'wss://a@b',
      'wss://a.de/?x',
      'wss://a#b',
    ];
    const ports = [
      'wss://a:',
      'wss://a:0',
      'wss://a:65536',
      'wss://a:1x',
      'wss://[::1]x',
      'wss://[::1',
    ];
    const hosts = [
      'wss://a b',
      'wss://ä.de',
      'wss://a_b',
      'WSS://a.de',
      `wss://${'a'.repeat(128)}`,
    ];
    for (const text of [...wrong, ...ports, ...hosts, `wss://a/${'a'.repeat(2048)}`]) {
      assert.throws(() => checkedConnectorUrl(text), code('keygen.bad-connector'), text);
    }
  });
});

describe('key files', () => {
  const file = {
    type: 'starface-teams-key',
    version: 1,
    name: 'PBX.example.com.',
    key: displaySystemKey(KEY),
    connector: 'wss://connector.example.com',
    created: '2026-11-23T10:00:00Z',
  };
  const read = (value: unknown) => parseKeyFile(utf8(JSON.stringify(value)));

  test('a key file is read', () => {
    assert.deepEqual(read(file), {
      name: 'pbx.example.com',
      key: KEY,
      connector: file.connector,
      created: file.created,
    });
  });

  test('each missing, additional or wrong member is refused', () => {
    for (const member of ['name', 'key', 'connector', 'created'] as const) {
      assert.throws(() => read({ ...file, [member]: undefined }), code('keygen.key-file-member'));
      assert.throws(() => read({ ...file, [member]: 1 }), code('keygen.key-file-member'));
    }
    assert.throws(() => read({ ...file, version: undefined }), code('keygen.key-file-member'));
    assert.throws(() => read({ ...file, more: 1 }), code('keygen.key-file-member'));
    assert.throws(
      () => read({ ...file, created: '2026-02-29T10:00:00Z' }),
      code('keygen.key-file-member'),
    );
    assert.throws(
      () => read({ ...file, created: '2026-11-23 10:00' }),
      code('keygen.key-file-member'),
    );
    assert.throws(() => read({ ...file, name: '1.2.3.4' }), code('keygen.bad-name'));
    assert.throws(() => read({ ...file, key: KEY.slice(1) }), code('keygen.key-length'));
    assert.throws(() => read({ ...file, connector: 'ws://a.de' }), code('keygen.bad-connector'));
  });

  test('another version is refused', () => {
    for (const version of [0, 2, -1, 1.5, '1', null, true, 1e300]) {
      assert.throws(() => read({ ...file, version }), code('keygen.key-file-version'));
    }
    const text = JSON.stringify(file);
    for (const version of ['1.0', '1e0', '1E0']) {
      const bytes = utf8(text.replace('"version":1', `"version":${version}`));
      assert.throws(() => parseKeyFile(bytes), code('keygen.key-file-version'), version);
    }
  });

  test('what is no key file is refused as none', () => {
    const texts = ['', '[]', '1', '{', '{}', '{"type":1}', '{"type":"other"}', '[[[[[1]]]]]'];
    for (const text of [...texts, '\ufeff' + JSON.stringify(file)]) {
      assert.throws(() => parseKeyFile(utf8(text)), code('keygen.no-key-file'), text);
    }
    const twice = JSON.stringify(file).replace('{', `{"key":"${KEY}",`);
    assert.throws(() => parseKeyFile(utf8(twice)), code('keygen.no-key-file'));
    assert.throws(() => parseKeyFile(fromHex('fffe7b00')), code('keygen.no-key-file'));
    assert.throws(() => parseKeyFile(new Uint8Array(16_385)), code('keygen.file-too-large'));
  });

  test('no error quotes the file', () => {
    const broken = JSON.stringify(file).replace('"key":"', '"key":"\u0001');
    assert.throws(
      () => parseKeyFile(utf8(broken)),
      (error: Error) => !error.message.includes('7M6ET'),
    );
  });
});
