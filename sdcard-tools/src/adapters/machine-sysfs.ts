import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { BlockNode, DriveUse, Machine } from '../core/drive-verdict.ts';
import { type Mount, readMounts, readSwaps } from '../core/mount-tables.ts';
import { numberOf } from '../volume/device-number.ts';

/**
 * Gathers what the kernel says of the block devices of this machine and of their uses: sysfs, the mount tables of this process and of
 * process 1, swap, members of a btrfs, and what udev found on them. Nothing is opened, so no medium is woken up.
 * @param root where /sys, /proc, /run and /dev are found; `/` but in a test
 * @returns what could be read; a device that is not told of is refused as a target (DRIVE_UNKNOWN)
 */
export async function readMachine(root = '/'): Promise<Machine> {
  const names = await namesIn(join(root, 'sys/class/block'));
  const nodes = (await Promise.all(names.map((name) => readNode(root, name)))).filter((node) => node !== undefined);
  return { nodes, uses: await readUses(root, nodes) };
}

async function readNode(root: string, name: string): Promise<BlockNode | undefined> {
  const place = await resolved(join(root, 'sys/class/block', name));
  if (place === undefined) return undefined; // pulled meanwhile
  const word = (file: string) => readWord(join(place, file));
  const number = await word('dev');
  if (!/^\d+:\d+$/.test(number)) return undefined; // a path of a multipath NVMe, which nobody can open
  const isPartition = (await word('partition')) !== '';
  const file = await word('loop/backing_file');
  const image = file === '' ? undefined : await imageOf(join(root, file));
  const content = await contentOf(root, number);
  return {
    name,
    number,
    ...(isPartition && { disk: basename(dirname(place)) }),
    holders: await namesIn(join(place, 'holders')),
    sizeBytes: Number(await word('size')) * 512, // always in units of 512 bytes, whatever the sectors of the medium
    readOnly: (await word('ro')) === '1',
    attached: await attachedAs(name, place, file),
    description: file || (await nameOf(place)),
    ...(image && { image }),
    ...(content !== undefined && { content }),
  };
}

/**
 * Tells a file from all others, and the device that carries it.
 * @returns undefined for one that cannot be seen from here
 */
export async function imageOf(path: string): Promise<BlockNode['image']> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return { on: numberOf(dev), inode: String(ino) };
  } catch {
    return undefined; // gone, or in another namespace
  }
}

async function attachedAs(name: string, place: string, file: string): Promise<BlockNode['attached']> {
  const word = (path: string) => readWord(join(place, path));
  if (/\/devices\/virtual\//.test(place)) return file === '' && !/^loop\d+$/.test(name) ? 'virtual' : 'loop';
  if (/^sr\d+$/.test(name) || (await word('device/type')) === '5') return 'optical'; // SCSI peripheral type 05h
  if (/^mmcblk\d+(boot\d+|rpmb|gp\d+)$/.test(name)) return 'fixed'; // hidden parts of a soldered eMMC
  // a slot on the board calls its card not removable, but knows a card (SD) from soldered memory (MMC)
  if ((await word('device/type')) === 'SD') return 'removable';
  if ((await word('removable')) === '1') return 'removable';
  return (await isOnPluggableUsb(place)) ? 'removable' : 'fixed';
}

/** Some sticks say of their medium that it stays; what can be pulled then is the stick. A port says `fixed` of what is built in. */
async function isOnPluggableUsb(place: string): Promise<boolean> {
  const upTo = /^(.*\/usb\d+\/.*?)\/host\d+\//.exec(place)?.[1];
  if (upTo === undefined) return false;
  return (await readWord(join(dirname(upTo), 'removable'))) !== 'fixed';
}

async function nameOf(place: string): Promise<string> {
  const words = ['vendor', 'model', 'name'].map((file) => readWord(join(place, 'device', file)));
  return (await Promise.all(words)).filter((text) => text !== '').join(' ');
}

/** What udev found on a device when it came; nothing where udev does not run. */
async function contentOf(root: string, number: string): Promise<string | undefined> {
  return /^E:ID_FS_TYPE=(\S+)$/m.exec(await readText(join(root, 'run/udev/data', `b${number}`)))?.[1];
}

async function readUses(root: string, nodes: readonly BlockNode[]): Promise<readonly DriveUse[]> {
  // process 1 sees what was mounted for the machine even when this one lives in a namespace of its own
  const tables = await Promise.all(['self', '1'].map((who) => readText(join(root, 'proc', who, 'mountinfo'))));
  const mounts = tables.flatMap(readMounts);
  const swaps = readSwaps(await readText(join(root, 'proc/swaps')));
  const numberOfNode = async (path: string) => {
    const name = basename((await resolved(join(root, path))) ?? path);
    return nodes.find((node) => node.name === name)?.number;
  };
  const mounted = mounts.map(async (mount: Mount): Promise<DriveUse> => {
    // btrfs and others have a number of their own, and name one of their devices
    const number = mount.number.startsWith('0:') ? await numberOfNode(mount.source) : mount.number;
    return { as: 'mount', number: number ?? mount.number, at: mount.at };
  });
  const swapped = swaps.map(async (path): Promise<DriveUse> => {
    return { as: 'swap', number: (await numberOfNode(path)) ?? (await imageOf(join(root, path)))?.on ?? '' };
  });
  const uses = await Promise.all([...mounted, ...swapped]);
  const members = await btrfsMembers(root, nodes);
  // where its mount names the device, that says more
  return [...uses, ...members.filter(({ number }) => !uses.some((use) => use.number === number))];
}

/** A btrfs lies on several devices, of which its mount names one, or none (`/dev/root`). */
async function btrfsMembers(root: string, nodes: readonly BlockNode[]): Promise<readonly DriveUse[]> {
  const systems = join(root, 'sys/fs/btrfs');
  const members = (await namesIn(systems)).map(async (id) => {
    const names = await namesIn(join(systems, id, 'devices'));
    const numbers = nodes.filter(({ name }) => names.includes(name)).map(({ number }) => number);
    return numbers.map((number) => ({ as: 'member', number, of: `btrfs ${id}` }) as const);
  });
  return (await Promise.all(members)).flat();
}

async function resolved(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined; // not there: said by who asks
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return []; // no such folder, as on most devices
  }
}

async function readWord(path: string): Promise<string> {
  return (await readText(path)).trim();
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return ''; // most devices lack most attributes, and some answer EIO or ENODEV when they go
  }
}
