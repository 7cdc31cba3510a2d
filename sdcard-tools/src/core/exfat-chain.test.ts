import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { number32 } from '../testing/exfat-image.ts';
import type { ExfatLayout } from './exfat-boot.ts';
import { clusterBytes, clusterSector, isCluster, linkPlace, nextCluster } from './exfat-chain.ts';

const LAYOUT: ExfatLayout = {
  sectorBytes: 512,
  sectorsPerCluster: 8,
  clusterCount: 1000,
  fatSector: 24,
  heapSector: 64,
  rootCluster: 4,
};
/** The largest that there may be. */
const HUGE: ExfatLayout = {
  ...LAYOUT,
  sectorsPerCluster: 65_536,
  clusterCount: 2 ** 32 - 11,
  heapSector: 2 ** 32 - 1,
};

suite('clusters of exFAT', (test) => {
  test('where they lie, without overflow in the largest volume either', () => {
    assert.equal(clusterBytes(LAYOUT), 4096);
    assert.equal(clusterSector(LAYOUT, 2), 64);
    assert.equal(clusterSector(LAYOUT, 5), 88);
    assert.equal(clusterSector(HUGE, 2 ** 32 - 10), 2 ** 32 - 1 + (2 ** 32 - 12) * 65_536);
  });

  test('where the table tells what follows', () => {
    assert.deepEqual(linkPlace(LAYOUT, 2), { sector: 24, at: 8 });
    assert.deepEqual(linkPlace(LAYOUT, 127), { sector: 24, at: 508 });
    assert.deepEqual(linkPlace(LAYOUT, 128), { sector: 25, at: 0 });
    assert.deepEqual(linkPlace(HUGE, 2 ** 32 - 10), { sector: 24 + 2 ** 25 - 1, at: 512 - 40 });
  });

  test('which there are', () => {
    assert.deepEqual(
      [0, 1, 2, 1001, 1002, 0xffff_fff7].filter((c) => isCluster(LAYOUT, c)),
      [2, 1001],
    );
  });

  const links: readonly (readonly [entry: number, next: number | undefined | 'damaged'])[] = [
    [2, 2],
    [1001, 1001],
    [0xffff_ffff, undefined],
    [0, 'damaged'],
    [1, 'damaged'],
    [1002, 'damaged'],
    [0xffff_fff7, 'damaged'], // a bad cluster is none to read from
    [0xffff_fff8, 'damaged'], // the end on FAT32, not here
  ];
  for (const [entry, next] of links) {
    test(`an entry of ${entry.toString(16)}h: ${next ?? 'the end'}`, () => {
      const sector = new Uint8Array(512);
      sector.set(number32(entry), 16);
      const read = nextCluster(LAYOUT, 128 + 4, sector);
      if (next === 'damaged') assertFault(read, 'CARD_DAMAGED');
      else assert.equal(assertOk(read), next);
    });
  }
});
