import { MEDIUM_MAX_BYTES } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { accountKey, bytesOf, t2mJson, t2mTxt } from '../testing/cards.ts';
import { type ExfatCard, exfatCard } from '../testing/exfat-cards.ts';
import { appendEntries, changeSet, findExfat, type Lying, number64, putExfat } from '../testing/exfat-files.ts';
import {
  END_OF_CHAIN,
  exfatClusterAt,
  exfatNext,
  exfatPartsOf,
  number32,
  rootEntries,
  sealBoot,
  setExfatNext,
} from '../testing/exfat-image.ts';
import { inPartition } from '../testing/fat-image.ts';
import { faultyDevice } from '../testing/faulty-device.ts';
import { inGpt } from '../testing/gpt-image.ts';
import { memoryDevice } from './block-device-memory.ts';
import { CARD_BUDGET, readCard } from './read-card.ts';
import { writeCard } from './write-card.ts';

const MIB = 1024 * 1024;
const txt = t2mTxt();
const json = t2mJson(txt, accountKey());
const FILES = [
  { name: 'T2M.txt', bytes: txt },
  { name: 'T2M.json', bytes: json },
];
const WHOLE = { t2mTxt: txt, t2mJson: json, otherFiles: [] };
const LONG = bytesOf('x'.repeat(4000));

const readImage = ({ image }: ExfatCard) => readCard(memoryDevice(image));
/** A card with a T2M.txt of 8 clusters of 512 bytes that are a chain, and those clusters. */
function chainedCard() {
  const card = exfatCard([], { clusterBytes: 512 });
  const clusters = putExfat(card.medium, { name: 'T2M.txt', bytes: LONG, lying: 'chained' });
  return { ...card, clusters };
}

suite('reading a card of exFAT', (test) => {
  for (const sectorBytes of [512, 1024, 2048, 4096]) {
    test(`sectors of ${sectorBytes} bytes, without and with a partition table of either kind: both files`, async () => {
      const { image } = exfatCard(FILES, { sectorBytes });
      for (const medium of [image, inPartition(image), inPartition(image, 63), inGpt(image)]) {
        assert.deepEqual(assertOk(await readCard(memoryDevice(medium))), WHOLE);
      }
    });
  }

  for (const clusterBytes of [512, 4096, 32_768, 262_144]) {
    for (const lying of ['contiguous', 'chained', 'fragmented'] as const satisfies readonly Lying[]) {
      test(`clusters of ${clusterBytes} bytes, ${lying}: both files`, async () => {
        const files = FILES.map((file) => ({ ...file, lying }));
        assert.deepEqual(assertOk(await readImage(exfatCard(files, { clusterBytes, sizeBytes: 4 * MIB }))), WHOLE);
      });
    }
  }

  test('an empty card is read well', async () => {
    assert.deepEqual(assertOk(await readImage(exfatCard([]))), { otherFiles: [] });
  });

  test('names in any case; the other files of the list in their strict order', async () => {
    const names = ['COMCFG.TXT', 't2m.TXT', 'photo.jpg', 'Backup.tar', 'ewonfwr.ebus', 'bac\u212Aup.tar'];
    const card = exfatCard(names.map((name) => ({ name, bytes: txt })));
    const otherFiles = ['ewonfwr.ebus', 'backup.tar', 'comcfg.txt'];
    assert.deepEqual(assertOk(await readImage(card)), { t2mTxt: txt, otherFiles });
  });

  test('an empty T2M.txt, and one of the largest size', async () => {
    const [empty, largest] = [new Uint8Array(), bytesOf('x'.repeat(4096))];
    for (const bytes of [empty, largest]) {
      const { t2mTxt: read } = assertOk(await readImage(exfatCard([{ name: 'T2M.txt', bytes }])));
      assert.deepEqual(read, bytes);
    }
  });

  test('what was never written reads as zeros, not as what lies there', async () => {
    for (const validBytes of [0, 1, 512, 513, 3999]) {
      const { t2mTxt: read } = assertOk(await readImage(exfatCard([{ name: 'T2M.txt', bytes: LONG, validBytes }])));
      assert.deepEqual(
        read,
        Uint8Array.from(LONG, (byte, at) => (at < validBytes ? byte : 0)),
      );
    }
  });

  test('a card that was pulled from a PC without being ejected is read all the same', async () => {
    const card = exfatCard(FILES);
    card.medium.write(106, Uint8Array.of(2));
    assert.deepEqual(assertOk(await readImage(card)), WHOLE);
  });

  test('a root directory of many clusters, in pieces', async () => {
    const card = exfatCard([], { clusterBytes: 512 });
    for (let i = 0; i < 40; i++) {
      putExfat(card.medium, { name: `photo ${i} with a name.jpeg`, bytes: txt, lying: 'chained' });
    }
    for (const file of FILES) putExfat(card.medium, file);
    assert.notEqual(exfatNext(card.medium, exfatPartsOf(card.medium).rootCluster), END_OF_CHAIN);
    assert.deepEqual(assertOk(await readImage(card)), WHOLE);
  });

  test('a root directory that is full to its last entry has no mark at its end', async () => {
    const card = exfatCard(FILES, { clusterBytes: 512 });
    appendEntries(card.medium, new Uint8Array(32 * 7).fill(0x05)); // 3 own, 3 and 3 of files: 9 of 16
    assert.ok(rootEntries(card.medium).every(({ bytes }) => bytes[0] !== 0));
    assert.deepEqual(assertOk(await readImage(card)), WHOLE);
  });

  test('a sound card costs at most 16 reads of the medium, each of at most 4 KiB', async () => {
    const { image } = exfatCard(FILES);
    const device = faultyDevice(memoryDevice(image));
    assertOk(await readCard(device));
    assert.ok(device.asked.read.length <= 16 * 8, `${device.asked.read.length} sectors`);
  });
});

