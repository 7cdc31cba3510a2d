import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { builtinsOnDemand } from './builtins-on-demand.ts';
import { compiledSchemas } from './compiled-schemas.ts';
import { copySerialBinding, serialBinding } from './serial-binding.ts';

const ROOT = join(import.meta.dirname, '..');
/** `require` for the CommonJS packages inside an ES module bundle; esbuild leaves their built-in modules to it. */
const BANNER = "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);";

export type Bundle = {
  /** Path of the entry of the bundle. */
  readonly entry: string;
  /** Source files of which something is in the bundle, as absolute paths. */
  readonly sources: readonly string[];
};

/**
 * Bundles an entry with everything it imports into a directory. Parts that are imported on demand stay apart, so
 * that an idle agent does not hold them in memory.
 */
export async function bundle(entry: string, outdir: string, more: readonly Plugin[] = []): Promise<Bundle> {
  mkdirSync(outdir, { recursive: true });
  const options: BuildOptions = {
    entryPoints: { main: resolve(entry) },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    absWorkingDir: ROOT, // what is bundled does not depend on where one stands
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
  const plugins = [...more, builtinsOnDemand, serialBinding, await compiledSchemas(options, resolve(entry))];
  const { metafile } = await build({ ...options, plugins, metafile: true });
  const used = new Set(Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs)));
  const files = [...used].filter((file) => !file.includes(':')); // what a plugin made up has its namespace before it
  return { entry: join(outdir, 'main.mjs'), sources: files.map((file) => join(ROOT, file)).sort() };
}

/**
 * Bundles the agent as it is installed, with the WebAssembly that reads FAT beside it, where js-fatfs looks for it, and the machine code
 * for serial ports.
 * @param cpu the processor it is for, in Node's words
 * @param version what it says that it is; that of the sources unless told
 */
export async function bundleAgent(outdir: string, cpu: string, version?: string): Promise<Bundle> {
  const bundled = await bundle(
    join(ROOT, 'agent/src/main.ts'),
    outdir,
    version === undefined ? [] : [saysVersion(version)],
  );
  const fatfs = createRequire(join(ROOT, 'sdcard-tools/package.json')).resolve('js-fatfs/dist/fatfs.wasm');
  copyFileSync(fatfs, join(outdir, 'fatfs.wasm'));
  copySerialBinding(outdir, cpu);
  return bundled;
}

const AGENT_MANIFEST = join(ROOT, 'agent/package.json');

/** Has the agent say another version than its sources have. */
function saysVersion(version: string): Plugin {
  return {
    name: 'version',
    setup(bundle) {
      bundle.onLoad({ filter: /[/\\]agent[/\\]package\.json$/ }, ({ path }) => {
        if (path !== AGENT_MANIFEST) return undefined;
        const manifest = JSON.parse(readFileSync(path, 'utf8'));
        return { contents: JSON.stringify({ ...manifest, version }), loader: 'json' };
      });
    },
  };
}

/** Bundles the program that root runs to change which version of the agent is started. */
export function bundleSwitch(outdir: string): Promise<Bundle> {
  return bundle(join(ROOT, 'agent/src/cli/switch.ts'), outdir);
}
