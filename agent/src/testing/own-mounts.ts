import { spawnSync } from 'node:child_process';
import { findProgram } from '@ewon-agent/contracts/testing';

/** Said to the process that has mounts of its own. */
const INSIDE = 'TEST_HAS_OWN_MOUNTS';

/**
 * Lets a test file mount what it likes: it is run again in a namespace of its own, as its root, and this process ends as that one did.
 * Comes back there, and where the program for it is missing (the suites then say so). Call it before any suite is declared.
 */
export function withOwnMounts(file: string): void {
  if (process.env[INSIDE] || !findProgram('unshare')) return;
  const args = ['--map-root-user', '--mount', '--propagation=private', process.execPath, ...process.execArgv, file];
  const { status } = spawnSync('unshare', args, { stdio: 'inherit', env: { ...process.env, [INSIDE]: '1' } });
  process.exit(status ?? 1);
}
