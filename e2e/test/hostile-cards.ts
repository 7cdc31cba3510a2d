import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Code, toUtf8 } from '@ewon-agent/contracts';
import { mkfsExfat, mkfsVfat, run } from '@ewon-agent/sdcard-tools/testing/debian-images';
import { clusterAt, findRaw, inPartition, layoutOf, putRaw, setNext } from '@ewon-agent/sdcard-tools/testing/fat-image';

// Media that attack who reads them (threats.md, "The card"): each made by the real tools, then broken by hand.

const KIB = 1024;
const MIB = 1024 * KIB;

/** A row: what the medium is, how it is made at a path, and what it must be refused with. */
export type HostileCard = readonly [what: string, make: (path: string) => unknown, code: Code];

/** @param t2m content of a T2M.txt that the account would take */
export function hostileCards(t2m: string): readonly HostileCard[] {
  const fat32 = (path: string, files: Record<string, string> = { 'T2M.txt': t2m }) => {
    mkfsVfat(path, 32, 34 * KIB);
    for (const [name, content] of Object.entries(files)) put(path, name, content);
  };
  /** Makes a sound card, then changes its bytes. */
  const broken = (path: string, change: (image: Uint8Array) => void) => {
    fat32(path);
    const image = new Uint8Array(readFileSync(path));
    change(image);
    writeFileSync(path, image);
  };
  /** A sound card whose partition is told to begin elsewhere. */
  const partitioned = (path: string, startSector: number) => {
    fat32(path);
    writeFileSync(path, table(inPartition(new Uint8Array(readFileSync(path))), startSector));
  };
  const entry = (image: Uint8Array) => findRaw(image, 'T2M     TXT');

  return [
    [
      'a directory named T2M.txt',
      (path) => {
        fat32(path, {});
        run('mmd', ['-i', path, '::T2M.txt']);
      },
      'CARD_NOT_A_FILE',
    ],
    [
      'a volume label named T2M.txt only',
      (path) => broken(path, (i) => putRaw(i, entry(i).at, { name: 'T2M     TXT', attributes: 0x08 })),
      'CARD_NO_T2M',
    ],
    [
      'a T2M.txt of 4 GiB less a byte',
      (path) => broken(path, (i) => putRaw(i, entry(i).at, { ...entry(i), name: 'T2M     TXT', size: 0xffffffff })),
      'CARD_TOO_LARGE',
    ],
    [
      'a chain that runs in a circle, of a file that is short',
      (path) => broken(path, (i) => setNext(i, entry(i).cluster, entry(i).cluster)),
      'CARD_USABLE',
    ],
    ['a root directory that runs in a circle', (path) => broken(path, circularRoot), 'CARD_BUDGET'],
    [
      'a file whose first cluster is none',
      (path) => broken(path, (i) => putRaw(i, entry(i).at, { ...entry(i), name: 'T2M     TXT', cluster: 0 })),
      'CARD_DAMAGED',
    ],
    [
      'a file that begins beyond the medium',
      (path) => broken(path, (i) => putRaw(i, entry(i).at, { ...entry(i), name: 'T2M     TXT', cluster: 0x0ffffff0 })),
      'CARD_DAMAGED',
    ],
    [
      'two files named T2M.txt',
      (path) => broken(path, (i) => putRaw(i, endOfRoot(i), { ...entry(i), name: 'T2M     TXT' })),
      'CARD_DAMAGED',
    ],
    [
      'T2M.txt and T2M.json that share their cluster',
      (path) => broken(path, (i) => putRaw(i, endOfRoot(i), { ...entry(i), name: 'T2M     JSO' })),
      'CARD_USABLE',
    ],
    ['names that are no names', (path) => broken(path, badNames), 'CARD_USABLE'],
    [
      'a root directory of 200,000 entries',
      (path) => {
        mkfsVfat(path, 32, 34 * KIB);
        manyEntries(path, 200_000);
      },
      'CARD_BUDGET',
    ],
    [
      'directories 200 deep',
      (path) => {
        fat32(path);
        deep(path, 200);
      },
      'CARD_USABLE',
    ],
    ['a boot sector of zeros', (path) => broken(path, (i) => void i.fill(0, 0, 512)), 'CARD_NOT_FAT'],
    ['a boot sector with 0 bytes in a sector', (path) => broken(path, (i) => void i.fill(0, 11, 13)), 'CARD_NOT_FAT'],
    [
      'a boot sector with 0 sectors in a cluster',
      (path) => broken(path, (i) => void i.fill(0, 13, 14)),
      'CARD_NOT_FAT',
    ],
    [
      'a boot sector that tells a volume of 2 TiB',
      (path) => broken(path, (i) => void i.fill(0xff, 32, 36)),
      'CARD_NOT_FAT',
    ],
    ['a partition that begins behind the medium', (path) => partitioned(path, 0x7fffffff), 'CARD_NOT_FAT'],
    ['a partition that is the table itself', (path) => partitioned(path, 0), 'CARD_NOT_FAT'],
    ['a medium of one sector', (path) => writeFileSync(path, new Uint8Array(512)), 'CARD_NOT_FAT'],
    ['a medium without a byte', (path) => writeFileSync(path, ''), 'CARD_NOT_FAT'],
    ['noise', (path) => writeFileSync(path, noise(4 * MIB)), 'CARD_NOT_FAT'],
    [
      'ext4',
      (path) => {
        empty(path, 16 * MIB);
        run('mkfs.ext4', ['-q', '-F', path]);
      },
      'CARD_NOT_FAT',
    ],
    ['a medium of 129 GB', (path) => empty(path, 129e9), 'CARD_MEDIUM_TOO_LARGE'],
    [
      'an exFAT whose root directory is cut off',
      (path) => {
        mkfsExfat(path, 64 * MIB);
        truncateSync(path, 2 * MIB);
      },
      'CARD_DAMAGED',
    ],
  ];
}

