import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildDeb } from '../deb/build-deb.ts';
import type { Arch } from '../deb/node-runtime.ts';

const OUT = join(import.meta.dirname, '../../out');

/** Some second of 2026: packages of one time are the same on every day. */
const EPOCH_S = 1_780_000_000;

/** The processor that the tests run on, in Debian's words. */
export const HERE: Arch = process.arch === 'arm64' ? 'arm64' : 'amd64';

/** Builds a package that is not compressed, in a directory of its own below `out/`. */
export function sampleDeb(arch: Arch, dir: string, version?: string): Promise<string> {
  const outdir = join(OUT, 'sample-debs', dir);
  mkdirSync(outdir, { recursive: true });
  const options = { arch, outdir, cacheDir: join(OUT, 'cache'), epochS: EPOCH_S, compression: 'none' } as const;
  return buildDeb({ ...options, ...(version === undefined ? {} : { version }) });
}
