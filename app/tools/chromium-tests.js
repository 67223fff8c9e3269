// Bundles the tests of the protocol for a browser, with stand-ins for what they take from Node
// (tests/chromium/): the same files that run-tests.js runs.
//
//   node tools/chromium-tests.js [directory]
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { pageOptions, root } from './bundle.js';

/** Compares lists of codes with the sources in C++: nothing of it runs in a page. */
const ONLY_IN_NODE = ['codes.test.ts'];

const docs = path.join(root, '..', 'docs');
const tests = path.join(root, 'tests', 'protocol');
const out = path.resolve(root, process.argv[2] ?? 'dist/chromium-tests');

function documents() {
  const vectors = readdirSync(path.join(docs, 'vectors')).map((name) => `vectors/${name}`);
  const names = ['protocol.md', ...vectors];
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(path.join(docs, name), 'utf8')]),
  );
}

const standIn = (name) => path.join(root, 'tests', 'chromium', `${name}.ts`);
const files = readdirSync(tests).filter(
  (name) => name.endsWith('.test.ts') && !ONLY_IN_NODE.includes(name),
);

const { outputFiles } = await build({
  ...pageOptions,
  metafile: false,
  splitting: false,
  stdin: {
    contents: [
      ...files.map((name) => `import './${name}';`),
      "import { run } from 'node:test';",
      'void run();',
    ].join('\n'),
    resolveDir: tests,
  },
  alias: {
    'node:assert/strict': standIn('node_assert'),
    'node:crypto': standIn('node_crypto'),
    'node:fs': standIn('node_fs'),
    'node:path': standIn('node_path'),
    'node:test': standIn('node_test'),
  },
  inject: [standIn('buffer')],
  define: { DOCUMENTS: JSON.stringify(documents()), REPOSITORY: '""' },
  sourcemap: 'inline',
  write: false,
});

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
writeFileSync(path.join(out, 'tests.js'), outputFiles[0].contents);
writeFileSync(
  path.join(out, 'index.html'),
  '<!doctype html><meta charset="utf-8"><title>tests</title><link rel="icon" href="data:,"><script type="module" src="tests.js"></script>\n',
);
