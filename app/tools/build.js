// Builds the page into dist/page: index.html, and hashed script and style in assets/. The same
// sources give the same bytes.
//
//   node tools/build.js [directory]
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { minify } from 'terser';
import { pageOptions, root } from './bundle.js';
import { licences } from './licences.js';

/**
 * Of script and style together, as gzip sends them: what every visit loads. What only some load
 * (Microsoft's library inside of Teams, curves for old engines) comes after the first paint. This
 * and the next are what there is today and 1 kB, so that nothing heavy comes in unseen.
 */
const MOST_BYTES = 54_600;

/**
 * The same for all that a user loads who works in Teams: the largest language, Microsoft's library
 * and the work screens, but no curves.
 */
const MOST_IN_TEAMS = 113_500;

const ENTRIES = ['views/main.tsx', 'views/theme/index.css'];

const out = path.resolve(root, process.argv[2] ?? 'dist/page');

function hashed(name, contents) {
  const hash = createHash('sha256').update(contents).digest('hex').slice(0, 12);
  const { name: stem, ext } = path.parse(name);
  return `assets/${stem}-${hash}${ext}`;
}

// The programs' version: the page is released with them.
const project = readFileSync(path.join(root, '..', 'CMakeLists.txt'), 'utf8');
const version = /^project\(\S+ VERSION ([0-9.]+)/m.exec(project)?.[1];
if (version === undefined) throw new Error('CMakeLists.txt has no version in project()');
const result = await build({
  ...pageOptions,
  entryPoints: { main: ENTRIES[0], style: ENTRIES[1] },
  outdir: out,
  entryNames: 'assets/[name]-[hash]',
  chunkNames: 'assets/[name]-[hash]',
  minify: true,
  write: false,
  define: { APP_VERSION: JSON.stringify(process.env.VERSION || version) },
});

/**
 * What esbuild leaves of a script: terser inlines more, and knows what is never used. Names keep
 * esbuild's hash, which stands for the same sources.
 */
async function smaller(script) {
  const { code } = await minify(script, {
    ecma: 2022,
    module: true,
    compress: { passes: 3 },
    format: { comments: false },
  });
  return code;
}

const files = new Map();
for (const file of result.outputFiles) {
  const name = path.relative(out, file.path);
  const contents = name.endsWith('.js') ? await smaller(file.text) : file.contents;
  files.set(name, Buffer.from(contents));
}
const entry = (source) =>
  path.relative(
    out,
    path.join(
      root,
      Object.entries(result.metafile.outputs).find(([, made]) => made.entryPoint === source)[0],
    ),
  );
/** The entry, and what it imports at once. */
function loadedAtOnce() {
  const outputs = result.metafile.outputs;
  const names = new Set();
  const follow = (file) => {
    if (names.has(file)) return;
    names.add(file);
    for (const { path: other, kind } of outputs[file].imports) {
      if (kind === 'import-statement') follow(other);
    }
  };
  for (const [file, made] of Object.entries(outputs)) {
    // Files that are imported later are entries of esbuild's, too.
    if (ENTRIES.includes(made.entryPoint)) follow(file);
  }
  return new Set([...names].map((file) => path.relative(out, path.join(root, file))));
}

/** Which file an entry or a later import of esbuild's was made to. */
const madeOf = new Map(
  Object.entries(result.metafile.outputs).map(([file, { entryPoint }]) => [
    path.relative(out, path.join(root, file)),
    entryPoint ?? '',
  ]),
);

function isLoadedInTeams(name) {
  return /\.(js|css)$/.test(name) && !/noble_curves|^views\/texts\//.test(madeOf.get(name) ?? '');
}

const first = loadedAtOnce();
const icon = readFileSync(path.join(root, 'views', 'icon.svg'));
const names = {
  SCRIPT: entry(ENTRIES[0]),
  STYLE: entry(ENTRIES[1]),
  ICON: hashed('icon.svg', icon),
};
files.set(names.ICON, icon);
const index = readFileSync(path.join(root, 'views', 'index.html'), 'utf8');
files.set(
  'index.html',
  Buffer.from(
    index
      .replace(/^.*"PRELOAD".*\n/m, (line) =>
        [...first]
          .filter((name) => name.endsWith('.js') && name !== names.SCRIPT)
          .sort()
          .map((name) => line.replace('PRELOAD', name))
          .join(''),
      )
      .replace(/"(SCRIPT|STYLE|ICON)"/g, (_, name) => `"${names[name]}"`),
  ),
);
const manifest = readFileSync(path.join(root, 'views', 'manifest.webmanifest'), 'utf8');
files.set('manifest.webmanifest', Buffer.from(manifest.replace('ICON', names.ICON)));
files.set('licences.txt', Buffer.from(licences(result.metafile)));

const problems = [];
let total = 0;
let later = 0;
let inTeams = 0;
let language = 0;
for (const [name, contents] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const packed = gzipSync(contents, { level: 9 }).length;
  const counts = /\.(js|css)$/.test(name);
  if (first.has(name)) total += packed;
  else if (counts) later += packed;
  if (isLoadedInTeams(name)) inTeams += packed;
  else if (madeOf.get(name)?.startsWith('views/texts/')) language = Math.max(language, packed);
  console.log(`${name}: ${contents.length} bytes, ${packed} with gzip`);
  if (counts && contents.includes('validDomains.json')) {
    problems.push(`${name} would fetch teams-js' list of hosts`);
  }
}
console.log(
  `script and style: ${total} bytes with gzip, of at most ${MOST_BYTES}; loaded when needed: ${later}`,
);
console.log(
  `all that a user in Teams loads: ${inTeams + language} bytes with gzip, of at most ${MOST_IN_TEAMS}`,
);
if (total > MOST_BYTES) problems.push('script and style are too large');
if (inTeams + language > MOST_IN_TEAMS) problems.push('what is loaded in Teams is too large');
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}

rmSync(out, { recursive: true, force: true });
for (const [name, contents] of files) {
  mkdirSync(path.dirname(path.join(out, name)), { recursive: true });
  writeFileSync(path.join(out, name), contents);
}
