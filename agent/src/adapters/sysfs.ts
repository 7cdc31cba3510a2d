import { statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { placesOf } from '../core/hardware-path.ts';
import type { Disk, UsbDevice } from '../core/slot-media.ts';
import { chainTo, linkAt, namesIn, textAt } from './sysfs-files.ts';

/**
 * What the kernel says of disks and USB devices. Everything is read at once and in place: sysfs answers from memory, no medium is
 * touched, and no thread of the pool is used that a hanging medium may hold. What vanishes meanwhile is left out.
 */
export type Sysfs = {
  /** Disks with a lasting place for which `isWanted` holds. */
  disks(isWanted: (places: readonly string[]) => boolean): readonly Disk[];
  usbDevices(isWanted: (places: readonly string[]) => boolean): readonly UsbDevice[];
};

/** @param root where sysfs is mounted, `/sys` */
export function createSysfs(root: string): Sysfs {
  const seen = { block: new Map<string, Known>(), usb: new Map<string, Known>() };

  function devicesIn<T>(list: string, known: Map<string, Known>, read: (known: Known) => T | undefined): readonly T[] {
    const names = namesIn(list);
    for (const name of known.keys()) if (!names.includes(name)) known.delete(name);
    return names.flatMap((name) => {
      const device = recall(join(list, name), known.get(name));
      if (!device) return [];
      known.set(name, device);
      return read(device) ?? [];
    });
  }

  /** Where a device stands is worked out once for each plug: its link, or the directory that this leads to, is another then. */
  function recall(link: string, known: Known | undefined): Known | undefined {
    const target = linkAt(link);
    if (target === undefined || target.includes('/virtual/')) return undefined;
    const dir = resolve(dirname(link), target);
    const inode = statSync(dir, { throwIfNoEntry: false })?.ino;
    if (inode === undefined) return undefined;
    if (known?.dir === dir && known.inode === inode) return known;
    const isPart = textAt(join(dir, 'partition')) !== undefined;
    return { dir, inode, places: isPart ? [] : placesOf(chainTo(root, dir)) };
  }

  return {
    disks: (isWanted) =>
      devicesIn(join(root, 'class/block'), seen.block, (known) =>
        known.places.length > 0 && !EMMC_AREA.test(known.dir) && isWanted(known.places) ? diskAt(known) : undefined,
      ),
    usbDevices: (isWanted) =>
      devicesIn(join(root, 'bus/usb/devices'), seen.usb, (known) =>
        USB_DEVICE.test(basename(known.dir)) && isWanted(known.places) ? usbDeviceAt(known) : undefined,
      ),
  };
}

type Known = { readonly dir: string; readonly inode: number; readonly places: readonly string[] };

/** Boot and replay-protected areas of a soldered eMMC, which show as disks of their own. */
const EMMC_AREA = /\/mmcblk\d+(boot\d+|rpmb|gp\d+)$/;
/** Neither a root hub (`usb1`) nor an interface (`1-1:1.0`). */
const USB_DEVICE = /^\d+-[\d.]+$/;

function diskAt({ dir, inode, places }: Known): Disk | undefined {
  const sectors = textAt(join(dir, 'size'));
  if (sectors === undefined) return undefined;
  // `diskseq` counts appearances and changes of medium (Linux 5.15); before, only the size tells
  const medium = [textAt(join(dir, 'diskseq')) ?? '', sectors].join('.');
  const isReadOnly = textAt(join(dir, 'ro')) === '1';
  const sizeBytes = Number(sectors) * 512; // always units of 512 bytes
  return { name: basename(dir), places, plug: String(inode), medium, sizeBytes, isReadOnly };
}

function usbDeviceAt({ dir, inode, places }: Known): UsbDevice {
  const interfaces = namesIn(dir).filter((name) => name.startsWith(`${basename(dir)}:`));
  return {
    places,
    stay: [basename(dir), textAt(join(dir, 'devnum')) ?? '', inode].join('.'),
    product: textAt(join(dir, 'product')) ?? '',
    isAuthorized: textAt(join(dir, 'authorized')) !== '0',
    interfaceClasses: interfaces.flatMap((name) => {
      const code = textAt(join(dir, name, 'bInterfaceClass'));
      return code === undefined ? [] : [Number.parseInt(code, 16)];
    }),
  };
}
