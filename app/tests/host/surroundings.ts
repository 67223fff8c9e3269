// A window for the host's tests, and a Teams in whose frame it is.

import { webcrypto } from 'node:crypto';

import { JSDOM } from 'jsdom';

export interface Message {
  readonly id: number;
  readonly uuidAsString?: string;
  readonly func: string;
  readonly args?: readonly unknown[];
}

export const dom = new JSDOM('<!doctype html><link rel="icon" href="assets/icon.svg">', {
  url: 'https://connector.example.com/app/',
  pretendToBeVisual: true,
});

/** The globals that a page has. `parent`: of the frame; without one it is a window of its own. */
export function install(parent: object | null): void {
  const { window } = dom;
  // Node 18 has no global one.
  Object.defineProperty(globalThis, 'crypto', { value: webcrypto, configurable: true });
  Object.defineProperty(window, 'matchMedia', {
    value: () => ({ matches: false, addEventListener: () => undefined }),
    configurable: true,
  });
  if (parent !== null) {
    Object.defineProperty(window, 'parent', { value: parent, configurable: true });
  }
  for (const name of [
    'window',
    'document',
    'location',
    'HTMLElement',
    'navigator',
    'matchMedia',
  ] as const) {
    Object.defineProperty(globalThis, name, { value: window[name], configurable: true });
  }
}

/** Plays Teams: answers what the library asks, and keeps what it was told. */
export class FakeTeams {
  readonly told: string[] = [];
  context: Record<string, unknown> = {
    locale: 'de-de',
    theme: 'dark',
    entityId: 'main',
    subEntityId: 'tel:+497215550',
    hostName: 'Teams',
    hostClientType: 'desktop',
    userObjectId: 'user-1',
    tid: 'tenant-1',
    appId: 'app-1',
  };

  readonly window = {
    postMessage: (message: Message): void => {
      this.told.push(message.func);
      queueMicrotask(() => {
        this.answer(message);
      });
    },
  };

  private answer({ id, uuidAsString, func }: Message): void {
    const args =
      func === 'initialize'
        ? [
            'content',
            'desktop',
            JSON.stringify({ apiVersion: 4, isLegacyTeams: false, supports: { pages: {} } }),
            '2.0.1',
          ]
        : func === 'getContext'
          ? [this.context]
          : null;
    if (args !== null) this.post({ id, uuidAsString, args });
  }

  /** An event of the host: `themeChange`. */
  send(func: string, ...args: unknown[]): void {
    this.post({ func, args });
  }

  private post(data: object): void {
    const event = new dom.window.Event('message');
    Object.assign(event, { data, source: this.window, origin: 'https://teams.microsoft.com' });
    dom.window.dispatchEvent(event);
  }
}

/** Until promises and the library's own waiting have come to an end. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
