// What the surroundings of the page offer: Teams, or a browser window of its own.

import type { ReadonlySignal } from '@preact/signals-core';

import type { Notice } from './notices.ts';
import type { Cabinet } from './storage/cabinet.ts';

export type Theme = 'light' | 'dark' | 'contrast';
export type Page = 'main' | 'info' | 'privacy' | 'terms';

export interface Host {
  readonly kind: 'teams' | 'browser';
  /** "tenant/user" of Teams, "browser" outside: every stored record is kept under it. */
  readonly userKey: string;
  /** The host has loaded the page in advance and shows nobody anything: no sign-in, no seat. */
  readonly background: boolean;
  readonly theme: ReadonlySignal<Theme>;
  /** As the host writes it: "de-DE", "en-us". */
  readonly locale: string;
  /** From a deep link or ?dial=. It fills in the number field and never dials. */
  readonly startNumber: string | null;
  /** The tab with which the host has opened the page. */
  readonly page: Page;
  readonly online: ReadonlySignal<boolean>;
  readonly visible: ReadonlySignal<boolean>;
  /** Whether a click has made sound possible (browsers ask for one). */
  readonly soundAllowed: ReadonlySignal<boolean>;
  /** What is kept of this user, in this browser. */
  readonly cabinet: Cabinet;
  /** The shell has painted. */
  ready(): void;
  /** The frame is about to be hidden or removed; awaited, but not for ever. */
  onSuspend(handler: () => Promise<void>): void;
  /** Told of the tab that is wanted now; null: the one that it was. */
  onResume(handler: (page: Page | null) => void): void;
  /** Where the host can open the page in a window of its own; null where it cannot. */
  readonly openOwnWindow: (() => void) | null;
  /** Missed calls, in the title and wherever else the system has a place for a number. */
  setBadge(missed: number): void;
  /** What the title says before the product's name: "Zoe Zimmermann is calling". */
  setTitle(text: string): void;
  /** Whether notices of the system can be shown, and whether the user can be asked. */
  readonly notices: ReadonlySignal<'granted' | 'ask' | 'unavailable'>;
  /** Asks the user; after a click only. */
  askForNotices(): Promise<void>;
  /** Returns what takes it away. */
  notify(notice: Notice): () => void;
  ring(on: boolean): void;
  /** False where nothing could be put onto the clipboard: then the text is to be shown. */
  copy(text: string): Promise<boolean>;
  /** Makes this page the system's program for tel: links; null where that cannot be. */
  readonly handleTelLinks: (() => void) | null;
}
