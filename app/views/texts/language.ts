// The languages, and which one is shown. It can change while the page is open; the texts of one
// are loaded when it is first asked for.

import { computed, type ReadonlySignal, signal } from '@preact/signals';

import type * as en from './en/index.ts';

export type Language = 'de' | 'en';

/** What a screen's dictionary must have in each language. */
export type Texts = typeof en;

const LOADERS: Readonly<Record<Language, () => Promise<Texts>>> = {
  de: () => import('./de/index.ts'),
  en: () => import('./en/index.ts'),
};

const loaded = new Map<Language, Texts>();
const shown = signal<{ readonly language: Language; readonly texts: Texts } | null>(null);
let wanted: Language | null = null;

/** The language that is shown. */
export const language: ReadonlySignal<Language> = computed(() => shown.value?.language ?? 'en');

/** The texts of the present language; reading it makes a component follow the switch. */
export const texts: ReadonlySignal<Texts> = computed(() => {
  if (shown.value === null) throw new TypeError('setLanguage() comes first');
  return shown.value.texts;
});

/** Shows that language. Where it cannot be loaded, the other one stays. */
export async function setLanguage(next: Language): Promise<void> {
  wanted = next;
  const found = loaded.get(next) ?? (await LOADERS[next]());
  loaded.set(next, found);
  // Another one may have been asked for meanwhile.
  if (wanted === next) shown.value = { language: next, texts: found };
}

/** The language for what a host or browser names, `de-AT` or `en-us`: English unless German. */
export function languageOf(locale: string): Language {
  return /^de\b/i.test(locale) ? 'de' : 'en';
}

/** For Intl: dates and numbers as this language writes them. */
export function intlLocale(): string {
  return language.value === 'de' ? 'de-DE' : 'en-GB';
}
