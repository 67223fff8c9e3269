// The page as it is shipped.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

declare const REPOSITORY: string;

const places: string[] = [];
after(() => {
  for (const place of places) rmSync(place, { recursive: true });
});

/** The built files: name and content. */
function build(): Map<string, string> {
  const place = mkdtempSync(path.join(tmpdir(), 'page-'));
  places.push(place);
  const script = path.join(REPOSITORY, 'app', 'tools', 'build.js');
  const run = spawnSync(process.execPath, [script, place], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stdout + run.stderr);
  const files = readdirSync(place, { recursive: true }) as string[];
  return new Map(
    files
      .filter((name) => path.extname(name) !== '')
      .sort()
      .map((name) => [name, readFileSync(path.join(place, name), 'utf8')]),
  );
}

const page = build();

test('the same sources give the same bytes', () => {
  assert.deepEqual(build(), page);
});

test('the page has the version of the programs', () => {
  const project = readFileSync(path.join(REPOSITORY, 'CMakeLists.txt'), 'utf8');
  const version = /VERSION (\d+\.\d+\.\d+)/.exec(project)?.[1] ?? '';
  const scripts = [...page].filter(([name]) => name.endsWith('.js'));
  assert.ok(
    scripts.some(([, text]) => text.includes(`"${version}"`)),
    version,
  );
});

test('index.html has neither script nor style in it, and names files that are there', () => {
  const index = page.get('index.html') ?? '';
  assert.doesNotMatch(index, /<style|style=|\son[a-z]+=|<script[^>]*>[^<]/);
  const named = [...index.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name]) => name ?? '');
  assert.ok(named.length >= 3);
  for (const name of named) {
    assert.ok(page.has(name), name);
    // A hash in the name: the connector lets browsers keep these for ever.
    assert.match(name, /^assets\/[a-z_-]+-[0-9A-Za-z]{8,}\.(?:js|css|svg)$/);
  }
});

test('the manifest of an installed app opens the page where it lies, with an icon that is there', () => {
  const manifest = JSON.parse(page.get('manifest.webmanifest') ?? '') as {
    start_url: string;
    scope: string;
    display: string;
    icons: { src: string }[];
  };
  assert.equal(manifest.display, 'standalone');
  assert.deepEqual([manifest.start_url, manifest.scope], ['./', './']);
  assert.ok(manifest.icons.every(({ src }) => page.has(src)));
  // In Teams nobody asks for it: host/manifest.ts names it, index.html does not.
  assert.doesNotMatch(page.get('index.html') ?? '', /manifest/);
});

test('no file names a foreign server that it would ask, or has a source map', () => {
  for (const [name, content] of page) {
    if (name === 'licences.txt') continue;
    assert.doesNotMatch(content, /res\.cdn\.office\.net|sourceMappingURL/, name);
    assert.doesNotMatch(content, /url\(['"]?https?:/, name);
    // The logging of teams-js: dead weight, and it reads storage that may be blocked.
    assert.doesNotMatch(content, /#0000CC/, name);
  }
  assert.ok([...page.keys()].every((name) => !name.endsWith('.map')));
});

test('the licences of all that is in the bundle are there', () => {
  const licences = page.get('licences.txt') ?? '';
  for (const name of [
    'preact',
    '@preact/signals',
    '@preact/signals-core',
    '@microsoft/teams-js',
    '@noble/curves',
    '@noble/hashes',
    'Fluent UI System Icons',
  ]) {
    assert.match(licences, new RegExp(`^${name}`, 'm'), name);
  }
});
