import type { CardDamage, CardSpec } from '@ewon-agent/board-sim/scenario/scenario';
import { KIB } from '@ewon-agent/contracts';
import { assertOk } from '@ewon-agent/contracts/suites/assertions';
import { putExfat } from '@ewon-agent/sdcard-tools/testing/exfat-files';
import { formatExfat } from '@ewon-agent/sdcard-tools/testing/exfat-image';
import { clusterAt, findRaw, layoutOf, putRaw, setNext } from '@ewon-agent/sdcard-tools/testing/fat-image';
import { putGpt } from '@ewon-agent/sdcard-tools/testing/gpt-image';
import { memoryMedium } from '@ewon-agent/sdcard-tools/testing/medium';
import { memoryDevice } from '@ewon-agent/sdcard-tools/volume/block-device-memory';
import { formatFat, writeCard } from '@ewon-agent/sdcard-tools/volume/write-card';

/** A file, or a directory of that name, in the root of a card. */
export type RootFile = { readonly name: string; readonly bytes: Uint8Array; readonly isDirectory?: true };

const MIB = KIB * KIB;
/** Powers of two, as SD cards of old have; the least that is soundly of its kind, with room for a table of partitions. */
const SIZE_BYTES = { fat12: 4 * MIB, fat16: 32 * MIB, fat32: 64 * MIB, exfat: 8 * MIB, none: 4 * MIB } as const;
/** Where the first partition begins, as fdisk and card makers have it. */
const PARTITION_SECTOR = 2048;
const MBR_TYPE = { fat12: 0x01, fat16: 0x06, fat32: 0x0c, exfat: 0x07, none: 0x83 } as const;

/** Makes what is on a card, and breaks it as told. */
export async function makeMedium(
  files: readonly RootFile[],
  spec: Pick<CardSpec, 'format' | 'table' | 'damage'>,
): Promise<Uint8Array> {
  const { format, table, damage } = spec;
  const medium = new Uint8Array(SIZE_BYTES[format]);
  const volume = volumeIn(medium, table);
  if (format === 'exfat') fillExfat(volume, files);
  else if (format !== 'none') await fillFat(volume, files, format);
  if (table === 'mbr') putMbr(medium, volume, MBR_TYPE[format]);
  if (table === 'gpt') putGpt(medium, [{ first: PARTITION_SECTOR, last: PARTITION_SECTOR + volume.length / 512 - 1 }]);
  for (const one of damage) DAMAGES[one](volume, medium);
  return medium;
}

/** The part of a medium that becomes the file system: all of it, or from 1 MiB to 1 MiB before the end. */
function volumeIn(medium: Uint8Array, table: CardSpec['table']): Uint8Array {
  if (table === 'none') return medium;
  return medium.subarray(PARTITION_SECTOR * 512, medium.length - MIB);
}

async function fillFat(
  volume: Uint8Array,
  files: readonly RootFile[],
  format: 'fat12' | 'fat16' | 'fat32',
): Promise<void> {
  const device = memoryDevice(volume);
  assertOk(await formatFat(device));
  const { bits } = layoutOf(volume);
  if (`fat${bits}` !== format)
    throw new Error(`this is a bug: ${volume.length} bytes became FAT${bits}, not ${format}`);
  assertOk(await writeCard(device, files));
  for (const { name } of files.filter(({ isDirectory }) => isDirectory)) {
    const short = shortName(name);
    const { at, cluster } = findRaw(volume, short);
    putRaw(volume, at, { name: short, attributes: DIRECTORY, cluster });
  }
}

function fillExfat(volume: Uint8Array, files: readonly RootFile[]): void {
  const medium = memoryMedium(volume);
  formatExfat(medium);
  for (const { name, bytes, isDirectory } of files)
    putExfat(medium, { name, bytes, ...(isDirectory ? { attributes: DIRECTORY } : {}) });
}

const DIRECTORY = 0x10;

/** `T2M.txt` as a directory holds it: 8 characters, 3 characters, no dot. */
function shortName(name: string): string {
  const [stem = '', extension = ''] = name.toUpperCase().split('.');
  return stem.padEnd(8) + extension.padEnd(3);
}

function putMbr(medium: Uint8Array, volume: Uint8Array, type: number): void {
  const view = new DataView(medium.buffer);
  view.setUint8(450, type);
  view.setUint32(454, PARTITION_SECTOR, true);
  view.setUint32(458, volume.length / 512, true);
  view.setUint16(510, 0xaa55, true);
}

type Damage = (volume: Uint8Array, medium: Uint8Array) => void;
const TXT = shortName('T2M.txt');
const GIBIBYTES = 0xffff_ffff;

const DAMAGES: Readonly<Record<CardDamage, Damage>> = {
  bootSector: (volume) => void volume.fill(0, 0, 512),
  // the same noise each time: a scenario that fails must fail again
  noise: (volume) => {
    for (let at = 0, state = 1; at < 64 * KIB; at++) {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      volume[at] = state >> 16;
    }
  },
  clusterOutside: (volume) => {
    const { at, size } = findRaw(volume, TXT);
    putRaw(volume, at, { name: TXT, cluster: 0x0fff_0000, size });
  },
  sizeLie: (volume) => {
    const { at, cluster } = findRaw(volume, TXT);
    putRaw(volume, at, { name: TXT, cluster, size: GIBIBYTES });
  },
  twin: (volume) => {
    const { cluster, size } = findRaw(volume, TXT);
    putRaw(volume, endOfRoot(volume), { name: TXT, cluster, size });
  },
  // FAT32 only, where the root is a chain of clusters as any file is
  rootLoop: (volume) => {
    const first = clusterAt(volume, 2);
    const { clusterBytes } = layoutOf(volume);
    for (let i = 0; i < clusterBytes / 32; i++)
      putRaw(volume, first + i * 32, { name: `F${String(i).padStart(7, '0')}TXT`, cluster: 3, size: 1 });
    setNext(volume, 2, 2);
  },
  tableLie: (_, medium) => new DataView(medium.buffer).setUint32(454, medium.length, true),
};

function endOfRoot(volume: Uint8Array): number {
  let at = layoutOf(volume).root;
  while (volume[at] !== 0) at += 32;
  return at;
}
