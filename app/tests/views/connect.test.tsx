import assert from 'node:assert/strict';
import { File as NodeFile } from 'node:buffer';
import { test } from 'node:test';

import { makeStage, onStage, type Stage } from '../../gallery/stage.tsx';
import { setLanguage } from '../../views/texts/language.ts';
import { click, doing, field, find, has, show, submit, text, transfer, type } from './page.ts';

const KEY = '7M6ET-ZWF05-7J6W0-ZMDSG-PPR4N-5JJX9-K1QQF-TSVDY';
const FILE = {
  type: 'starface-teams-key',
  version: 1,
  name: 'pbx.example.com',
  key: KEY,
  connector: 'wss://connector.example.com',
  created: '2026-11-23T10:00:00Z',
};

async function connectScreen(): Promise<Stage> {
  await setLanguage('en');
  const stage = makeStage();
  stage.shell.system.value = null;
  await show(onStage(stage.shell));
  return stage;
}

const keyFile = (content: unknown): File =>
  // Node 18 has no global one.
  new NodeFile(
    [typeof content === 'string' ? content : JSON.stringify(content)],
    'pbx.key',
  ) as unknown as File;

test('a key file that is dropped anywhere on the card connects', async () => {
  const stage = await connectScreen();
  assert.ok(await transfer(find('.card'), 'dragenter', [keyFile(FILE)]));
  assert.match(text(), /Drop the key file now/);
  assert.ok(await transfer(find('h1'), 'drop', [keyFile(FILE)]));
  assert.deepEqual(stage.connection.asked, ['connect pbx.example.com']);
  assert.match(text(), /Connecting to pbx\.example\.com/);
  const kept = await stage.host.cabinet.load('system', 'long');
  assert.equal((kept as { name: string }).name, 'pbx.example.com');
});

test('a pasted key file connects, as a file and as text', async () => {
  for (const [files, plain] of [
    [[keyFile(FILE)], ''],
    [[], JSON.stringify(FILE)],
  ] as const) {
    const stage = await connectScreen();
    assert.ok(await transfer(field('Key'), 'paste', files, plain));
    assert.deepEqual(stage.connection.asked, ['connect pbx.example.com']);
  }
});

test('other pasted text goes into the field', async () => {
  await connectScreen();
  assert.equal(await transfer(field('Key'), 'paste', [], KEY), false);
});

test('each wrong file has its own message, in both languages', async () => {
  const wrong: [string, readonly File[], RegExp, RegExp][] = [
    ['too large', [keyFile('x'.repeat(20_000))], /too large/, /zu groß/],
    ['empty', [keyFile('')], /not a key file/, /keine Schlüsseldatei/],
    ['other JSON', [keyFile({ a: 1 })], /not a key file/, /keine Schlüsseldatei/],
    ['other type', [keyFile({ ...FILE, type: 'x' })], /not a key file/, /keine Schlüsseldatei/],
    ['newer', [keyFile({ ...FILE, version: 2 })], /newer version/, /neueren Version/],
    ['cut', [keyFile({ ...FILE, name: undefined })], /incomplete/, /unvollständig/],
    ['wrong key', [keyFile({ ...FILE, key: KEY.replace('7', '8') })], /typing/, /Tippfehler/],
    ['bad address', [keyFile({ ...FILE, connector: 'ftp://x' })], /connector/, /Cloud-Connector/],
    ['several', [keyFile(FILE), keyFile(FILE)], /Several files/, /mehrere Dateien/],
  ];
  for (const [what, files, english, german] of wrong) {
    const stage = await connectScreen();
    await transfer(find('.card'), 'drop', files);
    assert.match(find('[role="alert"]').textContent, english, what);
    await doing(() => setLanguage('de'));
    assert.match(find('[role="alert"]').textContent, german, what);
    assert.deepEqual(stage.connection.asked, []);
  }
});

test('a file that cannot be read says so', async () => {
  await connectScreen();
  const folder = keyFile(FILE);
  folder.slice = () => {
    throw new DOMException('gone', 'NotFoundError');
  };
  await transfer(find('.card'), 'drop', [folder]);
  assert.match(text(), /could not be read/);
});

