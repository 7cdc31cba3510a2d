import { closeSync, openSync, readdirSync, readlinkSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SysDevice } from '../core/hardware-path.ts';

// Files of sysfs. They answer from the memory of the kernel, so they are read at once and in place. A device may vanish between two looks
// at it, and its files answer with ENODEV then: what cannot be had is not there.
// Not all of them: the names of a USB device (manufacturer, product, serial), its configuration and bConfigurationValue wait for
// the lock of the device, which its driver may hold for ten seconds when it is pulled in the middle of something
// (Linux, drivers/usb/core/sysfs.c). They are never read; udev has the names.

/** The names in a directory; none where it is not there, as on a board without such devices. */
export function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return []; // see above
  }
}

/** Where a link leads; undefined for anything else. */
export function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // see above
  }
}

/** The text of a file without its line end, and at most its first bytes. */
export function textAt(path: string, maxBytes = TEXT_MAX_BYTES): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    // one read, as a file of sysfs answers it; readFileSync asks five things of the kernel instead of three, each second
    const bytes = Buffer.allocUnsafe(maxBytes);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, 0)).trim();
  } catch {
    return undefined; // see above
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Numbers, and names of disks. */
const TEXT_MAX_BYTES = 512;

/**
 * The devices from the root of the tree down to `dir`.
 * @param root where sysfs is mounted, `/sys`
 * @param dir below `devices`, without links in it
 */
export function chainTo(root: string, dir: string): readonly SysDevice[] {
  if (dir === join(root, 'devices') || dir === dirname(dir)) return [];
  const subsystem = linkAt(join(dir, 'subsystem'));
  const name = basename(dir);
  return [
    ...chainTo(root, dirname(dir)),
    subsystem === undefined ? { name } : { name, subsystem: basename(subsystem) },
  ];
}

/**
 * Names this plug of a block device and this medium in it; empty for a device that is none.
 * @param device `major:minor`
 */
export function plugOf(root: string, device: string): string {
  try {
    const dir = realpathSync(join(root, 'dev/block', device));
    const diskseq = textAt(join(dir, 'diskseq')) ?? textAt(join(dirname(dir), 'diskseq')) ?? ''; // a partition has its disk's
    return `${statSync(dir).ino}.${diskseq}`;
  } catch {
    return ''; // see above
  }
}
