import { copyFileSync, globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

// Serial ports are opened by machine code that @serialport/bindings-cpp brings for each processor, and looks for beside its own files. In a
// bundle it stands beside the bundle, for one processor, under one name.

/** Name of the machine code beside a bundle. */
const FILE = 'serialport.node';
const fromAgent = createRequire(join(import.meta.dirname, '../agent/package.json'));

/** Makes a plugin that has it loaded from beside the bundle. */
export const serialBinding: Plugin = {
  name: 'serial-binding',
  setup(bundle) {
    bundle.onLoad({ filter: /@serialport\/bindings-cpp\/dist\/serialport-bindings\.js$/ }, () => ({
      contents: `exports.binding = require('./${FILE}');`,
    }));
    bundle.onResolve({ filter: /serialport\.node$/ }, ({ path }) => ({ path, external: true }));
  },
};

/**
 * Copies the machine code for a processor beside a bundle. The package needs no script at its installation for that.
 * @param cpu in Node's words: `x64`, `arm64`
 * @throws when the package brings none for it
 */
export function copySerialBinding(outdir: string, cpu: string): void {
  const folder = join(dirname(fromAgent.resolve('@serialport/bindings-cpp')), '../prebuilds', `linux-${cpu}`);
  // for glibc, as Debian's is; for some processors there is only one, without a name for it
  const [file] = globSync('*.node', { cwd: folder })
    .filter((name) => !name.includes('musl'))
    .sort();
  if (file === undefined) throw new Error(`@serialport/bindings-cpp brings nothing for ${cpu}`);
  copyFileSync(join(folder, file), join(outdir, FILE));
}
