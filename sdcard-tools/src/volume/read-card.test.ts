import { MEDIUM_MAX_BYTES, type Result } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { smallestFat32Bytes } from '../core/image-size.ts';
import { accountKey, bytesOf, t2mJson, t2mTxt } from '../testing/cards.ts';
import { clusterAt, findRaw, inPartition, layoutOf, nextOf, putRaw, setNext } from '../testing/fat-image.ts';
import { faultyDevice } from '../testing/faulty-device.ts';
import { memoryDevice } from './block-device-memory.ts';
import { makeCardImage } from './make-image.ts';
import { CARD_BUDGET, readCard } from './read-card.ts';

const MIB = 1024 * 1024;
const SIZES = { FAT12: MIB, FAT16: 16 * MIB, FAT32: smallestFat32Bytes };
const txt = t2mTxt();
const json = t2mJson(txt, accountKey());
const FILES = [
  { name: 'T2M.txt', bytes: txt },
  { name: 'T2M.json', bytes: json },
];
const WHOLE = { t2mTxt: txt, t2mJson: json, otherFiles: [] };

const imageOf = async (sizeBytes: number, files = FILES) => assertOk(await makeCardImage(files, sizeBytes));
const readImage = (image: Uint8Array) => readCard(memoryDevice(image));

/** An image with a root directory that is a chain of `clusters` clusters of deleted entries. */
async function deepRoot(clusters: number, last: number): Promise<Uint8Array> {
  const image = await imageOf(SIZES.FAT32, []);
  const { root, clusterBytes } = layoutOf(image);
  for (let i = 0; i < clusters; i++) {
    for (let at = 0; at < clusterBytes; at += 32) image[root + i * clusterBytes + at] = 0xe5;
    setNext(image, 2 + i, i === clusters - 1 ? last : 3 + i);
  }
  return image;
}

suite('reading a card', (test) => {
  for (const [kind, sizeBytes] of Object.entries(SIZES)) {
    test(`${kind} without and with a partition table: both files`, async () => {
      const image = await imageOf(sizeBytes);
      assert.equal(`FAT${layoutOf(image).bits}`, kind);
      assert.deepEqual(assertOk(await readImage(image)), WHOLE);
      assert.deepEqual(assertOk(await readImage(inPartition(image))), WHOLE);
      assert.deepEqual(assertOk(await readImage(inPartition(image, 63))), WHOLE);
    });
  }

  test('an empty card is read well', async () => {
    assert.deepEqual(assertOk(await readImage(await imageOf(MIB, []))), { otherFiles: [] });
  });

  test('names in any case; the other files of the list in their strict order', async () => {
    const names = ['COMCFG.TXT', 't2m.TXT', 'photo.jpg', 'Backup.tar', 'ewonfwr.ebus'];
    const image = await imageOf(
      MIB,
      names.map((name) => ({ name, bytes: txt })),
    );
    const files = assertOk(await readImage(image));
    assert.deepEqual(files, { t2mTxt: txt, otherFiles: ['ewonfwr.ebus', 'backup.tar', 'comcfg.txt'] });
  });

  test('a sound card costs at most 24 reads of the medium, each of at most 4 KiB', async () => {
    const device = faultyDevice(memoryDevice(await imageOf(SIZES.FAT32)));
    assertOk(await readCard(device));
    assert.ok(device.asked.read.length <= 24 * 8, `${device.asked.read.length} sectors`);
  });

  test('only the first partition counts', async () => {
    const image = inPartition(await imageOf(MIB, []), 4096);
    const table = inPartition(await imageOf(MIB), 8);
    const both = Uint8Array.from(image);
    both.set(table.subarray(8 * 512), 8 * 512);
    both.set(image.subarray(446, 462), 462); // the sound, empty volume is second
    both.set(table.subarray(446, 462), 446);
    assert.deepEqual(assertOk(await readImage(both)), WHOLE);
    both.fill(0, 8 * 512, 9 * 512); // the first is no file system any more: the second does not step in
    assertFault(await readImage(both), 'CARD_NOT_FAT');
  });
});