/**
 * What may stand in a mounted directory in the place of T2M.txt; each is made in an empty directory.
 * @param t2m content of a T2M.txt that the account would take
 */
export function hostileDirectories(t2m: string): readonly HostileCard[] {
  const at = (dir: string) => join(dir, 'T2M.txt');
  const outside = (dir: string) => {
    const file = `${dir}-outside.txt`;
    writeFileSync(file, t2m);
    return file;
  };
  const rows: readonly HostileCard[] = [
    ['a FIFO', (dir) => void execFileSync('mkfifo', [at(dir)]), 'CARD_NOT_A_FILE'],
    [
      'four FIFOs',
      (dir) =>
        void execFileSync(
          'mkfifo',
          NAMES.map((name) => join(dir, name)),
        ),
      'CARD_NOT_A_FILE',
    ],
    ['a directory', (dir) => mkdirSync(at(dir)), 'CARD_NOT_A_FILE'],
    ['a link to a good file elsewhere', (dir) => symlinkSync(outside(dir), at(dir)), 'CARD_NOT_A_FILE'],
    ['a link to /dev/zero', (dir) => symlinkSync('/dev/zero', at(dir)), 'CARD_NOT_A_FILE'],
    ['a link to nothing', (dir) => symlinkSync('nothing', at(dir)), 'CARD_NOT_A_FILE'],
    ['a file of 8 GB', (dir) => empty(at(dir), 8e9), 'CARD_TOO_LARGE'],
    ['a file beside 5,000 others', (dir) => crowd(dir, t2m), 'CARD_BUDGET'],
    [
      'two spellings of one name',
      (dir) => ['T2M.txt', 't2m.TXT'].map((name) => writeFileSync(join(dir, name), t2m)),
      'CARD_DAMAGED',
    ],
  ];
  const isRoot = process.getuid?.() === 0;
  const device: HostileCard = [
    'a device',
    (dir) => void execFileSync('mknod', [at(dir), 'c', '1', '5']),
    'CARD_NOT_A_FILE',
  ];
  return isRoot ? [...rows, device] : rows; // only root can make one
}

const NAMES = ['T2M.txt', 'T2M.json', 'RESULT.TXT', 'comcfg.txt'];

function crowd(dir: string, t2m: string): void {
  for (let n = 0; n < 5000; n++) writeFileSync(join(dir, `file-${n}`), '');
  writeFileSync(join(dir, 'T2M.txt'), t2m);
}

function put(path: string, name: string, content: string): void {
  run('mcopy', ['-o', '-i', path, '-', `::${name}`], content);
}

function empty(path: string, sizeBytes: number): void {
  writeFileSync(path, '');
  truncateSync(path, sizeBytes);
}

function endOfRoot(image: Uint8Array): number {
  let at = layoutOf(image).root;
  while (image[at] !== 0) at += 32;
  return at;
}

/** Its first cluster is full of entries and leads to itself. */
function circularRoot(image: Uint8Array): void {
  const { root, clusterBytes } = layoutOf(image);
  for (let n = 0; n < clusterBytes / 32; n++)
    putRaw(image, root + n * 32, { name: `F${String(n).padStart(7, '0')}TXT` });
  setNext(image, 2, 2);
}

function badNames(image: Uint8Array): void {
  for (const name of ['\x05BAD    TXT', '..      TXT', '  SPACE TXT', 'T2M\x00\x00\x00\x00\x00TXT', '/ETC\\PA  SS'])
    putRaw(image, endOfRoot(image), { name });
}

function manyEntries(path: string, entries: number): void {
  const image = new Uint8Array(readFileSync(path));
  const { clusterBytes } = layoutOf(image);
  const clusters = Math.ceil((entries * 32) / clusterBytes);
  const first = 100; // far from what mkfs.vfat used
  const chain = [2, ...Array.from({ length: clusters - 1 }, (_, i) => first + i)];
  for (const [i, cluster] of chain.entries()) {
    setNext(image, cluster, chain[i + 1] ?? 0x0fffffff);
    for (let n = 0; n < clusterBytes / 32; n++) {
      const number = (i * clusterBytes) / 32 + n;
      putRaw(image, clusterAt(image, cluster) + n * 32, { name: `${String(number).padStart(8, '0')}TXT` });
    }
  }
  writeFileSync(path, image);
}

function deep(path: string, levels: number): void {
  let folder = '::';
  const folders = Array.from({ length: levels }, () => (folder += '/d'));
  run('mmd', ['-i', path, ...folders]);
}

/** The same medium whose partition begins elsewhere. */
function table(medium: Uint8Array, startSector: number): Uint8Array {
  new DataView(medium.buffer).setUint32(454, startSector, true);
  return medium;
}

/** The same bytes each time; no two alike near each other. */
function noise(sizeBytes: number): Uint8Array {
  const words = new Uint32Array(sizeBytes / 4);
  let x = 88172645;
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[i] = x;
  }
  return new Uint8Array(words.buffer);
}

/** Makes an ordinary card whose T2M.txt is as told. */
export function cardWithT2m(path: string, content: string | Uint8Array): void {
  mkfsVfat(path, 12, 1024);
  const bytes = typeof content === 'string' ? toUtf8(content) : content;
  run('mcopy', ['-o', '-i', path, '-', '::T2M.txt'], Buffer.from(bytes).toString('latin1'));
}
