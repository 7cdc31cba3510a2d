import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readMachine } from '@ewon-agent/sdcard-tools/adapters/machine-sysfs';
import { judgeDrives } from '@ewon-agent/sdcard-tools/core/drive-verdict';
import { placesOf } from '../core/hardware-path.ts';
import type { Board, Connector, NamedDisk } from '../core/slot-survey.ts';
import { createSysfs } from './sysfs.ts';
import { chainTo, namesIn, textAt } from './sysfs-files.ts';

/**
 * Finds out what this board has, by looking at what the kernel knows already; nothing is opened or asked.
 * @param root where /sys, /proc, /run and /dev are found; `/` but in a test
 */
export async function surveySysfs(root = '/'): Promise<Board> {
  const sys = join(root, 'sys');
  const sysfs = createSysfs(sys, join(root, 'run/udev/data'));
  const verdicts = judgeDrives(await readMachine(root));
  return {
    connectors: [...usbPorts(sys), ...mmcHosts(sys)],
    disks: sysfs.disks(() => true).map((disk) => named(sys, disk)),
    usb: sysfs.usbDevices(() => true),
    system: new Map(
      verdicts.flatMap(({ disk, verdict }) =>
        !verdict.ok && verdict.fault.code === 'DRIVE_SYSTEM' ? [[disk.name, verdict.fault.detail] as const] : [],
      ),
    ),
  };
}

/** Every port of every hub; those of USB 2 and USB 3 that are one connector have one name. */
function usbPorts(sys: string): readonly Connector[] {
  const ports = namesIn(join(sys, 'bus/usb/devices')).flatMap((face) => {
    const dir = dirOf(join(sys, 'bus/usb/devices', face));
    return dir === undefined ? [] : namesIn(dir).flatMap((name) => usbPort(sys, join(dir, name)) ?? []);
  });
  return ports.filter(({ path }, i) => ports.findIndex((other) => other.path === path) === i);
}

/** `usb1-port2` is where `1-2` would be, and `1-2-port3` where `1-2.3` would be; each is a directory below the hub's interface. */
function usbPort(sys: string, dir: string): Connector | undefined {
  const [, bus, hub, port] = /^(?:usb(\d+)|(\d+-[\d.]+))-port(\d+)$/.exec(basename(dir)) ?? [];
  const connectType = textAt(join(dir, 'connect_type'));
  if (port === undefined || connectType === 'not used') return undefined;
  const name = hub === undefined ? `${bus}-${port}` : `${hub}.${port}`;
  const above = chainTo(sys, dirname(dirname(dir)));
  const path = placesOf([...above, { name, subsystem: 'usb' }]).at(-1);
  return path === undefined ? undefined : { kind: 'usb', path, isHardwired: connectType === 'hardwired' };
}

function mmcHosts(sys: string): readonly Connector[] {
  const list = join(sys, 'class/mmc_host');
  return namesIn(list).flatMap((name): Connector[] => {
    const dir = dirOf(join(list, name));
    const path = dir === undefined ? undefined : placesOf(chainTo(sys, dir)).at(-1);
    if (dir === undefined || path === undefined) return [];
    // a soldered eMMC says what it is; an empty host or an SD card does not say that it is none
    const kinds = namesIn(dir).map((card) => textAt(join(dir, card, 'type')));
    return [{ kind: 'sd', path, isHardwired: kinds.includes('MMC') }];
  });
}

function named(sys: string, disk: Omit<NamedDisk, 'model'>): NamedDisk {
  const device = join(sys, 'class/block', disk.name, 'device');
  const words = ['vendor', 'model', 'name'].map((file) => textAt(join(device, file)) ?? '');
  // of a virtio disk the vendor is a number
  return { ...disk, model: words.filter((word) => word !== '' && !word.startsWith('0x')).join(' ') };
}

function dirOf(link: string): string | undefined {
  try {
    return realpathSync(link);
  } catch {
    return undefined; // unplugged meanwhile
  }
}