suite('reading a hostile card', (test) => {
  test('a directory named T2M.txt: CARD_NOT_A_FILE', async () => {
    const image = await imageOf(16 * MIB);
    putRaw(image, findRaw(image, 'T2M     TXT').at, { name: 'T2M     TXT', attributes: 0x10, cluster: 9 });
    assertFault(await readImage(image), 'CARD_NOT_A_FILE');
  });

  test('a T2M.txt of gigabytes: CARD_TOO_LARGE, and none of it is read', async () => {
    const image = await imageOf(16 * MIB);
    const { at, cluster } = findRaw(image, 'T2M     TXT');
    putRaw(image, at, { name: 'T2M     TXT', cluster, size: 0xffff_ffff });
    assert.match(assertFault(await readImage(image), 'CARD_TOO_LARGE').detail, /4294967295 bytes, limit 4096/);
  });

  test('two files named T2M.txt: neither is taken', async () => {
    const image = await imageOf(16 * MIB, [...FILES, { name: 'OTHER.TXT', bytes: t2mTxt() }]);
    const { at, cluster, size } = findRaw(image, 'OTHER   TXT');
    putRaw(image, at, { name: 'T2M     TXT', cluster, size });
    assertFault(await readImage(image), 'CARD_DAMAGED');
  });

  test('a chain that ends early, leads into nowhere, or begins at no cluster: CARD_DAMAGED', async () => {
    for (const next of [0, 1, 0xffff, 0xfff0]) {
      const image = await imageOf(16 * MIB, [{ name: 'T2M.TXT', bytes: bytesOf('x'.repeat(4000)) }]);
      const { cluster } = findRaw(image, 'T2M     TXT');
      setNext(image, cluster, next);
      assertFault(await readImage(image), 'CARD_DAMAGED');
    }
    for (const cluster of [0, 1, 0xfff0]) {
      const image = await imageOf(16 * MIB);
      putRaw(image, findRaw(image, 'T2M     TXT').at, { name: 'T2M     TXT', cluster, size: txt.length });
      assertFault(await readImage(image), 'CARD_DAMAGED');
    }
  });

  test('a circular chain is followed no further than the size of the file', async () => {
    const image = await imageOf(16 * MIB, [{ name: 'T2M.TXT', bytes: bytesOf('x'.repeat(4000)) }]);
    const { cluster } = findRaw(image, 'T2M     TXT');
    assert.ok(nextOf(image, cluster) > cluster);
    setNext(image, cluster, cluster);
    assert.equal(assertOk(await readImage(image)).t2mTxt?.length, 4000);
  });

  test('a circular root directory ends in CARD_BUDGET', async () => {
    assertFault(await readImage(await deepRoot(3, 2)), 'CARD_BUDGET');
  });

  test('a root directory of 60,000 entries ends in CARD_BUDGET, within 2 s and 5 MB', async () => {
    const image = await deepRoot(3750, 0x0fff_ffff);
    const device = faultyDevice(memoryDevice(image));
    const before = performance.now();
    assertFault(await readCard(device), 'CARD_BUDGET');
    assert.ok(performance.now() - before < 2000);
    assert.ok(device.asked.read.length * 512 <= CARD_BUDGET.bytes + 512, 'the budget, and the first look');
  });

  test('a root directory of 4,000 entries is no trouble', async () => {
    const image = await deepRoot(250, 0x0fff_ffff);
    const { root } = layoutOf(image);
    putRaw(image, root + 3999 * 32, { name: 'T2M     TXT', cluster: 1000, size: txt.length });
    setNext(image, 1000, 0x0fff_ffff);
    image.set(txt, clusterAt(image, 1000));
    assert.deepEqual(assertOk(await readImage(image)), { t2mTxt: txt, otherFiles: [] });
  });

  test('an image cut short: CARD_DAMAGED where something is missing', async () => {
    const image = await imageOf(16 * MIB);
    assertFault(
      await readImage(image.slice(0, clusterAt(image, findRaw(image, 'T2M     TXT').cluster))),
      'CARD_DAMAGED',
    );
  });

  test('a medium above 128 GB is not even looked at', async () => {
    const device = faultyDevice({ ...memoryDevice(new Uint8Array(512)), sizeBytes: MEDIUM_MAX_BYTES + 512 });
    assertFault(await readCard(device), 'CARD_MEDIUM_TOO_LARGE');
    assert.equal(device.asked.read.length, 0);
  });

  test('media of 0, 511 and 512 bytes: CARD_NOT_FAT', async () => {
    for (const sizeBytes of [0, 511, 512]) assertFault(await readImage(new Uint8Array(sizeBytes)), 'CARD_NOT_FAT');
  });

  test('every byte of the boot sector changed: both files, another reading, or a refusal; never a throw', async () => {
    const image = await imageOf(SIZES.FAT32);
    for (let at = 0; at < 90; at++) {
      for (const value of [0x00, 0xff]) {
        const broken = Uint8Array.from(image.subarray(0, 2 * MIB)); // where everything lies; the rest reads as cut off
        broken[at] = value;
        const read: Result<unknown> = await readCard(memoryDevice(broken));
        assert.equal(typeof read.ok, 'boolean');
      }
    }
  });
});

