import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { clustersTold, type FatLayout, fatClusterSector, readFatLayout, tableEntry } from './fat-layout.ts';

/** A boot sector with the fields that matter here (fatgen103 pp. 9-12). */
function boot(fields: {
  readonly perCluster?: number;
  readonly tableSectors: number;
  readonly total: number;
  readonly rootEntries?: number;
  readonly wide?: true;
}): Uint8Array {
  const { perCluster = 1, tableSectors, total, rootEntries = 0, wide } = fields;
  const bytes = new Uint8Array(512);
  const view = new DataView(bytes.buffer);
  view.setUint16(11, 512, true);
  bytes[13] = perCluster;
  view.setUint16(14, 32, true);
  bytes[16] = 2;
  view.setUint16(17, rootEntries, true);
  view.setUint32(32, total, true);
  if (wide) view.setUint32(36, tableSectors, true);
  else view.setUint16(22, tableSectors, true);
  view.setUint32(44, 2, true);
  return bytes;
}

const reading = (fields: Parameters<typeof boot>[0]) => assertOk(readFatLayout(boot(fields)));
const layoutOf = (bits: FatLayout['bits'], clusters = 5000): FatLayout => ({
  ...reading({ tableSectors: 1000, total: 5000, wide: true }),
  bits,
  clusters,
});

suite('the layout of a FAT volume', (test) => {
  test('the parts follow each other: reserved sectors, tables, the root of FAT12 and FAT16, clusters', () => {
    const { bits, tableSector, dataSector, clusters, rootCluster } = reading({
      ...{ perCluster: 4, tableSectors: 24, total: 32 + 48 + 32 + 4 * 6000 + 3, rootEntries: 512 },
    });
    assert.deepEqual([bits, tableSector, dataSector, clusters, rootCluster], [16, 32, 112, 6000, undefined]);
    const wide = reading({ tableSectors: 600, total: 32 + 1200 + 70_000, wide: true });
    assert.deepEqual([wide.bits, wide.dataSector, wide.clusters, wide.rootCluster], [32, 1232, 70_000, 2]);
    assert.equal(fatClusterSector(wide, 2), 1232);
    assert.equal(fatClusterSector({ ...wide, sectorsPerCluster: 8 }, 5), 1256);
  });

  for (const [clusters, bits] of [
    [4085, 12],
    [4086, 16],
    [65_525, 16],
    [65_526, 32],
  ] as const) {
    test(`${clusters} clusters are read as FAT${bits}, as FatFs does`, () => {
      assert.equal(reading({ tableSectors: 600, total: 32 + 1200 + clusters, wide: true }).bits, bits);
    });
  }

  test('no cluster, or a table too small for them: CARD_DAMAGED', () => {
    assertFault(readFatLayout(new Uint8Array(512)), 'CARD_DAMAGED');
    assertFault(readFatLayout(boot({ tableSectors: 20, total: 40 })), 'CARD_DAMAGED');
    assertFault(readFatLayout(boot({ tableSectors: 1, total: 34 + 5000 })), 'CARD_DAMAGED');
  });

  test('entries of 12 bits share three bytes, of 32 bits the upper four are not part', () => {
    const table = Uint8Array.of(0xf8, 0xff, 0xff, 0x34, 0x12, 0x56, 0x78, 0x00, 0xf0);
    const byteAt = (at: number) => table[at] ?? 0;
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5].map((cluster) => tableEntry(layoutOf(12), cluster, byteAt)),
      [0xff8, 0xfff, 0x234, 0x561, 0x078, 0xf00],
    );
    assert.deepEqual(
      [1, 2].map((cluster) => tableEntry(layoutOf(16), cluster, byteAt)),
      [0x34ff, 0x5612],
    );
    assert.equal(
      tableEntry(layoutOf(32), 1, (at) => [0xff, 0xff, 0xff, 0xff][at - 4] ?? 0),
      0x0fff_ffff,
    );
  });

  test('every cluster is told by one sector of the table, none is left out', () => {
    for (const bits of [12, 16, 32] as const) {
      const layout = layoutOf(bits, 2000);
      const told = Array.from({ length: 20 }, (_, sector) => clustersTold(layout, sector)).flatMap(({ first, last }) =>
        Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => first + i),
      );
      assert.deepEqual(
        told,
        Array.from({ length: 2000 }, (_, i) => i + 2),
        `FAT${bits}`,
      );
    }
  });
});
