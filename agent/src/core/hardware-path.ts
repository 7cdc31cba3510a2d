// Where something is plugged in, in the words of udev's ID_PATH, and computed as udev does it, so that a board without udev has the same
// names. One difference: a reader of SD cards on PCI has a name here; udev gives it none, because it does not count "mmc" as a transport.
// Source: systemd 252, src/udev/udev-builtin-path_id.c.

/** A device of the kernel's tree, as sysfs shows it; `subsystem` is absent where it belongs to none. */
export type SysDevice = { readonly name: string; readonly subsystem?: string };

/**
 * Names the place of a device, from the outermost connector to the device itself: each name is the beginning of the next, and
 * the last is its ID_PATH. Of a stick: `pci-0000:00:04.0`, `pci-0000:00:04.0-usb-0:1` (the connector), `…-usb-0:1:1.0`, `…-scsi-0:0:0:0`.
 * The number of the USB bus is left out, so the two root hubs of one controller (USB 2 and 3) are one.
 * SCSI hosts count as 0, as they do where one adapter has one, such as all of USB.
 * @param chain from the root of the tree to the device
 * @returns nothing for a device without a lasting place, such as a loop device
 */
export function placesOf(chain: readonly SysDevice[]): readonly string[] {
  const leaf = chain.at(-1)?.name ?? '';
  const known = chain.filter(({ subsystem }) => subsystem !== undefined);
  const parts: (readonly string[])[] = [];
  let isRooted = false;
  for (let i = known.length - 1; i >= 0; ) {
    const device = known[i];
    const form = FORMS.find(({ subsystem }) => subsystem === device?.subsystem);
    const part = device && form?.part(device.name, leaf);
    if (part) parts.unshift(part);
    if (part && form?.isRoot) isRooted = true;
    i -= part && form?.isRun ? runBefore(known, i) : 1;
  }
  return isRooted ? joined(parts.flat()) : [];
}

/** Tells whether a device is at a place that the configuration names, or (a reader with several slots) holds it. */
export function isAtPlace(places: readonly string[], configured: string): boolean {
  const own = places.at(-1);
  if (own === undefined) return false;
  return places.includes(configured) || configured.startsWith(`${own}:`) || configured.startsWith(`${own}-`);
}

type Form = {
  readonly subsystem: string;
  /** Pieces of the name, each with what joins it to the one before; none when the device has no say. */
  readonly part: (name: string, leaf: string) => readonly string[] | undefined;
  /** Its parents of the same subsystem have no say: bridges, and hubs, whose ports are in the name of the device. */
  readonly isRun?: true;
  /** A place that stays the same from one start to the next. */
  readonly isRoot?: true;
};

const FORMS: readonly Form[] = [
  ...['pci', 'platform', 'amba', 'acpi', 'xen'].map(
    (subsystem): Form => ({ subsystem, part: (name) => [`-${subsystem}-${name}`], isRun: true, isRoot: true }),
  ),
  { subsystem: 'usb', part: usbPart, isRun: true },
  {
    subsystem: 'scsi',
    part: (name) =>
      /^\d+(:\d+:\d+:\d+)$/
        .exec(name)
        ?.slice(1, 2)
        .map((rest) => `-scsi-0${rest}`),
  },
  { subsystem: 'nvme', part: (_, leaf) => [`-nvme-${/n(\d+)$/.exec(leaf)?.[1] ?? '0'}`], isRun: true },
  { subsystem: 'spi', part: (name) => [`-cs-${/\d+$/.exec(name)?.[0] ?? name}`], isRun: true },
];

/** `1-1.2:1.0` is bus 1, port 2 of the hub at port 1, interface 1.0; a root hub (`usb1`) is no place. */
function usbPart(name: string): readonly string[] | undefined {
  const [, ports, face] = /^\d+-([\d.]+)(:[\d.]+)?$/.exec(name) ?? [];
  if (ports === undefined) return undefined;
  return [`-usb-0:${ports}`, ...(face === undefined ? [] : [face])];
}

/** How many devices up to this one belong to the same subsystem without a gap. */
function runBefore(known: readonly SysDevice[], last: number): number {
  const subsystem = known[last]?.subsystem;
  let first = last;
  while (first > 0 && known[first - 1]?.subsystem === subsystem) first -= 1;
  return last - first + 1;
}

function joined(pieces: readonly string[]): readonly string[] {
  return pieces.map((_, i) =>
    pieces
      .slice(0, i + 1)
      .join('')
      .slice(1),
  );
}
