// Bundles tests/**/*.test.ts with esbuild and runs them with node:test, on Node 18 and later.
//
//   node tools/run-tests.js [part of a file's name …]
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { pageOptions } from './bundle.js';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const out = path.join(root, 'dist', 'tests');

function testFiles(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) return testFiles(file);
    return /\.test\.tsx?$/.test(entry.name) ? [file] : [];
  });
}

const wanted = process.argv.slice(2);
const files = testFiles(path.join(root, 'tests')).filter(
  (file) => wanted.length === 0 || wanted.some((part) => file.includes(part)),
);
if (files.length === 0) {
  console.error(`no test file matches: ${wanted.join(' ')}`);
  process.exit(1);
}

rmSync(out, { recursive: true, force: true });
const result = await build({
  absWorkingDir: root,
  entryPoints: files,
  outdir: out,
  outbase: path.join(root, 'tests'),
  bundle: true,
  splitting: true,
  platform: 'node',
  external: ['eslint', 'jsdom', 'fake-indexeddb', 'undici'],
  format: 'esm',
  target: 'node18',
  sourcemap: 'inline',
  outExtension: { '.js': '.mjs' },
  define: { REPOSITORY: JSON.stringify(path.dirname(root)) },
  metafile: true,
  plugins: pageOptions.plugins,
  // The same files as in the page.
  mainFields: ['module', 'main'],
  logLevel: 'warning',
});
const tests = Object.entries(result.metafile.outputs)
  .filter(([, output]) => /\.test\.tsx?$/.test(output.entryPoint ?? ''))
  .map(([file]) => path.join(root, file));
const run = spawnSync(
  process.execPath,
  ['--enable-source-maps', '--test', '--test-reporter=spec', ...tests],
  {
    stdio: 'inherit',
  },
);
process.exit(run.status ?? 1);