suite('reading a failing medium', (test) => {
  test('EIO at any sector: both files whole, or CARD_UNREADABLE', async () => {
    for (const sizeBytes of [SIZES.FAT12, SIZES.FAT32]) {
      const image = inPartition(await imageOf(sizeBytes));
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
    const image = await imageOf(SIZES.FAT12);
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
    const device = faultyDevice(memoryDevice(await imageOf(SIZES.FAT12)), { silentAfterReads: 2 });
    const fault = assertFault(await readCard(device, { ...CARD_BUDGET, timeMs: 20 }), 'CARD_UNREADABLE');
    assert.match(fault.detail, /no answer within 20 ms/);
  });

  test('a medium that answers too late is asked nothing more', async () => {
    const device = faultyDevice(memoryDevice(await imageOf(SIZES.FAT12)));
    const answer = Promise.withResolvers<void>();
    const late = {
      ...device,
      read: async (offset: number, length: number) => {
        const bytes = await device.read(offset, length);
        if (device.asked.read.length > 1) await answer.promise;
        return bytes;
      },
    };
    assertFault(await readCard(late, { ...CARD_BUDGET, timeMs: 20 }), 'CARD_UNREADABLE');
    const asked = device.asked.read.length;
    answer.resolve();
    await new Promise((resolve) => setImmediate(resolve)); // everything that follows from the answer has happened
    assert.equal(device.asked.read.length, asked);
  });

  test('an image replaced while it is read: never a mixture', async () => {
    const other = await imageOf(MIB, [{ name: 'T2M.TXT', bytes: t2mTxt(undefined, 'another card') }]);
    const probe = faultyDevice(memoryDevice(await imageOf(MIB)));
    assertOk(await readCard(probe));
    for (let after = 1; after < 12; after++) {
      const image = await imageOf(MIB);
      const device = memoryDevice(image);
      let reads = 0;
      const read = await readCard({
        ...device,
        read: (offset, length) => {
          reads += 1;
          if (reads === after) image.set(other);
          return device.read(offset, length);
        },
      });
      if (!read.ok) assert.equal(read.fault.code, 'CARD_GONE');
      else if (read.value.t2mJson) assert.deepEqual(read.value, WHOLE);
      else assert.deepEqual(read.value, { t2mTxt: t2mTxt(undefined, 'another card'), otherFiles: [] });
    }
  });
});
