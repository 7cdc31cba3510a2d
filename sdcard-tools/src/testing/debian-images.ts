import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { type DebianProgram, findProgram } from '@ewon-agent/contracts/suites/debian';

/** Runs a program of Debian and answers what it prints; fails when it does. */
export function run(program: DebianProgram, args: readonly string[], input?: string): string {
  const path = findProgram(program);
  if (!path) throw new Error(`${program} is not installed: name it in "needs"`);
  // MTOOLS_SKIP_CHECK: small images are no floppies, and mtools says so
  const env = { ...process.env, MTOOLS_SKIP_CHECK: '1', LC_ALL: 'C' };
  return execFileSync(path, args, { input, env, encoding: 'latin1', stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Makes an image with mkfs.vfat. */
export function mkfsVfat(path: string, bits: 12 | 16 | 32, sizeKib: number, more: readonly string[] = []): void {
  run('mkfs.vfat', ['-F', String(bits), ...more, '-C', path, String(sizeKib)]);
}

/** Makes an image with a partition table by sfdisk; its first partition, from 1 MiB on, was made by mkfs.vfat. */
export function partitioned(path: string, bits: 12 | 16 | 32, sizeKib: number): void {
  writeFileSync(path, '');
  truncateSync(path, (sizeKib + 1024) * 1024);
  run('sfdisk', ['--quiet', path], 'label: dos\nstart=2048, type=c, bootable\n');
  run('mkfs.vfat', ['-F', String(bits), '--offset', '2048', path, String(sizeKib)]);
}
