import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { compiledSchemas } from './compiled-schemas.ts';

/** `require` for the CommonJS packages inside an ES module bundle; esbuild leaves their built-in modules to it. */
const BANNER =
  "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);";

/**
 * Bundles an entry with everything it imports into a directory. Parts that are imported on demand stay apart, so
 * that an idle agent does not hold them in memory.
 * @returns path of the entry of the bundle
 */
export async function bundle(entry: string, outdir: string): Promise<string> {
  mkdirSync(outdir, { recursive: true });
  const options: BuildOptions = {
    entryPoints: { main: entry },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'linked',
    banner: { js: BANNER },
    logLevel: 'warning',
  };
  await build({ ...options, plugins: [await compiledSchemas(options, resolve(entry))] });
  return join(outdir, 'main.mjs');
}

/** Bundles the agent as it is installed, with the WebAssembly that reads FAT beside it, where js-fatfs looks for it. */
export async function bundleAgent(outdir: string): Promise<string> {
  const entry = await bundle(join(import.meta.dirname, '../agent/src/main.ts'), outdir);
  const fatfs = createRequire(join(import.meta.dirname, '../sdcard-tools/package.json')).resolve(
    'js-fatfs/dist/fatfs.wasm',
  );
  copyFileSync(fatfs, join(outdir, 'fatfs.wasm'));
  return entry;
}
