// The languages, and which one is shown. It can change while the page is open.

import { computed, signal } from '@preact/signals';

import * as de from './de/index.ts';
import * as en from './en/index.ts';

export type Language = 'de' | 'en';

/** What a screen's dictionary must have in each language. */
export type Texts = typeof en;

const DICTIONARIES: Readonly<Record<Language, Texts>> = { de, en };

export const language = signal<Language>('en');

/** The texts of the present language; reading it makes a component follow the switch. */
export const texts = computed<Texts>(() => DICTIONARIES[language.value]);

/** The language for what a host or browser names, `de-AT` or `en-us`: English unless German. */
export function languageOf(locale: string): Language {
  return /^de\b/i.test(locale) ? 'de' : 'en';
}

/** For Intl: dates and numbers as this language writes them. */
export function intlLocale(): string {
  return language.value === 'de' ? 'de-DE' : 'en-GB';
}

export function dictionary(of: Language): Texts {
  return DICTIONARIES[of];
}
