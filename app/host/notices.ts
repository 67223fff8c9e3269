// Notices of the operating system, where the browser lets a page show them.

import { type ReadonlySignal, signal } from '@preact/signals-core';

export interface Notice {
  readonly title: string;
  readonly body: string;
  /** A later notice with the same tag takes the place of this one. */
  readonly tag: string;
  readonly onClick: () => void;
}

export type NoticeRight = 'granted' | 'ask' | 'unavailable';

export class Notices {
  private readonly shown = signal<NoticeRight>('unavailable');
  readonly right: ReadonlySignal<NoticeRight> = this.shown;

  constructor() {
    this.read();
  }

  private read(): void {
    if (typeof Notification === 'undefined') return;
    const { permission } = Notification;
    this.shown.value =
      permission === 'granted' ? 'granted' : permission === 'default' ? 'ask' : 'unavailable';
  }

  async ask(): Promise<void> {
    if (this.shown.value !== 'ask') return;
    try {
      await Notification.requestPermission();
    } catch {
      // Frames of another origin may be refused by an exception.
    }
    this.read();
    // Asked, and neither yes nor no: a frame in which nothing can be asked.
    if (this.right.peek() === 'ask') this.shown.value = 'unavailable';
  }

  show(notice: Notice): () => void {
    if (this.shown.value !== 'granted') return () => undefined;
    try {
      const made = new Notification(notice.title, { body: notice.body, tag: notice.tag });
      made.onclick = () => {
        window.focus();
        made.close();
        notice.onClick();
      };
      return () => {
        made.close();
      };
    } catch {
      // Android's browsers have the constructor and refuse it.
      this.shown.value = 'unavailable';
      return () => undefined;
    }
  }
}
