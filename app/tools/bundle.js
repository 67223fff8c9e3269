// What esbuild is told for every bundle of the page.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** What teams-js brings along and the page has its own of: file of the library, file of ours. */
const REPLACED = [
  [/(^|\/)validOrigins\.js$/, 'teams-hosts.ts'],
  [/\/debug\/src\/browser\.js$/, 'teams-log.ts'],
  [/(^|\/)(nestedAppAuthUtils|menus)\.js$/, 'teams-unused.ts'],
];

/**
 * teams-js fetches the list of its hosts from a server of Microsoft's as soon as it is imported.
 * The page asks nobody but its own host, so it brings the list along (host/teams-hosts.ts).
 */
const leanTeams = {
  name: 'lean-teams',
  setup(build) {
    for (const [filter, own] of REPLACED) {
      build.onResolve({ filter }, ({ importer }) =>
        importer.includes('@microsoft/teams-js')
          ? { path: path.join(root, 'host', own) }
          : undefined,
      );
    }
    // Without this the address would stay in the bundle, although nothing uses it.
    build.onLoad({ filter: /teams-js\/.*\/internal\/constants\.js$/ }, ({ path: file }) => ({
      contents: readFileSync(file, 'utf8').replaceAll('new URL(', '/* @__PURE__ */ new URL('),
    }));
  },
};

export const pageOptions = {
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  metafile: true,
  plugins: [leanTeams],
  logLevel: 'warning',
};
