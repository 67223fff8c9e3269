// Joins the parts: host, connection, telephony.

import {
  Connection,
  connectorOfPage,
  foreignConnector,
  namedConnectors,
  type StoredTicket,
  type System,
  systemClock,
  systemFromKeyFile,
  systemFromTyped,
  socketsOf,
  type TicketStore,
} from '../connection/index.ts';
import type { Host } from '../host/host.ts';
import type { Cabinet } from '../host/storage/cabinet.ts';
import { chooseCrypto } from '../protocol/index.ts';
import type { Telephony } from '../telephony/index.ts';
import { appVersion } from './info/diagnosis.ts';
import { Preferences } from './preferences.ts';
import { Shell } from './shell.ts';

function isTicket(value: unknown): value is StoredTicket {
  return (
    typeof value === 'object' &&
    value !== null &&
    'ticket' in value &&
    typeof value.ticket === 'string' &&
    'key' in value &&
    value.key instanceof CryptoKey
  );
}

/** The ticket of one system: of this window's life, or longer when the user wants that. */
export function ticketStore(cabinet: Cabinet, system: System): TicketStore {
  const name = `ticket ${system.name} ${system.keyId}`;
  return {
    load: async () => {
      for (const life of ['tab', 'long'] as const) {
        const kept = await cabinet.load(name, life);
        if (isTicket(kept)) return kept;
      }
      return null;
    },
    save: async (ticket) => {
      // Written first: who signs out meanwhile must not be overtaken by it.
      await cabinet.save(name, ticket.lifetime, ticket);
      await cabinet.forget(name, ticket.lifetime === 'tab' ? 'long' : 'tab');
    },
    forget: async () => {
      await cabinet.forget(name, 'tab');
      await cabinet.forget(name, 'long');
    },
  };
}

/** Follows the connection: what the telephony has to read, and when. */
export function joinTelephony(
  connection: Pick<Connection, 'onSignedIn' | 'onGap' | 'state'>,
  telephony: Telephony,
): void {
  connection.onSignedIn((login, resumed) => {
    // The same session: only what happened meanwhile is missing.
    void (resumed ? telephony.gap() : telephony.start(login));
  });
  connection.onGap(() => {
    void telephony.gap();
  });
  connection.state.subscribe(({ phase }) => {
    if (phase === 'open' || phase === 'closed' || phase === 'failed') telephony.stop();
  });
  const { phase, login } = connection.state.get();
  // The sign-in was quicker than the loading of the telephony.
  if (phase === 'signed-in' || phase === 'interrupted') void telephony.start(login);
}

/** The line is given back before the frame goes, and taken up again when it is shown. */
export function followHost({
  host,
  connection,
  show,
}: Pick<Shell, 'host' | 'connection' | 'show'>): void {
  host.onSuspend(() => {
    connection.suspend();
    host.ring(false);
    return Promise.resolve();
  });
  host.onResume((page) => {
    connection.resume();
    if (page !== null) show(page);
  });
  // Timers of hidden pages and of machines that sleep are late: do not wait for them.
  for (const back of [host.online, host.visible]) {
    back.subscribe((yes) => {
      const { phase } = connection.state.get();
      if (yes && (phase === 'interrupted' || phase === 'connecting')) connection.retryNow();
    });
  }
}

export async function makeShell(host: Host): Promise<Shell> {
  const { subtle } = crypto;
  const chosen = await chooseCrypto(subtle, (bytes) => {
    crypto.getRandomValues(bytes);
  });
  const connection = new Connection({
    clock: systemClock,
    // A handler of the browser's takes more of an event than is asked for.
    openSocket: socketsOf(WebSocket as unknown as Parameters<typeof socketsOf>[0]),
    crypto: chosen,
    subtle,
    random: Math.random,
    tickets: (system) => ticketStore(host.cabinet, system),
    software: `starface-teams-app/${appVersion}`,
  });
  const named = namedConnectors(
    document.querySelector('meta[name="connector"]')?.getAttribute('content'),
  );
  const shell = new Shell({
    host,
    connection,
    clock: systemClock,
    preferences: new Preferences(host),
    keys: {
      fromFile: (bytes) => systemFromKeyFile(chosen, bytes),
      fromTyped: (name, key) =>
        systemFromTyped(chosen, {
          name,
          key,
          connector: named[0] ?? connectorOfPage(location.href),
        }),
      foreignPage: (system) => foreignConnector(system, location.origin, named),
    },
  });
  followHost({
    host,
    connection,
    show: (page) => {
      shell.show(page);
    },
  });
  host.onResume(() => {
    shell.wake();
  });
  void loadWork(shell, connection);
  return shell;
}

const LOAD_AGAIN_MS = 5_000;

/** Until it is there: the network may be away at the moment. */
async function loadWork(shell: Shell, connection: Connection): Promise<void> {
  try {
    const { Telephony, Picture, Work, WorkHeader, openMemory } = await import('./phone/parts.ts');
    const memory = await openMemory(shell.host.cabinet, () => connection.state.get().user);
    const telephony = new Telephony(connection, systemClock, {
      newId: () => crypto.randomUUID(),
      ...memory,
    });
    joinTelephony(connection, telephony);
    shell.work.value = { telephony, Picture, Work, WorkHeader };
  } catch {
    shell.clock.after(LOAD_AGAIN_MS, () => void loadWork(shell, connection));
  }
}
