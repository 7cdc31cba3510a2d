import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findProgram } from '@ewon-agent/contracts/suites/debian';
import { run } from './debian-images.ts';

// Image files as real block devices, where the kernel and the rights of the test allow it.

/** Why there are no loop devices here, or nothing when there are. */
export function whyNoLoop(): string | undefined {
  const losetup = findProgram('losetup');
  if (!losetup) return 'losetup is not installed';
  if (process.getuid?.() !== 0) return 'only root attaches loop devices';
  try {
    execFileSync(losetup, ['--find'], { stdio: 'pipe' });
    return undefined;
  } catch {
    return 'the kernel offers no loop device';
  }
}

/** A loop device over an image. */
export type Loop = { readonly path: string; detach(): void };

/** Attaches an image. */
export function attachLoop(image: string, ...more: readonly string[]): Loop {
  const losetup = findProgram('losetup') ?? 'losetup';
  const args = ['--find', '--show', ...more, image];
  const path = execFileSync(losetup, args, { encoding: 'utf8', stdio: 'pipe' }).trim();
  const detach = (): void => {
    // partitions that were added by hand outlive their loop device otherwise
    if (existsSync(`${path}p1`)) run('partx', ['--delete', path]);
    execFileSync(losetup, ['--detach', path], { stdio: 'pipe' });
  };
  return { path, detach };
}

/** Makes the partitions of a loop device devices as well (`/dev/loop0p1`), by the table as partx reads it: a kernel may know no tables. */
export function addPartitions(device: string): void {
  run('partx', ['--add', device]);
}
