import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { number64 } from '../testing/exfat-files.ts';
import { formatExfat, number32, sealBoot } from '../testing/exfat-image.ts';
import { memoryMedium } from '../testing/medium.ts';
import { BOOT_REGION_SECTORS, exfatSectorBytes, isExfatBoot, readExfatBoot } from './exfat-boot.ts';

const MIB = 1024 * 1024;
// 2 MiB of 512 clusters: a table of 5 sectors at 24, clusters from sector 32 on
const SOUND = {
  sectorBytes: 512,
  sectorsPerCluster: 8,
  clusterCount: 508,
  fatSector: 24,
  heapSector: 32,
  rootCluster: 4,
};

type Changes = Readonly<Record<number, Uint8Array | number>>;

/** A boot region with bytes changed and a checksum that fits. */
function region(changes: Changes = {}, sectorBytes = 512): Uint8Array {
  const image = new Uint8Array(2 * MIB);
  const medium = memoryMedium(image);
  formatExfat(medium, { sectorBytes, clusterBytes: 4096 });
  for (const [at, value] of Object.entries(changes)) {
    medium.write(Number(at), typeof value === 'number' ? Uint8Array.of(value) : value);
  }
  if (image[108] === Math.log2(sectorBytes)) sealBoot(medium);
  return image.slice(0, BOOT_REGION_SECTORS * sectorBytes);
}

suite('the boot region of exFAT', (test) => {
  test('a sound one says where everything lies', () => {
    assert.deepEqual(assertOk(readExfatBoot(region())), SOUND);
  });

  test('sectors of 512 to 4096 bytes', () => {
    for (const sectorBytes of [512, 1024, 2048, 4096]) {
      const layout = assertOk(readExfatBoot(region({}, sectorBytes)));
      assert.equal(layout.sectorBytes, sectorBytes);
      assert.equal(layout.sectorsPerCluster * sectorBytes, 4096);
    }
  });

  test('what a mounted volume changes does not matter, and a minor revision neither', () => {
    assert.deepEqual(assertOk(readExfatBoot(region({ 104: 7, 106: 0x0e, 112: 0xff }))), SOUND);
  });

  test('the second table, where the volume says that it is in use', () => {
    const changes = { 88: number32(40), 92: number32(507), 106: 1, 110: 2 };
    assert.equal(assertOk(readExfatBoot(region(changes))).fatSector, 24 + 5);
  });

  test('a later major revision: CARD_NOT_FAT, because nobody shall mount it', () => {
    assert.match(assertFault(readExfatBoot(region({ 105: 2 })), 'CARD_NOT_FAT').detail, /revision 2.0/);
  });

  const lies: readonly (readonly [what: string, changes: Changes])[] = [
    ['another jump', { 1: 0x3c }],
    ['another name', { 3: 0x65 }],
    ['a parameter block of FAT', { 11: 0x02 }],
    ['the last byte that must be zero', { 63: 1 }],
    ['a volume below 1 MiB', { 72: number64(2047) }],
    ['a volume of no sectors', { 72: number64(0) }],
    ['a volume smaller than its clusters', { 72: number64(32 + 508 * 8 - 1) }],
    ['a table in the boot regions', { 80: number32(23) }],
    ['a table beyond the clusters', { 80: number32(0xffff_ffff) }],
    ['a table too short for its clusters', { 84: number32(3) }],
    ['a table into the clusters', { 84: number32(9) }],
    ['clusters in the table', { 88: number32(28) }],
    ['clusters beyond the end', { 88: number32(0xffff_ffff) }],
    ['more clusters than fit', { 92: number32(513) }],
    ['4 G of clusters', { 92: number32(0xffff_ffff), 72: number64(2n ** 63n) }],
    ['a root at cluster 0', { 96: number32(0) }],
    ['a root at cluster 1', { 96: number32(1) }],
    ['a root behind the last cluster', { 96: number32(510) }],
    ['the second table of one', { 106: 1 }],
    ['clusters of 64 MiB', { 109: 17 }],
    ['clusters of 2^255 sectors', { 109: 255 }],
    ['no table', { 110: 0 }],
    ['three tables', { 110: 3 }],
    ['no boot signature', { 510: 0 }],
  ];
  for (const [what, changes] of lies) {
    test(`${what}: CARD_DAMAGED, however well the checksum fits`, () => {
      assertFault(readExfatBoot(region(changes)), 'CARD_DAMAGED');
    });
  }

  test('any other byte changed, the checksum not: CARD_DAMAGED', () => {
    const sound = region();
    for (let at = 113; at < sound.length; at += 7) {
      const broken = Uint8Array.from(sound);
      broken[at] = (broken[at] ?? 0) ^ 0x10;
      assertFault(readExfatBoot(broken), 'CARD_DAMAGED');
    }
  });

  test('a region cut short: CARD_DAMAGED', () => {
    for (const length of [0, 100, 512, 11 * 512, 12 * 512 - 1]) {
      assertFault(readExfatBoot(region().slice(0, length)), 'CARD_DAMAGED');
    }
  });

  test('the size of sectors and the name, from the first 512 bytes', () => {
    assert.ok(isExfatBoot(region()));
    assert.ok(!isExfatBoot(region({ 3: 0x65 })));
    assert.equal(assertOk(exfatSectorBytes(region({}, 4096).subarray(0, 512))), 4096);
    for (const shift of [0, 8, 13, 255]) assertFault(exfatSectorBytes(region({ 108: shift })), 'CARD_DAMAGED');
  });
});
