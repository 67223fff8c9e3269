// Prints the size of the protocol core as it is shipped: minified, and compressed by gzip.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const result = await build({
  absWorkingDir: root,
  entryPoints: ['protocol/index.ts'],
  outdir: 'dist/size',
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  write: false,
});
for (const file of result.outputFiles) {
  const name = path.basename(file.path).replace(/-[A-Z0-9]{8}\.js$/, '.js');
  console.log(
    `${name}: ${file.contents.length} bytes, ${gzipSync(file.contents, { level: 9 }).length} with gzip`,
  );
}
