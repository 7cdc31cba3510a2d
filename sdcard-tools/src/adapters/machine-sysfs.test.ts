import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { judgeDrive, judgeDrives } from '../core/drive-verdict.ts';
import { MMC, type PlantedDevice, type PlantedMachine, plantMachine, SATA, USB } from '../testing/sysfs-tree.ts';
import { readMachine } from './machine-sysfs.ts';

const part = (disk: string, name: string, number: string, more: Partial<PlantedDevice> = {}): PlantedDevice => ({
  place: `${disk}/${name}`,
  number,
  ...more,
  attributes: { partition: name.replace(/^.*\D/, ''), ...more.attributes },
});
const virtual = (name: string, number: string, more: Partial<PlantedDevice> = {}): PlantedDevice => ({
  place: `virtual/block/${name}`,
  number,
  ...more,
});
const mounted = (number: string, at: string, source = '/dev/x') => `30 1 ${number} / ${at} rw - ext4 ${source} rw`;
const STICK: PlantedDevice = {
  place: `${USB}/sdb`,
  number: '8:16',
  attributes: { removable: '1', 'device/vendor': 'Generic ', 'device/model': 'MassStorage' },
};
const STICK_PART = part(`${USB}/sdb`, 'sdb1', '8:17', { udev: { ID_FS_TYPE: 'vfat' } });
const SLOT = { 'device/type': 'SD', 'device/name': 'SC32G' };

type Told = PlantedMachine & { readonly told: Readonly<Record<string, string>> };

/** Machines as they are, and the verdict on each of their drives. */
const MACHINES: Readonly<Record<string, Told>> = {
  'a PC with LVM, a stick and an empty reader': {
    devices: [
      { place: `${SATA}/sda`, number: '8:0' },
      part(`${SATA}/sda`, 'sda1', '8:1'),
      part(`${SATA}/sda`, 'sda2', '8:2', { holders: ['dm-0', 'dm-1'] }),
      virtual('dm-0', '253:0'),
      virtual('dm-1', '253:1'),
      STICK,
      STICK_PART,
      { place: `${USB.replaceAll('1-2', '1-3')}/sdc`, number: '8:32', attributes: { removable: '1', size: '0' } },
      { place: `${SATA}/sr0`, number: '11:0', attributes: { removable: '1', 'device/type': '5' } },
      virtual('zram0', '254:0'),
      virtual('loop0', '7:0', { attributes: { size: '0' } }),
    ],
    mounts: [mounted('253:0', '/'), mounted('8:1', '/boot/efi')],
    swaps: ['/dev/dm-1 partition 1 0 -2'],
    told: { sda: 'DRIVE_SYSTEM', sdb: 'ok', sdc: 'DRIVE_NO_MEDIUM', sr0: 'DRIVE_NOT_REMOVABLE' },
  },
  'a board that runs from one card, with another in its second slot': {
    devices: [
      { place: `${MMC}/mmcblk0`, number: '179:0', attributes: SLOT },
      part(`${MMC}/mmcblk0`, 'mmcblk0p1', '179:1'),
      part(`${MMC}/mmcblk0`, 'mmcblk0p2', '179:2'),
      { place: `${MMC.replaceAll('mmc0', 'mmc1')}/mmcblk1`, number: '179:32', attributes: SLOT },
    ],
    mounts: [mounted('179:2', '/', '/dev/root'), mounted('179:1', '/boot/firmware')],
    told: { mmcblk0: 'DRIVE_SYSTEM', mmcblk1: 'ok' },
  },
  'a board with soldered memory, whose overlay hides the root': {
    devices: [
      { place: `${MMC}/mmcblk0`, number: '179:0', attributes: { 'device/type': 'MMC' } },
      part(`${MMC}/mmcblk0`, 'mmcblk0p1', '179:1'),
      { place: `${MMC}/mmcblk0/mmcblk0boot0`, number: '179:8', attributes: { ro: '1', 'device/type': 'MMC' } },
      STICK,
    ],
    mounts: ['30 1 0:28 / / rw - overlay overlay rw'],
    mountsOfInit: [mounted('179:1', '/media/root-ro')],
    told: { mmcblk0: 'DRIVE_SYSTEM', mmcblk0boot0: 'DRIVE_NOT_REMOVABLE', sdb: 'ok' },
  },
  'RAID over a disk and a stick': {
    devices: [
      { place: `${SATA}/sda`, number: '8:0' },
      part(`${SATA}/sda`, 'sda1', '8:1', { holders: ['md0'] }),
      STICK,
      part(`${USB}/sdb`, 'sdb1', '8:17', { holders: ['md0'] }),
      virtual('md0', '9:0'),
      { place: 'virtual/block/md0/md0p1', number: '259:0', attributes: { partition: '1' } },
    ],
    mounts: [mounted('259:0', '/')],
    told: { sda: 'DRIVE_SYSTEM', sdb: 'DRIVE_SYSTEM' },
  },
  'LVM on encryption, told through both': {
    devices: [
      { place: 'pci0000:00/nvme/nvme0/nvme0n1', number: '259:1' },
      part('pci0000:00/nvme/nvme0/nvme0n1', 'nvme0n1p3', '259:4', { holders: ['dm-0'] }),
      virtual('dm-0', '253:0', { holders: ['dm-1'] }),
      virtual('dm-1', '253:1'),
    ],
    mounts: [mounted('253:1', '/')],
    told: { nvme0n1: 'DRIVE_SYSTEM' },
  },
  'btrfs with a number of its own over two drives': {
    devices: [{ place: `${SATA}/sda`, number: '8:0' }, part(`${SATA}/sda`, 'sda2', '8:2'), STICK, STICK_PART],
    mounts: ['30 1 0:31 /@ / rw - btrfs /dev/mapper/root rw,subvol=/@'],
    links: { 'dev/mapper/root': '../sda2' },
    btrfs: { '6a1f': ['sda2', 'sdb1'] },
    told: { sda: 'DRIVE_SYSTEM', sdb: 'DRIVE_SYSTEM' },
  },
  'a swap file on a stick': {
    devices: [STICK, STICK_PART],
    swaps: ['/dev/sdb1 partition 1 0 -2'],
    told: { sdb: 'DRIVE_SYSTEM' },
  },
  'sticks that call their medium fixed, and a disk on a built-in port': {
    devices: [
      { place: `${USB}/sda`, number: '8:0' },
      { place: `${USB.replaceAll('1-2', '1-5')}/sdb`, number: '8:16' },
    ],
    files: {
      'sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/removable': 'removable\n',
      'sys/devices/pci0000:00/0000:00:14.0/usb1/1-5/removable': 'fixed\n',
    },
    told: { sda: 'ok', sdb: 'DRIVE_NOT_REMOVABLE' },
  },
  'a stick that is mounted for somebody else, in a namespace that we do not see': {
    devices: [STICK, STICK_PART],
    mounts: [],
    mountsOfInit: [mounted('8:17', '/run/media/me/CARD')],
    told: { sdb: 'DRIVE_IN_USE' },
  },
  'a part of an LVM that nobody started': {
    devices: [STICK, part(`${USB}/sdb`, 'sdb1', '8:17', { udev: { ID_FS_TYPE: 'LVM2_member' } })],
    told: { sdb: 'DRIVE_SYSTEM' },
  },
  'a card with its switch on, and one that is too large': {
    devices: [
      { ...STICK, attributes: { ...STICK.attributes, ro: '1' } },
      { place: `${USB}/sdc`, number: '8:32', attributes: { removable: '1', size: '250000001' } },
    ],
    told: { sdb: 'DRIVE_READ_ONLY', sdc: 'CARD_MEDIUM_TOO_LARGE' },
  },
  'nothing at all, as in some containers': { devices: [], told: {} },
};

