// A browser window of its own. Teams' host is the same with some things in another way.

import { type ReadonlySignal, signal } from '@preact/signals-core';

import { copyText } from './clipboard.ts';
import type { Host, Page, Theme } from './host.ts';
import { pageOf, startNumberOf } from './location.ts';
import { offerInstalling } from './manifest.ts';
import { type Notice, Notices } from './notices.ts';
import { RingTone } from './ring-tone.ts';
import type { Cabinet } from './storage/cabinet.ts';
import { WindowTitle } from './window-title.ts';

/** What both kinds of host take from the browser. */
export abstract class WindowHost {
  readonly online = signal(navigator.onLine);
  readonly visible = signal(document.visibilityState === 'visible');
  readonly cabinet: Cabinet;
  private readonly tone = new RingTone();
  private readonly bell = new Notices();
  private readonly title = new WindowTitle();
  readonly soundAllowed = this.tone.allowed;
  readonly notices = this.bell.right;

  constructor(cabinet: Cabinet) {
    this.cabinet = cabinet;
    for (const event of ['online', 'offline']) {
      window.addEventListener(event, () => {
        this.online.value = navigator.onLine;
      });
    }
    document.addEventListener('visibilitychange', () => {
      this.visible.value = document.visibilityState === 'visible';
    });
  }

  setBadge(missed: number): void {
    this.title.setBadge(missed);
  }

  setTitle(text: string): void {
    this.title.setText(text);
  }

  askForNotices(): Promise<void> {
    return this.bell.ask();
  }

  notify(notice: Notice): () => void {
    return this.bell.show(notice);
  }

  ring(on: boolean): void {
    this.tone.set(on);
  }

  copy(text: string): Promise<boolean> {
    return copyText(text);
  }
}

export function systemTheme(): ReadonlySignal<Theme> {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const theme = signal<Theme>(dark.matches ? 'dark' : 'light');
  dark.addEventListener('change', () => {
    theme.value = dark.matches ? 'dark' : 'light';
  });
  return theme;
}

function openPopup(): void {
  window.open(location.href, '_blank', 'popup,width=420,height=760');
}

function registerForTel(): void {
  const page = new URL('./', location.href).href;
  navigator.registerProtocolHandler('tel', `${page}?dial=%s`);
}

export class BrowserHost extends WindowHost implements Host {
  readonly kind = 'browser';
  readonly userKey: string;
  readonly background = false;
  readonly theme = systemTheme();
  readonly locale = navigator.language;
  readonly startNumber = startNumberOf(new URLSearchParams(location.search).get('dial'));
  readonly page = pageOf(location.pathname);
  readonly openOwnWindow = openPopup;
  readonly handleTelLinks =
    window.parent === window && 'registerProtocolHandler' in navigator ? registerForTel : null;

  constructor(userKey: string, cabinet: Cabinet) {
    super(cabinet);
    this.userKey = userKey;
  }

  ready(): void {
    offerInstalling();
  }

  onSuspend(handler: () => Promise<void>): void {
    // Also before the page goes into the cache that the Back button uses.
    window.addEventListener('pagehide', () => {
      void handler();
    });
  }

  onResume(handler: (page: Page | null) => void): void {
    window.addEventListener('pageshow', (event) => {
      if (event.persisted) handler(null);
    });
  }
}
