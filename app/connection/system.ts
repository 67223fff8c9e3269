// What is kept of a system key: name, connector and keys that cannot be read out.

import {
  canonicalSystemName,
  checkedConnectorUrl,
  type Credentials,
  type Crypto,
  deriveCredentials,
  type KeyFile,
  parseKeyFile,
  parseSystemKey,
} from '../protocol/index.ts';

export interface System {
  /** Canonical. */
  readonly name: string;
  /** `wss://host/base`. */
  readonly connector: string;
  /** 16 hexadecimal digits, as the agent's `key list` shows them. */
  readonly keyId: string;
  /** May be stored in IndexedDB as they are. */
  readonly credentials: Credentials;
}

/** Where the host keeps the system of one user of Teams. */
export interface SystemStore {
  load(): Promise<System | null>;
  save(system: System): Promise<void>;
  forget(): Promise<void>;
}

/** From a key file's bytes. Throws ProtocolError keygen.…. The key itself is not kept. */
export async function systemFromKeyFile(
  crypto: Crypto,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<System> {
  return derived(crypto, parseKeyFile(bytes));
}

/**
 * From what a person typed, in any spelling that docs/protocol.md, part 9, allows. Throws
 * ProtocolError keygen.….
 */
export async function systemFromTyped(
  crypto: Crypto,
  typed: { readonly name: string; readonly key: string; readonly connector: string },
): Promise<System> {
  return derived(crypto, {
    name: canonicalSystemName(typed.name),
    key: parseSystemKey(typed.key),
    connector: checkedConnectorUrl(typed.connector),
  });
}

async function derived(
  crypto: Crypto,
  from: Pick<KeyFile, 'name' | 'key' | 'connector'>,
): Promise<System> {
  const credentials = await deriveCredentials(crypto, from.key);
  const keyId = [...credentials.keyId].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { name: from.name, connector: from.connector, keyId, credentials };
}

/** The connector that serves the page at that address: of `https://host/base/app/…`. */
export function connectorOfPage(page: string): string {
  const { protocol, host, pathname } = new URL(page);
  const place = pathname.lastIndexOf('/app/');
  const base = place < 0 ? '' : pathname.slice(0, place);
  return `${protocol === 'http:' ? 'ws' : 'wss'}://${host}${base}`;
}

/**
 * The connectors that a page names which is hosted elsewhere than at one of them, the one for keys
 * typed by hand first: `<meta name="connector" content="wss://one.example.com wss://…">`.
 */
export function namedConnectors(content: string | null | undefined): readonly string[] {
  return (content ?? '')
    .split(/\s+/)
    .map(canonicalConnector)
    .filter((one) => one !== null);
}

/** One spelling of each address: `WSS://Host:443/base/` is `wss://host/base`. null: it is none. */
function canonicalConnector(text: string): string | null {
  try {
    return /^wss?:\/\//i.test(text) ? new URL(text).href.replace(/\/+$/, '') : null;
  } catch {
    return null;
  }
}

/**
 * The address of the page of the system's own connector when that is another host than the
 * page's: the page's policy lets it talk to its own host and to those that it names. null: it may
 * talk to this one.
 *
 * @param pageOrigin `location.origin`
 * @param named of the page, see namedConnectors()
 */
export function foreignConnector(
  system: Pick<System, 'connector'>,
  pageOrigin: string,
  named: readonly string[] = [],
): string | null {
  const own = new URL(system.connector.replace(/^ws/, 'http'));
  if (own.origin === new URL(pageOrigin).origin) return null;
  const connector = canonicalConnector(system.connector);
  if (connector !== null && named.includes(connector)) return null;
  return `${own.origin}${own.pathname.replace(/\/+$/, '')}/app/`;
}
