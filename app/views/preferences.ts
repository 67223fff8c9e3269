// Language and appearance: as the host has them, or as the user has chosen.

import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';

import type { Host, Theme } from '../host/host.ts';
import { type Language, languageOf, setLanguage } from './texts/language.ts';

const RECORD = 'preferences';

export class Preferences {
  /** null: as the host says. */
  readonly language = signal<Language | null>(null);
  /** null: as the host says. In Teams always so. */
  readonly theme = signal<Theme | null>(null);
  readonly shownTheme: ReadonlySignal<Theme>;
  private readonly host: Host;

  constructor(host: Host) {
    this.host = host;
    this.shownTheme = computed(() => this.theme.value ?? host.theme.value);
  }

  /** The language that is to be shown. */
  get wanted(): Language {
    return this.language.value ?? languageOf(this.host.locale);
  }

  /** Follows both for as long as the page lives. Returns what ends it. */
  follow(root: HTMLElement = document.documentElement): () => void {
    const ends = [
      effect(() => {
        root.dataset['theme'] = this.shownTheme.value;
      }),
      effect(() => {
        const { wanted } = this;
        void setLanguage(wanted).then(() => {
          root.lang = wanted;
        });
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  async restore(): Promise<void> {
    const kept = await this.host.cabinet.load(RECORD, 'long');
    if (typeof kept !== 'object' || kept === null) return;
    const { language: chosen, theme } = kept as Record<string, unknown>;
    if (chosen === 'de' || chosen === 'en') this.language.value = chosen;
    if (this.host.kind === 'teams') return;
    if (theme === 'light' || theme === 'dark' || theme === 'contrast') this.theme.value = theme;
  }

  async save(): Promise<void> {
    const kept = { language: this.language.peek(), theme: this.theme.peek() };
    await this.host.cabinet.save(RECORD, 'long', kept);
  }
}
