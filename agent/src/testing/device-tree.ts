import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';

// sysfs, /dev and udev's database as ordinary files, with a hand that plugs. What is there, and in which order it appears, is as Linux 6.1
// showed it on a board with QEMU's xHCI, usb-storage and sdhci.

/** The chain of devices down to a disk: `name=subsystem`, from the root of the tree; `N` is the number of this plug. */
export const CHAINS = {
  usb1: 'pci0000:00 0000:00:04.0=pci usb1=usb 1-1=usb 1-1:1.0=usb hostN=scsi targetN:0:0=scsi N:0:0:0=scsi block',
  usb2: 'pci0000:00 0000:00:04.0=pci usb2=usb 2-2=usb 2-2:1.0=usb hostN=scsi targetN:0:0=scsi N:0:0:0=scsi block',
  reader: 'pci0000:00 0000:00:04.0=pci usb1=usb 1-4=usb 1-4:1.0=usb hostN=scsi targetN:0:0=scsi N:0:0:1=scsi block',
  sd0: 'pci0000:00 0000:00:1e.0=pci mmc_host mmc0=mmc_host mmc0:000N=mmc block',
  system: 'pci0000:00 0000:00:02.0=pci virtio0=virtio block',
} as const;

/** The places of these, as they stand in a configuration. */
export const PATHS = {
  usb1: 'pci-0000:00:04.0-usb-0:1',
  usb2: 'pci-0000:00:04.0-usb-0:2',
  reader: 'pci-0000:00:04.0-usb-0:4:1.0-scsi-0:0:0:1',
  sd0: 'pci-0000:00:1e.0',
} as const;

export type FakeDisk = {
  readonly chain: string;
  readonly name: string;
  readonly image: Uint8Array;
  readonly readOnly?: true;
};
export type FakeUsb = { readonly name: string; readonly product: string; readonly classes: readonly string[] };

export type DeviceTree = ReturnType<typeof createDeviceTree>;

/** Makes an empty tree below a temporary directory. */
export function createDeviceTree() {
  const root = mkdtempSync(join(tmpdir(), 'devices-'));
  const sys = join(root, 'sys');
  const dev = join(root, 'dev');
  const udev = join(root, 'udev');
  for (const dir of [join(sys, 'class/block'), join(sys, 'bus/usb/devices'), dev, udev])
    mkdirSync(dir, { recursive: true });
  let plugs = 0;
  let appearances = 0;

  const put = (path: string, text: string) => {
    writeFileSync(`${path}.new`, `${text}\n`);
    renameSync(`${path}.new`, path);
  };
  const link = (path: string, target: string) => {
    symlinkSync(relative(dirname(path), target), `${path}.new`);
    renameSync(`${path}.new`, path);
  };
  const build = (chain: string) => {
    let dir = join(sys, 'devices');
    for (const word of chain.split(' ')) {
      const [name = '', subsystem] = word.split('=');
      dir = join(dir, name);
      mkdirSync(dir, { recursive: true });
      if (subsystem && !readdirSync(dir).includes('subsystem'))
        link(join(dir, 'subsystem'), join(sys, 'bus', subsystem));
    }
    return dir;
  };
  const sectors = (image: Uint8Array) => String(image.length / 512);
  const tell = () => put(join(udev, 'b8:0'), String(++appearances));
  const diskDir = new Map<string, string>();

  return {
    places: { sys, dev, udev },
    root,
    /** A disk appears: first in sysfs, then in /dev, then to udev. */
    plug({ chain, name, image, readOnly }: FakeDisk) {
      plugs += 1;
      const above = build(chain.replaceAll('N', String(plugs)));
      const dir = join(above, `${name}`);
      mkdirSync(dir);
      link(join(dir, 'subsystem'), join(sys, 'class/block'));
      put(join(dir, 'size'), sectors(image));
      put(join(dir, 'diskseq'), String(++appearances));
      put(join(dir, 'ro'), readOnly ? '1' : '0');
      put(join(dir, 'dev'), `254:${16 * plugs}`);
      mkdirSync(join(dir, `${name}1`));
      put(join(dir, `${name}1`, 'partition'), '1');
      put(join(dir, `${name}1`, 'size'), sectors(image));
      put(join(dir, `${name}1`, 'dev'), `254:${16 * plugs + 1}`);
      link(join(sys, 'class/block', name), dir);
      link(join(sys, 'class/block', `${name}1`), join(dir, `${name}1`));
      diskDir.set(name, dir);
      writeFileSync(join(dev, name), image);
      tell();
    },
    pull(name: string) {
      for (const gone of [`${name}1`, name]) unlinkSync(join(sys, 'class/block', gone));
      rmSync(diskDir.get(name) ?? '', { recursive: true, force: true }); // gone already with its USB device
      rmSync(join(dev, name));
      tell();
    },
    /** A reader's medium comes, goes or changes; the disk stays. */
    changeMedium(name: string, image: Uint8Array) {
      const dir = diskDir.get(name) ?? '';
      writeFileSync(join(dev, name), image);
      put(join(dir, 'diskseq'), String(++appearances));
      put(join(dir, 'size'), sectors(image));
      tell();
    },
    plugUsb(controller: string, { name, product, classes }: FakeUsb) {
      const dir = build(`${controller} ${name}=usb`);
      put(join(dir, 'devnum'), String(++appearances));
      put(join(dir, 'idVendor'), '0627');
      put(join(dir, 'idProduct'), '0001');
      put(join(dir, 'dev'), `189:${appearances}`);
      // the kernel answers when the device's driver lets it: who opens this one waits for ever
      execFileSync('mkfifo', [join(dir, 'product')]);
      put(join(dir, 'authorized'), '1');
      for (const [i, code] of classes.entries()) {
        const face = build(`${controller} ${name}=usb ${name}:1.${i}=usb`);
        put(join(face, 'bInterfaceClass'), code);
      }
      link(join(sys, 'bus/usb/devices', name), dir);
      const encoded = product.replace(/[^\w.-]/g, (at) => `\\x${at.charCodeAt(0).toString(16).padStart(2, '0')}`);
      put(join(udev, `c189:${appearances}`), `E:ID_MODEL_ENC=${encoded}`);
      return {
        dir,
        /** What udev does to a device that it does not want: its interfaces vanish. */
        lockOut() {
          for (const face of readdirSync(dir).filter((entry) => entry.startsWith(`${basename(dir)}:`)))
            rmSync(join(dir, face), { recursive: true });
          put(join(dir, 'authorized'), '0');
        },
        pull() {
          unlinkSync(join(sys, 'bus/usb/devices', name));
          rmSync(dir, { recursive: true });
          tell();
        },
      };
    },
    /** The ports of a root hub, as an xHCI controller has them. */
    addPorts(controller: string, bus: string, ports: number) {
      const face = build(`${controller} usb${bus}=usb ${bus}-0:1.0=usb`);
      for (let port = 1; port <= ports; port += 1) {
        mkdirSync(join(face, `usb${bus}-port${port}`));
        put(join(face, `usb${bus}-port${port}`, 'connect_type'), port === 2 ? 'not used' : 'unknown');
      }
      link(join(sys, 'bus/usb/devices', `${bus}-0:1.0`), face);
    },
    addMmcHost(chain: string, name: string) {
      mkdirSync(join(sys, 'class/mmc_host'), { recursive: true });
      link(join(sys, 'class/mmc_host', name), build(`${chain} ${name}=mmc_host`));
    },
    close: () => rmSync(root, { recursive: true }),
  };
}