suite('drives as sysfs shows them', (test) => {
  let root = '';
  test.before.each(() => {
    root = mkdtempSync(join(tmpdir(), 'machine-'));
  });
  test.after.each(() => rmSync(root, { recursive: true }));

  for (const [what, { told, ...machine }] of Object.entries(MACHINES)) {
    test(what, async () => {
      plantMachine(root, machine);
      const read = await readMachine(root);
      const verdicts = judgeDrives(read).map(({ disk, verdict }) => [
        disk.name,
        verdict.ok ? 'ok' : verdict.fault.code,
      ]);
      assert.deepEqual(Object.fromEntries(verdicts), told);
      for (const { place, number } of machine.devices) {
        const verdict = judgeDrive(read, number);
        const [disk = ''] = Object.keys(told)
          .filter((name) => place.split('/').includes(name))
          .reverse();
        if (told[disk] !== 'ok') assert.ok(!verdict.ok, `${place} is not to be written to`);
      }
    });
  }

  test('make and model, and sizes in units of 512 bytes', async () => {
    plantMachine(root, { devices: [STICK] });
    const [stick] = (await readMachine(root)).nodes;
    assert.deepEqual([stick?.description, stick?.sizeBytes], ['Generic MassStorage', 62_333_952 * 512]);
  });

  test('an image in use as a drive belongs to the drive that carries it', async () => {
    plantMachine(root, {
      devices: [virtual('loop3', '7:3', { attributes: { 'loop/backing_file': '/live/root.squashfs' } })],
      files: { 'live/root.squashfs': 'x' },
    });
    const [loop] = (await readMachine(root)).nodes;
    assert.equal(loop?.attached, 'loop');
    assert.match(loop?.image?.on ?? '', /^\d+:\d+$/);
    assert.match(loop?.image?.inode ?? '', /^\d+$/);
  });
});
