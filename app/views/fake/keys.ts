// Systems without cryptography; no screen looks into the credentials.

import {
  canonicalSystemName,
  type Credentials,
  parseKeyFile,
  parseSystemKey,
} from '../../protocol/index.ts';
import type { System } from '../connection.ts';
import type { Keys } from '../shell.ts';

export const SYSTEM: System = {
  name: 'pbx.example.com',
  connector: 'wss://connector.example.com',
  keyId: '3f9a5c0112d07b4e',
  credentials: { keyId: new Uint8Array(8) } as unknown as Credentials,
};

export const fakeKeys: Keys = {
  fromFile: (bytes) =>
    Promise.resolve().then(() => {
      const { name, connector } = parseKeyFile(bytes);
      return { ...SYSTEM, name, connector };
    }),
  fromTyped: (name, key) =>
    Promise.resolve().then(() => {
      parseSystemKey(key);
      return { ...SYSTEM, name: canonicalSystemName(name) };
    }),
  foreignPage: ({ connector }) =>
    connector === SYSTEM.connector ? null : `${connector.replace(/^ws/, 'http')}/app/`,
};
