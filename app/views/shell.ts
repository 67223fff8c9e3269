// What every screen is given: the host, the connection, the telephony, which page is open, and
// what is done from several places.

import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import type { Clock } from '../connection/index.ts';
import type { Host, Page } from '../host/host.ts';
import { pageOf, pathOf } from '../host/location.ts';
import type { Telephony } from '../telephony/index.ts';
import type { Work } from './phone/work.tsx';
import type { WorkHeader } from './phone/header.tsx';
import type { Picture } from './phone/people/picture.tsx';
import type { Connection, System } from './connection.ts';
import type { Preferences } from './preferences.ts';

/** What the connect screen makes systems with. Both throw errors with a code of docs/errors.md. */
export interface Keys {
  fromFile(bytes: Uint8Array<ArrayBuffer>): Promise<System>;
  /** For the connector that serves the page. */
  fromTyped(name: string, key: string): Promise<System>;
  /** The address of the page to go to, when that system's connector is not the page's own. */
  foreignPage(system: System): string | null;
}

export interface ShellParts {
  readonly host: Host;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly preferences: Preferences;
}

/** What is loaded after the first screens (phone/parts.ts). */
export interface WorkParts {
  readonly telephony: Telephony;
  readonly Work: typeof Work;
  readonly WorkHeader: typeof WorkHeader;
  readonly Picture: typeof Picture;
}

/** Where in the cabinet of the host the system is kept. */
export const SYSTEM_RECORD = 'system';

export class Shell {
  readonly host: Host;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly preferences: Preferences;
  /** null: not loaded yet. */
  readonly work: Signal<WorkParts | null> = signal(null);
  /** The PBX whose key is kept; undefined while that is not known yet. */
  readonly system: Signal<System | null | undefined> = signal(undefined);
  /** Whether the kept system outlives the page. */
  readonly kept = signal(true);
  private readonly shownPage: Signal<Page>;
  /** The user has gone to a page that Teams had loaded in advance. */
  private woken = false;

  constructor(parts: ShellParts) {
    this.host = parts.host;
    this.connection = parts.connection;
    this.clock = parts.clock;
    this.keys = parts.keys;
    this.preferences = parts.preferences;
    this.shownPage = signal(parts.host.page);
  }

  /** For what is inside of Work only. */
  get telephony(): Telephony {
    const parts = this.work.value;
    if (parts === null) throw new TypeError('telephony is not loaded yet');
    return parts.telephony;
  }

  get page(): ReadonlySignal<Page> {
    return this.shownPage;
  }

  show(page: Page): void {
    this.shownPage.value = page;
  }

  /** Shows a page as if its link had been followed: the address says it, and Back leads back. */
  go(page: Page): void {
    // In Teams the address belongs to the tab.
    const { kind } = this.host;
    if (kind === 'browser' && typeof location !== 'undefined') {
      const { pathname } = location;
      if (pageOf(pathname) !== page) history.pushState(null, '', pathOf(page, pathname));
    }
    this.show(page);
  }

  /** Connects with the system that was kept; with none, the connect screen is shown. */
  async begin(): Promise<void> {
    const kept = await this.host.cabinet.load(SYSTEM_RECORD, 'long');
    // A file may have been dropped meanwhile.
    if (this.system.peek() !== undefined) return;
    this.system.value = isSystem(kept) ? kept : null;
    // It must not take a seat from anybody.
    if (this.system.value !== null && this.isAwake) this.connection.connect(this.system.value);
  }

  private get isAwake(): boolean {
    return this.woken || !this.host.background;
  }

  /** The user goes to the page: one that was loaded in advance connects now. */
  wake(): void {
    if (this.isAwake) return;
    this.woken = true;
    const system = this.system.peek();
    if (system !== null && system !== undefined) this.connection.connect(system);
  }

  async use(system: System): Promise<void> {
    const before = this.system.peek();
    if (before?.name !== undefined && before.name !== system.name) await this.leave();
    this.system.value = system;
    this.woken = true;
    this.connection.connect(system);
    await this.host.cabinet.save(SYSTEM_RECORD, 'long', system);
    this.kept.value = this.host.cabinet.lasting;
  }

  /** Removes everything that is kept of the system: key, sign-in, what was remembered. */
  async leave(): Promise<void> {
    try {
      if (this.connection.state.get().phase === 'signed-in') await this.connection.signOut();
    } catch {
      // Without a connection the agent ends the session by itself.
    }
    this.connection.disconnect();
    this.work.peek()?.telephony.stop();
    await this.host.cabinet.clear();
    await this.preferences.save();
    this.system.value = null;
    this.go('main');
  }
}

function isSystem(value: unknown): value is System {
  if (typeof value !== 'object' || value === null) return false;
  const { name, connector, keyId, credentials } = value as Record<string, unknown>;
  return (
    [name, connector, keyId].every((text) => typeof text === 'string') &&
    typeof credentials === 'object' &&
    credentials !== null
  );
}

const ShellContext = createContext<Shell | null>(null);

export const ShellProvider = ShellContext.Provider;

export function useShell(): Shell {
  const shell = useContext(ShellContext);
  if (shell === null) throw new TypeError('a screen outside of the shell');
  return shell;
}
