import { BrowserHost } from './browser-host.ts';
import { guardDrops } from './drop-guard.ts';
import type { Host } from './host.ts';
import { BrowserCabinet } from './storage/browser-cabinet.ts';
import { MemoryCabinet } from './storage/cabinet.ts';

/** On phones Teams shows the page in a web view: no frame, but this object. */
function mayBeTeams(): boolean {
  return window.parent !== window || 'nativeInterface' in window;
}

/** Where the page runs. Takes as long as Teams needs to answer, and at most some seconds. */
export async function openHost(): Promise<Host> {
  guardDrops();
  if (!mayBeTeams()) return new BrowserHost('browser', await BrowserCabinet.open('browser'));
  try {
    const { openTeamsHost } = await import('./teams-host.ts');
    const teams = await openTeamsHost();
    if (teams !== null) return teams;
  } catch {
    // The library could not be loaded, or does not run where storage is blocked.
  }
  // A frame of which it is not known for whom it is: the next user must not find what is kept.
  return new BrowserHost('frame', new MemoryCabinet());
}
