import { printable, type SlotId } from '@ewon-agent/contracts';
import { isAtPlace } from './hardware-path.ts';

/** A whole disk, never a partition, as the kernel shows it. */
export type Disk = {
  readonly name: string;
  /** See {@link placesOf}; never empty. */
  readonly places: readonly string[];
  /** Names this plug of the disk. */
  readonly plug: string;
  /** Names the medium in it: another one after each change of medium that the kernel saw. */
  readonly medium: string;
  /** 0 for a reader without a medium. */
  readonly sizeBytes: number;
  readonly isReadOnly: boolean;
};

/** A USB device that is not a root hub, as the kernel shows it. */
export type UsbDevice = {
  readonly places: readonly string[];
  /** Names this plug of it. */
  readonly stay: string;
  /** As the device says, else its numbers; untrusted. */
  readonly product: string;
  /** Not so when udev or an administrator locked it out. */
  readonly isAuthorized: boolean;
  /** USB class codes of its interfaces; empty until it is configured. */
  readonly interfaceClasses: readonly number[];
};

/** The slots of a board that are connectors, each with its place. */
export type SlotPaths = ReadonlyMap<SlotId, string>;
export type Medium = { readonly disk: Disk; readonly insertion: string };
/** What was in the slots at the last look, how many insertions there were so far, and whether a look is due soon. */
export type Bays = {
  readonly media: ReadonlyMap<SlotId, Medium>;
  readonly insertions: number;
  readonly isUnsettled: boolean;
};
export type Refused = { readonly slot: SlotId; readonly stay: string; readonly device: string };

export const EMPTY_BAYS: Bays = { media: new Map(), insertions: 0, isUnsettled: false };

/**
 * Finds what is in each slot now. A slot holds one medium: where its place has several (a whole controller, a reader), the one that
 * was in stays, else the one with the lowest name is in. Storage that comes along with something else in one device is no card.
 *
 * A reader tells of a change of medium before it tells the size of the new one, which may be none: the slot counts as empty then,
 * until the next look.
 */
export function findMedia(
  paths: SlotPaths,
  seen: { readonly disks: readonly Disk[]; readonly usb: readonly UsbDevice[] },
  before: Bays,
): Bays {
  const strangers = seen.usb.filter(isNoCard).map(({ places }) => places.at(-1));
  const cards = seen.disks.filter((d) => d.sizeBytes > 0 && !strangers.some((place) => d.places.includes(place ?? '')));
  let { insertions } = before;
  let isUnsettled = false;
  const media = new Map<SlotId, Medium>();
  for (const [slot, path] of paths) {
    const last = before.media.get(slot);
    const here = cards.filter(({ places }) => places.includes(path)).sort(byName);
    const disk = here.find(({ plug }) => plug === last?.disk.plug) ?? here[0];
    if (!disk) continue;
    if (last?.disk.plug !== disk.plug) {
      // counted as well, because kernels before 5.15 do not number media
      media.set(slot, { disk, insertion: `${disk.name}.${disk.plug}.${disk.medium}.${++insertions}` });
    } else if (last.disk.medium === disk.medium) media.set(slot, { ...last, disk });
    else isUnsettled = true;
  }
  return { media, insertions, isUnsettled };
}

/** Finds what was plugged into a slot and is no card: a keyboard, a network adapter, a hub, anything that udev locked out. */
export function findRefused(paths: SlotPaths, usb: readonly UsbDevice[]): readonly Refused[] {
  return usb.filter(isNoCard).flatMap(({ places, stay, product }) => {
    const slot = [...paths].find(([, path]) => isAtPlace(places, path))?.[0];
    return slot ? [{ slot, stay, device: printable(product, 64) || 'a device without a name' }] : [];
  });
}

/** Defined by the USB Implementers Forum: mass storage, which is the one thing that belongs into a slot. */
const MASS_STORAGE = 8;

function isNoCard({ isAuthorized, interfaceClasses }: UsbDevice): boolean {
  return !isAuthorized || interfaceClasses.some((code) => code !== MASS_STORAGE);
}

function byName(a: Disk, b: Disk): number {
  return a.name.localeCompare(b.name, 'en', { numeric: true });
}
