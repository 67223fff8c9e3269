// Builds a page with every screen in every state into dist/gallery, and serves it on loopback
// until it is stopped with Ctrl+C.
//
//   npm run gallery [-- --once]      --once: builds only
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { context } from 'esbuild';
import { pageOptions, root } from './bundle.js';

const out = path.join(root, 'dist', 'gallery');
mkdirSync(out, { recursive: true });
const index = readFileSync(path.join(root, 'views', 'index.html'), 'utf8');
writeFileSync(
  path.join(out, 'index.html'),
  index
    .replace(/^.*"PRELOAD".*\n/m, '')
    .replace('"SCRIPT"', '"main.js"')
    .replace('"STYLE"', '"style.css"')
    .replace('"ICON"', '"icon.svg"'),
);
copyFileSync(path.join(root, 'views', 'icon.svg'), path.join(out, 'icon.svg'));
const gallery = await context({
  ...pageOptions,
  entryPoints: { main: 'gallery/main.tsx', style: 'views/theme/index.css' },
  outdir: out,
  sourcemap: 'inline',
  define: { APP_VERSION: '"0.0.0"' },
});
await gallery.rebuild();
if (process.argv.includes('--once')) {
  await gallery.dispose();
} else {
  const { port } = await gallery.serve({ servedir: out, host: '127.0.0.1' });
  console.log(`http://127.0.0.1:${port}/`);
}