suite('reading a hostile card of exFAT', (test) => {
  test('a directory named T2M.txt: CARD_NOT_A_FILE', async () => {
    assertFault(
      await readImage(exfatCard([{ name: 'T2M.txt', bytes: new Uint8Array(4096), attributes: 0x10 }])),
      'CARD_NOT_A_FILE',
    );
  });

  test('a T2M.txt of 16 EiB: CARD_TOO_LARGE, and none of it is read', async () => {
    for (const size of [4097n, 2n ** 32n + 1n, 2n ** 63n, 2n ** 64n - 1n]) {
      const card = exfatCard([{ name: 'T2M.txt', bytes: LONG }]);
      changeSet(card.medium, findExfat(card.medium, 'T2M.txt'), { 40: number64(size), 56: number64(size) });
      const device = faultyDevice(memoryDevice(card.image));
      const { detail } = assertFault(await readCard(device), 'CARD_TOO_LARGE');
      assert.match(detail, new RegExp(`T2M.txt is ${size} bytes, limit 4096`));
      assert.ok(device.asked.read.every((sector) => sector * 512 < exfatClusterAt(exfatPartsOf(card.medium), 5)));
    }
  });

  test('two files named T2M.txt: neither is taken', async () => {
    const card = exfatCard([
      { name: 'T2M.txt', bytes: txt },
      { name: 't2m.txt', bytes: t2mTxt() },
    ]);
    assertFault(await readImage(card), 'CARD_DAMAGED');
  });

  test('more bytes valid than there are: CARD_DAMAGED', async () => {
    assertFault(await readImage(exfatCard([{ name: 'T2M.txt', bytes: LONG, validBytes: 4001 }])), 'CARD_DAMAGED');
  });

  test('a chain that ends early, leads into nowhere, or begins at no cluster: CARD_DAMAGED', async () => {
    for (const next of [0, 1, END_OF_CHAIN, 0xffff_fff7, 0x0fff_ffff, 100_000]) {
      const { medium, image, clusters } = chainedCard();
      setExfatNext(medium, clusters[3] ?? 0, next);
      assertFault(await readImage({ medium, image }), 'CARD_DAMAGED');
    }
    for (const first of [0, 1, 100_000, 0xffff_ffff]) {
      const card = chainedCard();
      changeSet(card.medium, findExfat(card.medium, 'T2M.txt'), { 52: number32(first) });
      assertFault(await readImage(card), 'CARD_DAMAGED');
    }
  });

  test('a row of clusters that begins in front of them or runs over the end: CARD_DAMAGED', async () => {
    for (const first of [0, 1]) {
      const card = exfatCard(FILES);
      changeSet(card.medium, findExfat(card.medium, 'T2M.txt'), { 52: number32(first) });
      assertFault(await readImage(card), 'CARD_DAMAGED');
    }
    const card = exfatCard([{ name: 'T2M.txt', bytes: LONG }], { clusterBytes: 512 });
    const { clusters } = exfatPartsOf(card.medium);
    changeSet(card.medium, findExfat(card.medium, 'T2M.txt'), { 52: number32(clusters + 1 - 6) });
    assertFault(await readImage(card), 'CARD_DAMAGED');
  });

  test('a circular chain, of a file and of the root: CARD_DAMAGED', async () => {
    for (const back of [0, 2, 3]) {
      const { medium, image, clusters } = chainedCard();
      setExfatNext(medium, clusters[3] ?? 0, clusters[back] ?? 0);
      assertFault(await readImage({ medium, image }), 'CARD_DAMAGED');
    }
    const card = exfatCard(FILES, { clusterBytes: 512 });
    const { rootCluster } = exfatPartsOf(card.medium);
    appendEntries(card.medium, new Uint8Array(32 * 7).fill(0x05));
    setExfatNext(card.medium, rootCluster, rootCluster);
    assert.match(assertFault(await readImage(card), 'CARD_DAMAGED').detail, /used twice/);
  });

  test('two files that share a cluster, or one that is the root directory: CARD_DAMAGED', async () => {
    const card = exfatCard(FILES);
    const at = findExfat(card.medium, 'T2M.json');
    changeSet(card.medium, at, { 52: card.medium.read(findExfat(card.medium, 'T2M.txt') + 52, 4) });
    assertFault(await readImage(card), 'CARD_DAMAGED');
    changeSet(card.medium, at, { 52: number32(exfatPartsOf(card.medium).rootCluster) });
    assertFault(await readImage(card), 'CARD_DAMAGED');
  });

  test('a root directory without end is CARD_BUDGET, within 2 s', async () => {
    // 8 MiB of deleted entries, one cluster after the other
    const card = exfatCard([], { sizeBytes: 8 * MIB, clusterBytes: 4096 });
    const parts = exfatPartsOf(card.medium);
    for (let cluster = parts.rootCluster; cluster <= parts.clusters; cluster++) {
      card.medium.write(exfatClusterAt(parts, cluster), new Uint8Array(4096).fill(0x05));
      setExfatNext(card.medium, cluster, cluster + 1);
    }
    const device = faultyDevice(memoryDevice(card.image));
    const before = performance.now();
    assertFault(await readCard(device), 'CARD_BUDGET');
    assert.ok(performance.now() - before < 2000);
    assert.ok(device.asked.read.length * 512 <= CARD_BUDGET.bytes + 512, 'the budget, and the first look');
  });

  test('a root directory of 4,000 deleted entries is no trouble', async () => {
    const card = exfatCard([], { clusterBytes: 4096 });
    appendEntries(card.medium, new Uint8Array(32 * 4000).fill(0x45));
    for (const file of FILES) putExfat(card.medium, file);
    assert.deepEqual(assertOk(await readImage(card)), WHOLE);
  });

  test('a boot sector that lies, with a checksum that fits: CARD_DAMAGED', async () => {
    for (const [at, value] of [
      [92, 0xffff_fff0],
      [96, 1],
      [80, 0],
      [88, 0xffff_ffff],
    ] as const) {
      const card = exfatCard(FILES);
      card.medium.write(at, number32(value));
      sealBoot(card.medium);
      assertFault(await readImage(card), 'CARD_DAMAGED');
    }
  });

  test('a volume larger than its medium: CARD_DAMAGED where something is missing, and only there', async () => {
    const { image, medium } = exfatCard(FILES);
    const end = exfatClusterAt(exfatPartsOf(medium), 20);
    assert.deepEqual(assertOk(await readCard(memoryDevice(image.slice(0, end)))), WHOLE);
    for (const cut of [512, 4096, 12 * 512, exfatClusterAt(exfatPartsOf(medium), 5)]) {
      assertFault(await readCard(memoryDevice(image.slice(0, cut))), 'CARD_DAMAGED');
    }
  });

  test('a medium above 128 GB is not even looked at', async () => {
    const device = faultyDevice({ ...memoryDevice(exfatCard(FILES).image), sizeBytes: MEDIUM_MAX_BYTES + 512 });
    assertFault(await readCard(device), 'CARD_MEDIUM_TOO_LARGE');
    assert.equal(device.asked.read.length, 0);
  });

  test('a later revision of exFAT: CARD_NOT_FAT', async () => {
    const card = exfatCard(FILES);
    card.medium.write(105, Uint8Array.of(2));
    sealBoot(card.medium);
    assertFault(await readImage(card), 'CARD_NOT_FAT');
  });
});

