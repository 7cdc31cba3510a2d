import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

// Writes trees as the kernel shows them below /sys, /proc, /run and /dev, for machines that no test has at hand.

/** A block device: where it is below /sys/devices, its number, and what its attributes hold besides `size 62333952`, `ro 0`, `removable 0`. */
export type PlantedDevice = {
  readonly place: string;
  readonly number: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly holders?: readonly string[];
  readonly udev?: Readonly<Record<string, string>>;
};

export type PlantedMachine = {
  readonly devices: readonly PlantedDevice[];
  /** Lines of /proc/self/mountinfo, and of /proc/1/mountinfo where that says more. */
  readonly mounts?: readonly string[];
  readonly mountsOfInit?: readonly string[];
  /** Paths in /proc/swaps. */
  readonly swaps?: readonly string[];
  /** Names of the devices of each btrfs. */
  readonly btrfs?: Readonly<Record<string, readonly string[]>>;
  /** Links such as `dev/mapper/root` and what they lead to, from there. */
  readonly links?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
};

/** Where disks of several kinds hang below /sys/devices. */
export const SATA = 'pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block';
export const USB = 'pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/host4/target4:0:0/4:0:0:0/block';
export const MMC = 'platform/soc/fe340000.mmc/mmc_host/mmc0/mmc0:aaaa/block';

/** Plants a machine below a directory. */
export function plantMachine(root: string, machine: PlantedMachine): void {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const link = (path: string, to: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(to, join(root, path));
  };
  for (const { place, number, attributes = {}, holders = [], udev = {} } of machine.devices) {
    const folder = `sys/devices/${place}`;
    const all = { size: '62333952', ro: '0', removable: '0', dev: number, ...attributes };
    for (const [name, value] of Object.entries(all)) write(`${folder}/${name}`, `${value}\n`);
    for (const holder of holders) write(`${folder}/holders/${holder}`, '');
    link(`sys/class/block/${basename(place)}`, `../../devices/${place}`);
    write(`dev/${basename(place)}`, '');
    const found = Object.entries(udev).map(([name, value]) => `E:${name}=${value}\n`);
    if (found.length > 0) write(`run/udev/data/b${number}`, `S:disk/by-id/x\nW:1\n${found.join('')}G:systemd\n`);
  }
  write('proc/self/mountinfo', (machine.mounts ?? []).join('\n'));
  write('proc/1/mountinfo', (machine.mountsOfInit ?? machine.mounts ?? []).join('\n'));
  write('proc/swaps', ['Filename Type Size Used Priority', ...(machine.swaps ?? [])].join('\n'));
  for (const [id, names] of Object.entries(machine.btrfs ?? {})) {
    for (const name of names) write(`sys/fs/btrfs/${id}/devices/${name}`, '');
  }
  for (const [path, to] of Object.entries(machine.links ?? {})) link(path, to);
  for (const [path, text] of Object.entries(machine.files ?? {})) write(path, text);
}
