// A host that tests and the gallery set as they need it.

import { signal } from '@preact/signals';

import type { Host, Page, Theme } from '../../host/host.ts';
import type { NoticeRight } from '../../host/notices.ts';
import { MemoryCabinet } from '../../host/storage/cabinet.ts';

export class FakeHost implements Host {
  kind: 'teams' | 'browser' = 'browser';
  userKey = 'browser';
  background = false;
  locale = 'en-GB';
  startNumber: string | null = null;
  page: Page = 'main';
  readonly theme = signal<Theme>('light');
  readonly online = signal(true);
  readonly visible = signal(true);
  readonly soundAllowed = signal(true);
  readonly notices = signal<NoticeRight>('unavailable');
  readonly cabinet = new MemoryCabinet();
  openOwnWindow: (() => void) | null = null;
  handleTelLinks: (() => void) | null = null;
  clipboardWorks = true;

  readonly copied: string[] = [];
  readonly shown: string[] = [];
  badge = 0;
  title = '';
  ringing = false;
  readyCalls = 0;
  private readonly suspend: (() => Promise<void>)[] = [];
  private readonly resume: ((page: Page | null) => void)[] = [];

  ready(): void {
    ++this.readyCalls;
  }

  onSuspend(handler: () => Promise<void>): void {
    this.suspend.push(handler);
  }

  onResume(handler: (page: Page | null) => void): void {
    this.resume.push(handler);
  }

  async goAway(): Promise<void> {
    for (const handler of this.suspend) await handler();
  }

  comeBack(page: Page | null = null): void {
    for (const handler of this.resume) handler(page);
  }

  setBadge(missed: number): void {
    this.badge = missed;
  }

  setTitle(text: string): void {
    this.title = text;
  }

  askForNotices(): Promise<void> {
    this.notices.value = 'granted';
    return Promise.resolve();
  }

  notify(notice: { readonly title: string; readonly tag: string }): () => void {
    this.shown.push(notice.title);
    return () => {
      this.shown.splice(this.shown.indexOf(notice.title), 1);
    };
  }

  ring(on: boolean): void {
    this.ringing = on;
  }

  copy(text: string): Promise<boolean> {
    if (this.clipboardWorks) this.copied.push(text);
    return Promise.resolve(this.clipboardWorks);
  }
}
