// A document for the screens' tests, without a browser, and hands for it.

import assert from 'node:assert/strict';

import { JSDOM } from 'jsdom';
import { type ComponentChild, render } from 'preact';
import { act } from 'preact/test-utils';

const dom = new JSDOM('<!doctype html><div id="app"></div>', {
  url: 'https://connector.example.com/app/',
  pretendToBeVisual: true,
});
const { window } = dom;

for (const name of [
  'window',
  'document',
  'location',
  'history',
  'Node',
  'Element',
  'HTMLElement',
  'Event',
  'requestAnimationFrame',
  'cancelAnimationFrame',
] as const) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true });
}
Object.defineProperty(globalThis, 'navigator', { value: window.navigator, configurable: true });

// jsdom has the element and not what opens it.
window.HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement): void {
  this.open = true;
};
window.HTMLDialogElement.prototype.close = function (this: HTMLDialogElement): void {
  this.open = false;
};

function root(): HTMLElement {
  const element = document.getElementById('app');
  assert.ok(element !== null);
  return element;
}

/** Renders in the place of what was there before. */
export async function show(node: ComponentChild): Promise<void> {
  await act(() => {
    render(null, root());
    render(node, root());
  });
}

/** Lets what is under way come to its end and be rendered. */
export async function doing(action: () => unknown = () => undefined): Promise<void> {
  await act(async () => {
    await action();
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  });
}

export function text(): string {
  return root().textContent;
}

// The caller knows what it looks for.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function find<T extends Element = HTMLElement>(selector: string): T {
  const found = root().querySelector(selector);
  assert.ok(found !== null, `${selector} is not there: ${text()}`);
  return found as T;
}

export function has(selector: string): boolean {
  return root().querySelector(selector) !== null;
}

/** The button, tab or link of that name. */
export function button(name: string): HTMLElement {
  const found = Array.from(root().querySelectorAll<HTMLElement>('button, a')).find(
    (one) => (one.getAttribute('aria-label') ?? one.textContent).trim() === name,
  );
  assert.ok(found !== undefined, `no button "${name}": ${text()}`);
  return found;
}

export async function click(name: string): Promise<void> {
  await doing(() => {
    button(name).click();
  });
}

export function field(label: string): HTMLInputElement {
  const found = Array.from(root().querySelectorAll('label')).find(
    (one) => one.textContent === label,
  );
  assert.ok(found !== undefined, `no field "${label}": ${text()}`);
  return find<HTMLInputElement>(`[id="${found.htmlFor}"]`);
}

export async function type(label: string, value: string): Promise<void> {
  await doing(() => {
    const input = field(label);
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

export async function submit(): Promise<void> {
  await doing(() => {
    find<HTMLFormElement>('form').dispatchEvent(
      new Event('submit', { bubbles: true, cancelable: true }),
    );
  });
}

/** An event of dragging or pasting, which jsdom cannot make. True: the page has taken it. */
export async function transfer(
  target: Element | Window,
  name: string,
  files: readonly File[],
  plain = '',
): Promise<boolean> {
  const event = new Event(name, { bubbles: true, cancelable: true });
  const data = {
    files,
    types: files.length > 0 ? ['Files'] : ['text/plain'],
    dropEffect: 'none',
    getData: () => plain,
  };
  Object.assign(event, { dataTransfer: data, clipboardData: data });
  await doing(() => target.dispatchEvent(event));
  // Reading a file takes turns of the event loop.
  await doing(() => new Promise((resolve) => setImmediate(resolve)));
  await doing(() => new Promise((resolve) => setImmediate(resolve)));
  return event.defaultPrevented;
}
