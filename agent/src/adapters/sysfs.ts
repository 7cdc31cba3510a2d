import { statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { placesOf } from '../core/hardware-path.ts';
import type { Disk, UsbDevice } from '../core/slot-media.ts';
import { usbNameIn } from '../core/udev-data.ts';
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

/**
 * @param root where sysfs is mounted, `/sys`
 * @param udev where udev keeps what it knows, `/run/udev/data`
 */
export function createSysfs(root: string, udev: string): Sysfs {
  const seen = { block: new Map<string, Known>(), usb: new Map<string, Known>() };

  function devicesIn<T>(
    list: string,
    form: RegExp,
    known: Map<string, Known>,
    read: (known: Known) => T | undefined,
  ): readonly T[] {
    const names = namesIn(list).filter((name) => form.test(name));
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
    return { dir, inode, places: isPart ? [] : placesOf(chainTo(root, dir)), constant: new Map() };
  }

  return {
    disks: (isWanted) =>
      devicesIn(join(root, 'class/block'), BLOCK_DEVICE, seen.block, (known) =>
        known.places.length > 0 && isWanted(known.places) ? diskAt(known) : undefined,
      ),
    usbDevices: (isWanted) =>
      devicesIn(join(root, 'bus/usb/devices'), USB_DEVICE, seen.usb, (known) =>
        isWanted(known.places) ? usbDeviceAt(known, udev) : undefined,
      ),
  };
}

type Known = {
  readonly dir: string;
  readonly inode: number;
  readonly places: readonly string[];
  /** Files that say the same for as long as the device is there. */
  readonly constant: Map<string, string>;
};

/** Not the boot and replay-protected areas of a soldered eMMC, which show as disks of their own. */
const BLOCK_DEVICE = /^(?!mmcblk\d+(boot\d+|rpmb|gp\d+)$)/;
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

function usbDeviceAt(known: Known, udev: string): UsbDevice {
  const { dir, inode, places } = known;
  const interfaces = namesIn(dir).filter((name) => name.startsWith(`${basename(dir)}:`));
  return {
    places,
    stay: [basename(dir), textAt(join(dir, 'devnum')), inode].join('.'),
    product: productOf(known, udev),
    isAuthorized: textAt(join(dir, 'authorized')) !== '0',
    interfaceClasses: interfaces.flatMap((name) => {
      const code = constantAt(known, join(name, 'bInterfaceClass'));
      return code === '' ? [] : [Number.parseInt(code, 16)];
    }),
  };
}

/** A file of udev about a USB device with a dozen interfaces has some 2 KiB. */
const UDEV_MAX_BYTES = 16 * 1024;

/** The name that udev has read from it, else its numbers, as `USB 0627:0001`; empty when it has gone. */
function productOf(known: Known, udev: string): string {
  const name =
    known.constant.get('name') ?? usbNameIn(textAt(join(udev, `c${constantAt(known, 'dev')}`), UDEV_MAX_BYTES) ?? '');
  if (name !== undefined) {
    known.constant.set('name', name);
    return name;
  }
  const [vendor, product] = [constantAt(known, 'idVendor'), constantAt(known, 'idProduct')];
  return vendor === '' ? '' : `USB ${vendor}:${product}`;
}

function constantAt({ dir, constant }: Known, name: string): string {
  const text = constant.get(name) ?? textAt(join(dir, name)) ?? '';
  if (text !== '') constant.set(name, text);
  return text;
}
