import { render } from 'preact';

import { pageOf } from '../host/location.ts';
import { openHost } from '../host/open-host.ts';
import { Frame } from './frame.tsx';
import { ShellProvider } from './shell.ts';
import { makeShell } from './start.ts';
import { setLanguage } from './texts/language.ts';

async function start(root: HTMLElement): Promise<void> {
  const host = await openHost();
  const shell = await makeShell(host);
  await shell.preferences.restore();
  await setLanguage(shell.preferences.wanted);
  shell.preferences.follow();
  window.addEventListener('popstate', () => {
    shell.show(pageOf(location.pathname));
  });
  // Preact would leave the waiting page beside what it renders.
  root.replaceChildren();
  render(
    <ShellProvider value={shell}>
      <Frame />
    </ShellProvider>,
    root,
  );
  // Before anything is known of the connection: Teams shows an error when it waits for that.
  host.ready();
  await shell.begin();
}

const root = document.getElementById('app');
if (root !== null) void start(root);