test('a key file of another connector offers the page of that one, and is not kept', async () => {
  const stage = await connectScreen();
  const foreign = keyFile({ ...FILE, connector: 'wss://other.example.net/base' });
  await transfer(find('.card'), 'drop', [foreign]);
  const link = find<HTMLAnchorElement>('.message a');
  assert.equal(link.href, 'https://other.example.net/base/app/');
  assert.match(text(), /other\.example\.net/);
  assert.deepEqual(stage.connection.asked, []);
  assert.equal(await stage.host.cabinet.load('system', 'long'), undefined);
});

test('name and key by hand connect, in any spelling', async () => {
  const stage = await connectScreen();
  await type('STARFACE name', ' PBX.Example.com ');
  await type('Key', KEY.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o'));
  assert.match(text(), /complete and correct/);
  await submit();
  assert.deepEqual(stage.connection.asked, ['connect pbx.example.com']);
});

test('a key that a word processor has beautified is read', async () => {
  await connectScreen();
  await type('Key', KEY.replaceAll('-', '\u2013'));
  assert.match(text(), /complete and correct/);
  await type('Key', `\u00a0${KEY.replaceAll('-', '\u2009')}\u200b`);
  assert.match(text(), /complete and correct/);
});

test('while a key is being typed, its symbols are counted and nothing is wrong', async () => {
  await connectScreen();
  await type('Key', '7M6ET-ZWF0');
  assert.match(text(), /9 of 40 characters/);
  assert.equal(has('.groups .wrong'), false);
  assert.deepEqual(
    Array.from(find('.groups').children).map((group) => group.textContent),
    ['7M6ET', 'ZWF0'],
  );
});

test('the wrong group is named and marked as soon as the checksum can tell it', async () => {
  await connectScreen();
  await type('Key', KEY.replace('TSVDY', 'T5VDY'));
  assert.match(text(), /Group 8 is not correct\. Compare “T5VDY” with your original/);
  assert.equal(find('.groups .wrong').textContent, 'T5VDY');
  assert.equal(find('.groups mark').textContent, '5');
  assert.equal(field('Key').getAttribute('aria-invalid'), 'true');
});

test('a character that no key has is named at once', async () => {
  await connectScreen();
  await type('Key', '7M6ET-ZWU');
  assert.match(text(), /“U” in group 2 cannot be part of a key/);
});

test('connecting without name or key says what is missing', async () => {
  const stage = await connectScreen();
  await type('Key', '7M6ET');
  await submit();
  assert.match(text(), /This is not a valid name/);
  assert.match(text(), /this has only 5/);
  assert.deepEqual(stage.connection.asked, []);
});

test('where the browser keeps nothing, the next step says so', async () => {
  const stage = await connectScreen();
  await transfer(find('.card'), 'drop', [keyFile(FILE)]);
  await doing(() => {
    stage.connection.show({ phase: 'open' });
  });
  assert.equal(stage.host.cabinet.lasting, false);
  assert.match(text(), /does not let the page store anything/);
});

test('a key that is refused leads back to this screen with the reason', async () => {
  await setLanguage('en');
  const problem = { code: 'tunnel.admission-refused', message: 'x', hint: '', retryAt: null };
  const stage = makeStage({ phase: 'failed', problem });
  await show(onStage(stage.shell));
  assert.match(find('[role="alert"]').textContent, /Name and key are not accepted/);
  assert.equal(field('STARFACE name').value, 'pbx.example.com');
});

test('the four troubles on the way are told apart, each with what to do', async () => {
  await setLanguage('en');
  const seen = new Set<string>();
  for (const code of [
    'transport.connect-failed',
    'tunnel.pbx-offline',
    'tunnel.handshake-failed',
    'tunnel.admission-refused',
  ]) {
    const problem = { code, message: 'x', hint: '', retryAt: null };
    const stage = makeStage({ phase: 'failed', problem });
    await show(onStage(stage.shell));
    seen.add(find('[role="alert"]').textContent);
  }
  assert.equal(seen.size, 4);
});

test('a connection that goes on trying can be asked to try at once', async () => {
  await setLanguage('en');
  const problem = { code: 'tunnel.pbx-offline', message: 'x', hint: '', retryAt: null };
  const stage = makeStage({ phase: 'connecting', problem });
  await show(onStage(stage.shell));
  await click('Try again');
  assert.deepEqual(stage.connection.asked, ['retryNow']);
});
