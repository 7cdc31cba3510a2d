import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The programs it takes, by their names in Debian. */
export const DISK_PROGRAMS = ['e2fsck', 'debugfs'] as const;

/** e2fsck(8): 1 says that something was to be done, such as the journal to be replayed, and was done. */
const WELL = [0, 1];

/**
 * Copies files out of the top directory of an ext4 image, after its journal was replayed as a kernel does it when it mounts it.
 * Nothing else is repaired: `-p` gives up on whatever a power cut must not cause.
 * @returns those that there were
 */
export function filesOnDisk(image: string, names: readonly string[], into: string): readonly string[] {
  const { status, stdout, stderr } = spawnSync('e2fsck', ['-p', image], { encoding: 'utf8' });
  if (!WELL.includes(status ?? -1)) throw new Error(`e2fsck ended with ${status}: ${stdout}${stderr}`);
  for (const name of names) rmSync(join(into, name), { force: true });
  const orders = names.map((name) => `dump /${name} "${join(into, name)}"\n`).join('');
  spawnSync('debugfs', ['-f', '-', image], { input: orders }); // ends with 0 whether or not there is such a file
  return names.filter((name) => existsSync(join(into, name)));
}
