// What the page's address says. Links inside of the page keep to its directory, wherever it is
// served: /app/, or any other on a static host.

import type { Page } from './host.ts';

const PAGES: readonly Page[] = ['info', 'privacy', 'terms'];
/** Longer texts are no numbers, in whatever spelling. */
const LONGEST_NUMBER = 128;

export function pageOf(pathname: string): Page {
  const last = pathname.split('/').at(-1) ?? '';
  return PAGES.find((page) => page === last) ?? 'main';
}

/** The path of another page, beside the present one. */
export function pathOf(page: Page, pathname: string): string {
  const directory = pathname.slice(0, pathname.lastIndexOf('/') + 1);
  return directory + (page === 'main' ? '' : page);
}

/** A number from a tel: or sip: link or a deep link, as it was written; null when there is none. */
export function startNumberOf(text: string | null | undefined): string | null {
  if (text === null || text === undefined || text.length > LONGEST_NUMBER) return null;
  let number = text.trim().replace(/^(?:tel|sip|sips|callto):(?:\/\/)?/i, '');
  try {
    number = decodeURIComponent(number);
  } catch {
    // A lone percent sign: then it was not encoded.
  }
  // Parameters of tel: (;phone-context=…), and the host of a sip address.
  number = number
    .replace(/[;?].*$/, '')
    .replace(/@.*$/, '')
    .trim();
  return number === '' ? null : number;
}