suite('reading a failing medium of exFAT', (test) => {
  test('EIO at any sector: both files whole, or CARD_UNREADABLE', async () => {
    for (const image of [exfatCard(FILES).image, inGpt(exfatCard(FILES, { clusterBytes: 512 }).image)]) {
      const probe = faultyDevice(memoryDevice(image));
      assertOk(await readCard(probe));
      const outcomes = { whole: 0, refused: 0 };
      for (const bad of new Set(probe.asked.read)) {
        const read = await readCard(faultyDevice(memoryDevice(image), { badSectors: [bad] }));
        outcomes[read.ok ? 'whole' : 'refused'] += 1;
        if (read.ok) assert.deepEqual(read.value, WHOLE, `sector ${bad}`);
        else assertFault(read, 'CARD_UNREADABLE');
      }
      assert.ok(outcomes.whole > 0, 'a bad neighbour of a good sector does no harm');
      assert.ok(outcomes.refused > 0);
    }
  });

  test('pulled after any read: CARD_GONE', async () => {
    const { image } = exfatCard(FILES);
    for (let goneAfterReads = 0; ; goneAfterReads++) {
      const read = await readCard(faultyDevice(memoryDevice(image), { goneAfterReads }));
      if (read.ok) {
        assert.ok(goneAfterReads > 5);
        break;
      }
      assertFault(read, 'CARD_GONE');
    }
  });

  test('a medium that falls silent: CARD_UNREADABLE when the time is over', async () => {
    const device = faultyDevice(memoryDevice(exfatCard(FILES).image), { silentAfterReads: 2 });
    assertFault(await readCard(device, { ...CARD_BUDGET, timeMs: 20 }), 'CARD_UNREADABLE');
  });

  test('an image replaced while it is read: never a mixture', async () => {
    const other = t2mTxt(undefined, 'another card');
    const { image: second } = exfatCard([{ name: 'T2M.txt', bytes: other }]);
    const seen = new Set<string>();
    for (let after = 1; after < 20; after++) {
      const { image } = exfatCard(FILES);
      const device = memoryDevice(image);
      let reads = 0;
      const read = await readCard({
        ...device,
        read: (offset, length) => {
          reads += 1;
          if (reads === after) image.set(second);
          return device.read(offset, length);
        },
      });
      seen.add(read.ok ? String(read.value.t2mJson !== undefined) : read.fault.code);
      if (!read.ok) assert.equal(read.fault.code, 'CARD_GONE');
      else if (read.value.t2mJson) assert.deepEqual(read.value, WHOLE);
      else assert.deepEqual(read.value, { t2mTxt: other, otherFiles: [] });
    }
    assert.deepEqual([...seen].sort(), ['CARD_GONE', 'false', 'true']);
  });
});

suite('writing a card of exFAT', (test) => {
  test('refused with a code of its own, and not one sector is written', async () => {
    for (const image of [exfatCard(FILES).image, inGpt(exfatCard([]).image)]) {
      const device = faultyDevice(memoryDevice(image));
      assertFault(await writeCard(device, [{ name: 'T2M.txt', bytes: txt }]), 'CARD_EXFAT');
      assert.deepEqual(device.asked.written, []);
    }
  });
});
