// Bundles tests/**/*.test.ts with esbuild and runs them with node:test, on Node 18 and later.
//
//   node tools/run-tests.js [--summary] [part of a file's name …]
//
// With --summary only what failed is printed, and one line; the whole is in dist/tests.log.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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

const summary = process.argv[2] === '--summary';
const wanted = process.argv.slice(summary ? 3 : 2);
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
  summary ? { encoding: 'utf8', maxBuffer: 1 << 28 } : { stdio: 'inherit' },
);
if (summary) summarise(`${run.stdout}${run.stderr}`);
process.exit(run.status ?? 1);

function summarise(output) {
  const log = path.join(root, 'dist', 'tests.log');
  mkdirSync(path.dirname(log), { recursive: true });
  writeFileSync(log, output);
  const count = (what) => new RegExp(`^ℹ ${what} (\\d+)$`, 'm').exec(output)?.[1] ?? '?';
  const failures = output.indexOf('✖ failing tests:');
  if (run.status !== 0) console.log(failures < 0 ? output : output.slice(failures));
  const counted = `${count('pass')} passed, ${count('fail')} failed, ${count('skipped')} skipped`;
  console.log(`the app: ${counted}; the log: ${path.relative(path.dirname(root), log)}`);
}
