import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { type DebianProgram, findProgram } from '@ewon-agent/contracts/suites/debian';

/** Runs a program of Debian and answers what it prints; fails when it does. */
export function run(program: DebianProgram, args: readonly string[], input?: string): string {
  const path = findProgram(program);
  if (!path) throw new Error(`${program} is not installed: name it in "needs"`);
  // MTOOLS_SKIP_CHECK: small images are no floppies, and mtools says so; UTF-8: names and labels may be of any script
  const env = { ...process.env, MTOOLS_SKIP_CHECK: '1', LC_ALL: 'C.UTF-8' };
  return execFileSync(path, args, {
    input,
    maxBuffer: 64 * 1024 * 1024,
    env,
    encoding: 'latin1',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Makes an image with mkfs.vfat. */
export function mkfsVfat(path: string, bits: 12 | 16 | 32, sizeKib: number, more: readonly string[] = []): void {
  run('mkfs.vfat', ['-F', String(bits), ...more, '-C', path, String(sizeKib)]);
}

/** Makes a sparse image with mkfs.exfat. */
export function mkfsExfat(path: string, sizeBytes: number, more: readonly string[] = []): void {
  writeFileSync(path, '');
  truncateSync(path, sizeBytes);
  run('mkfs.exfat', [...more, path]);
}

/** What the Sleuth Kit finds in the root of an exFAT: it reads such volumes by code of its own, without mounting; what it says besides of the volume is left out. */
export function rootBySleuthKit(path: string, startSector = 0): ReadonlyMap<string, Uint8Array> {
  const at = ['-f', 'exfat', '-o', String(startSector)];
  const files = new Map<string, Uint8Array>();
  for (const line of run('fls', [...at, '-u', path]).split('\n')) {
    const [, inode = '', name = ''] = /^r\/r (\d+):\t(.+)$/.exec(line) ?? [];
    const bytes = () => new Uint8Array(Buffer.from(run('icat', [...at, path, inode]), 'latin1'));
    if (inode !== '' && !/^\$|\(Volume Label Entry\)$/.test(name))
      files.set(Buffer.from(name, 'latin1').toString(), bytes());
  }
  return files;
}

/** Makes an image with a partition table by sfdisk; its first partition, from 1 MiB on, was made by mkfs.vfat. */
export function partitioned(path: string, bits: 12 | 16 | 32, sizeKib: number): void {
  writeFileSync(path, '');
  truncateSync(path, (sizeKib + 1024) * 1024);
  run('sfdisk', ['--quiet', path], 'label: dos\nstart=2048, type=c, bootable\n');
  run('mkfs.vfat', ['-F', String(bits), '--offset', '2048', path, String(sizeKib)]);
}
