import { pageOf } from '../host/location.ts';
import { openHost } from '../host/open-host.ts';
import { Preferences } from './preferences.ts';

async function start(): Promise<void> {
  const host = await openHost();
  new Preferences(host).follow();
  host.ready();
  document.title = pageOf(location.pathname);
}

void start();
