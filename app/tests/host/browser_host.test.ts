import assert from 'node:assert/strict';
import { test } from 'node:test';

import { dom, install } from './surroundings.ts';

install(null);
const { BrowserHost } = await import('../../host/browser-host.ts');
const { guardDrops } = await import('../../host/drop-guard.ts');
const { MemoryCabinet } = await import('../../host/storage/cabinet.ts');

const { window } = dom;
const host = new BrowserHost('browser', new MemoryCabinet());

test('title and icon show missed calls and who is calling', () => {
  host.setBadge(2);
  assert.equal(document.title, '(2) STARFACE');
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  assert.match(icon?.href ?? '', /^data:image\/svg/);
  host.setTitle('Zoe Zimmermann ruft an');
  assert.equal(document.title, '(2) Zoe Zimmermann ruft an – STARFACE');
  host.setBadge(0);
  host.setTitle('');
  assert.equal(document.title, 'STARFACE');
  assert.match(icon?.href ?? '', /assets\/icon\.svg$/);
});

test('a window of its own can be installed as an app, a frame cannot', () => {
  const links = () => [...document.querySelectorAll<HTMLLinkElement>('link[rel="manifest"]')];
  Object.defineProperty(window, 'parent', { value: {}, configurable: true });
  host.ready();
  assert.deepEqual(links(), []);
  Object.defineProperty(window, 'parent', { value: window, configurable: true });
  host.ready();
  const named = links().map(({ href }) => href);
  assert.deepEqual(named, ['https://connector.example.com/app/manifest.webmanifest']);
});

test('being online is followed', () => {
  Object.defineProperty(window.navigator, 'onLine', { value: false, configurable: true });
  window.dispatchEvent(new window.Event('offline'));
  assert.equal(host.online.value, false);
  Object.defineProperty(window.navigator, 'onLine', { value: true, configurable: true });
  window.dispatchEvent(new window.Event('online'));
  assert.equal(host.online.value, true);
});

test('text is copied in the modern way, in the old way, or not at all', async () => {
  const written: string[] = [];
  const clipboard = {
    writeText: (text: string): Promise<void> => {
      written.push(text);
      return Promise.resolve();
    },
  };
  Object.defineProperty(window.navigator, 'clipboard', { value: clipboard, configurable: true });
  assert.equal(await host.copy('one'), true);
  assert.deepEqual(written, ['one']);

  clipboard.writeText = () => Promise.reject(new Error('the frame may not'));
  let selected = '';
  const old = (): boolean => {
    selected = document.querySelector('textarea')?.value ?? '';
    return true;
  };
  Object.defineProperty(document, 'execCommand', { value: old, configurable: true });
  assert.equal(await host.copy('two'), true);
  assert.equal(selected, 'two');
  assert.equal(document.querySelector('textarea'), null);

  Object.defineProperty(document, 'execCommand', { value: () => false, configurable: true });
  assert.equal(await host.copy('three'), false);
});

function drag(
  name: string,
  types: string[],
  taken: boolean,
): { prevented: boolean; effect: string } {
  const event = new window.Event(name, { bubbles: true, cancelable: true });
  const dataTransfer = { types, dropEffect: 'copy' };
  Object.assign(event, { dataTransfer });
  if (taken) event.preventDefault();
  window.dispatchEvent(event);
  return { prevented: event.defaultPrevented, effect: dataTransfer.dropEffect };
}

test('a file that is dropped beside the place for it never replaces the page', () => {
  guardDrops(window as unknown as Window);
  for (const name of ['dragover', 'drop']) {
    assert.deepEqual(drag(name, ['Files'], false), { prevented: true, effect: 'none' });
    // What has a handler of its own is left to it; so is text for a field.
    assert.deepEqual(drag(name, ['Files'], true), { prevented: true, effect: 'copy' });
    assert.deepEqual(drag(name, ['text/plain'], false), { prevented: false, effect: 'copy' });
  }
});

test('without sound and notices of the system nothing fails', () => {
  host.ring(true);
  host.ring(false);
  assert.equal(host.soundAllowed.value, false);
  assert.equal(host.notices.value, 'unavailable');
  host.notify({ title: 't', body: 'b', tag: 'x', onClick: () => undefined })();
});
