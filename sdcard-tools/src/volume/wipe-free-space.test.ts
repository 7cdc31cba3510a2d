import { ok } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { bytesOf, GRK, OTHER_GRK, t2mTxt } from '../testing/cards.ts';
import { exfatCard } from '../testing/exfat-cards.ts';
import { inPartition, layoutOf } from '../testing/fat-image.ts';
import { faultyDevice } from '../testing/faulty-device.ts';
import type { BlockDevice } from './block-device.ts';
import { memoryDevice } from './block-device-memory.ts';
import { makeCardImage } from './make-image.ts';
import { readCard } from './read-card.ts';
import { findKey, wipeFreeSpace } from './wipe-free-space.ts';

const MIB = 1024 * 1024;
const FILES = [
  { name: 'T2M.txt', bytes: t2mTxt() },
  { name: 'photo.jpg', bytes: bytesOf('a photo '.repeat(9000)) },
];

suite('wiping free space', (test) => {
  for (const [kind, sizeBytes] of Object.entries({ FAT12: MIB, FAT16: 16 * MIB, FAT32: 40 * MIB })) {
    test(`${kind}: what stood in any free cluster is gone, the last one too; files are as they were`, async () => {
      const image = assertOk(await makeCardImage(FILES, sizeBytes));
      const { data, clusterBytes } = layoutOf(image);
      const clusters = Math.floor((sizeBytes - data) / clusterBytes);
      const used = Buffer.from(image).lastIndexOf('a photo ');
      const free = [used + clusterBytes, data + 700 * clusterBytes, data + (clusters - 1) * clusterBytes];
      for (const at of free) image.set(bytesOf(OTHER_GRK), at + 100);
      const told: number[] = [];
      assertOk(await wipeFreeSpace(memoryDevice(image), ({ done, total }) => told.push(done / total)));
      assert.ok(!Buffer.from(image).includes(OTHER_GRK.slice(4, 12)));
      assert.deepEqual(assertOk(await readCard(memoryDevice(image))).t2mTxt, FILES[0]?.bytes);
      assert.ok(Buffer.from(image).includes('a photo '.repeat(64)));
      assert.equal(told.at(-1), 1);
      assert.deepEqual(
        told,
        [...told].sort((a, b) => a - b),
      );
    });
  }

  test('of a partitioned card only the volume is touched, and what is blank already is not written again', async () => {
    const image = inPartition(assertOk(await makeCardImage(FILES, 16 * MIB)));
    image.set(bytesOf(OTHER_GRK), 4096); // between the table of partitions and the first one
    image.set(bytesOf(OTHER_GRK), image.length - 4096);
    const device = faultyDevice(memoryDevice(image));
    assertOk(await wipeFreeSpace(device));
    assert.ok(device.asked.written.length > 0 && device.asked.written.length * 512 <= MIB);
    assert.ok(Buffer.from(image).indexOf(OTHER_GRK) === 4096);
    assert.equal(Buffer.from(image).lastIndexOf(OTHER_GRK), 4096);
  });

  test('a medium that fails, exFAT, and a device opened for reading: a fault', async () => {
    const image = assertOk(await makeCardImage(FILES, MIB));
    image.set(bytesOf(OTHER_GRK), image.length - 512);
    const broken = faultyDevice(memoryDevice(image), { unwritableAfterWrites: 0 });
    assertFault(await wipeFreeSpace(broken), 'CARD_UNWRITABLE');
    assertFault(await wipeFreeSpace(memoryDevice(exfatCard([]).image)), 'CARD_EXFAT');
    const { read, sizeBytes, close } = memoryDevice(image);
    assertFault(await wipeFreeSpace({ read, sizeBytes, close }), 'TARGET_REFUSED');
  });
});

suite('looking for keys', (test) => {
  test('a key is found wherever it begins, across the parts that are read as well', async () => {
    for (const at of [0, 511, MIB - 36, MIB - 35, MIB - 1, MIB, 2 * MIB + 512 - 36]) {
      const image = new Uint8Array(2 * MIB + 512);
      image.set(bytesOf(GRK), at);
      assert.equal(assertOk(await findKey(memoryDevice(image))), at, String(at));
    }
  });

  test('what is shorter, or of other letters, is none', async () => {
    const image = new Uint8Array(MIB);
    for (const [at, text] of [
      [0, GRK.slice(0, 35)],
      [1000, GRK.toLowerCase()],
      [2000, `B${GRK.slice(1)}`],
    ] as const)
      image.set(bytesOf(text), at);
    assert.equal(assertOk(await findKey(memoryDevice(image))), undefined);
  });

  test('it is looked for on the medium, not in what the system remembers', async () => {
    const image = new Uint8Array(MIB);
    const device: BlockDevice = {
      ...memoryDevice(image),
      readBack: async (offset, length) => {
        const bytes = image.slice(offset, offset + length);
        bytes.set(bytesOf(GRK), 512);
        return ok(bytes);
      },
    };
    assert.equal(assertOk(await findKey(device)), 512);
  });
});
