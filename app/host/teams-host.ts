// A personal tab of Teams. This file, and Microsoft's library with it, is loaded only in a frame.

import { signal } from '@preact/signals-core';
import { app, stageView } from '@microsoft/teams-js';

import { systemTheme, WindowHost } from './browser-host.ts';
import type { Host, Page, Theme } from './host.ts';
import { pageOf, startNumberOf } from './location.ts';
import { BrowserCabinet } from './storage/browser-cabinet.ts';
import type { Cabinet } from './storage/cabinet.ts';
import { within } from './within.ts';

/** Teams answers in some 10 ms. In a frame of somebody else's nobody does, and the library waits 60 s. */
export const ANSWER_MS = 3_000;

function isPage(name: string | undefined): name is 'main' | 'info' {
  return name === 'main' || name === 'info';
}

/** What Teams calls its themes; one that is not known here follows the system. */
function themeOf(name: string | undefined, otherwise: Theme): Theme {
  if (name === 'default') return 'light';
  return name === 'dark' || name === 'contrast' ? name : otherwise;
}

export class TeamsHost extends WindowHost implements Host {
  readonly kind = 'teams';
  readonly userKey: string;
  readonly background: boolean;
  readonly locale: string;
  readonly startNumber: string | null;
  readonly page: Page;
  readonly theme = signal<Theme>('light');
  readonly openOwnWindow: (() => void) | null;
  readonly handleTelLinks = null;
  private readonly system = systemTheme();
  private readonly suspendHandlers: (() => Promise<void>)[] = [];
  private readonly resumeHandlers: ((page: Page | null) => void)[] = [];

  constructor(context: app.Context, userKey: string, cabinet: Cabinet) {
    super(cabinet);
    this.userKey = userKey;
    this.background = context.page.isBackgroundLoad === true;
    this.locale = context.app.locale;
    this.startNumber = startNumberOf(context.page.subPageId);
    this.page = isPage(context.page.id) ? context.page.id : pageOf(location.pathname);
    this.theme.value = themeOf(context.app.theme, this.system.value);
    this.openOwnWindow = ownWindow(context);
    this.listen();
  }

  /** Teams forgets all of them when it suspends the frame. */
  private listen(): void {
    app.registerOnThemeChangeHandler((name) => {
      this.theme.value = themeOf(name, this.system.value);
    });
    app.lifecycle.registerBeforeSuspendOrTerminateHandler(async () => {
      await Promise.allSettled(this.suspendHandlers.map((handler) => handler()));
    });
    app.lifecycle.registerOnResumeHandler(({ entityId, contentUrl }) => {
      this.listen();
      void this.readTheme();
      const page = isPage(entityId) ? entityId : pageOf(new URL(contentUrl).pathname);
      for (const handler of this.resumeHandlers) handler(page);
      this.ready();
    });
  }

  /** It may have changed while the frame was hidden. */
  private async readTheme(): Promise<void> {
    const context = await within(ANSWER_MS, app.getContext());
    if (context !== null) this.theme.value = themeOf(context.app.theme, this.system.value);
  }

  ready(): void {
    void app.notifySuccess();
  }

  onSuspend(handler: () => Promise<void>): void {
    this.suspendHandlers.push(handler);
  }

  onResume(handler: (page: Page | null) => void): void {
    this.resumeHandlers.push(handler);
  }
}

function ownWindow(context: app.Context): (() => void) | null {
  const { appId } = context.app;
  if (appId === undefined || context.page.isMultiWindow === true || !stageView.isSupported()) {
    return null;
  }
  return () => {
    const contentUrl = new URL('./', location.href).href;
    void stageView
      .open({
        appId: appId.toString(),
        contentUrl,
        websiteUrl: contentUrl,
        title: 'STARFACE',
        threadId: '',
        openMode: stageView.StageViewOpenMode.popout,
      })
      .catch(() => undefined);
  };
}

/** null when no Teams answers. */
export async function openTeamsHost(answerMs = ANSWER_MS): Promise<TeamsHost | null> {
  const initialized = await within(
    answerMs,
    app.initialize().then(() => true),
  );
  if (initialized !== true) return null;
  const context = await within(answerMs, app.getContext());
  const user = context?.user?.id;
  if (context === null) return null;
  const tenant = context.user?.tenant?.id ?? '';
  const userKey = `${tenant}/${user ?? ''}`;
  // Who the user is may be unknown; then nothing may be kept that the next one would find.
  if (user === undefined || user === '') return null;
  return new TeamsHost(context, userKey, await BrowserCabinet.open(userKey));
}
