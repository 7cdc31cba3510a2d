import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { smallestFat32Bytes } from '../core/image-size.ts';
import { bytesOf, GRK, OTHER_GRK, t2mTxt } from '../testing/cards.ts';
import { findRaw, inPartition, layoutOf, putRaw } from '../testing/fat-image.ts';
import { faultyDevice } from '../testing/faulty-device.ts';
import { memoryDevice } from './block-device-memory.ts';
import { makeCardImage } from './make-image.ts';
import { readCard } from './read-card.ts';
import { formatFat, writeCard } from './write-card.ts';

const MIB = 1024 * 1024;
const txt = t2mTxt();
const FILE = { name: 'T2M.txt', bytes: txt };
const imageOf = async (files = [FILE], sizeBytes = MIB) => assertOk(await makeCardImage(files, sizeBytes));
const has = (image: Uint8Array, text: string) => Buffer.from(image).includes(text);

suite('writing a card', (test) => {
  test('a file of the same name in another case is replaced', async () => {
    const image = await imageOf([{ name: 't2m.TXT', bytes: t2mTxt(OTHER_GRK) }]);
    assertOk(await writeCard(memoryDevice(image), [FILE]));
    assert.deepEqual(assertOk(await readCard(memoryDevice(image))), { t2mTxt: txt, otherFiles: [] });
  });

  test('no byte of a replaced or removed key stays behind on the card', async () => {
    // the former file is longer than a cluster, so that the new one cannot just have taken its place
    const former = { name: 'T2M.txt', bytes: bytesOf('\r\n'.repeat(700) + Buffer.from(t2mTxt(OTHER_GRK)).toString()) };
    const image = await imageOf([former]);
    assert.ok(has(image, OTHER_GRK));
    assertOk(await writeCard(memoryDevice(image), [FILE]));
    assert.ok(!has(image, OTHER_GRK.slice(4, 12)));
    assert.ok(has(image, GRK));
    assertOk(await writeCard(memoryDevice(image), [], { remove: ['T2M.txt'] }));
    assert.ok(!has(image, GRK.slice(4, 12)));
    assert.equal(assertOk(await readCard(memoryDevice(image))).t2mTxt, undefined);
  });

  test('other files and the rest of a partitioned card are left alone', async () => {
    const medium = inPartition(await imageOf([{ name: 'photo.jpg', bytes: bytesOf('a photo') }]));
    const before = Uint8Array.from(medium);
    assertOk(await writeCard(memoryDevice(medium), [FILE]));
    assert.deepEqual(medium.subarray(0, 2048 * 512), before.subarray(0, 2048 * 512));
    assert.ok(has(medium, 'a photo'));
    assert.deepEqual(assertOk(await readCard(memoryDevice(medium))).t2mTxt, txt);
  });

  test('a file that is not there is removed all the same', async () => {
    assertOk(await writeCard(memoryDevice(await imageOf([])), [], { remove: ['T2M.json'] }));
  });

  test('more than fits: CARD_FULL, and not one sector is written', async () => {
    const device = faultyDevice(memoryDevice(await imageOf([], 64 * 1024)));
    assertFault(await writeCard(device, [FILE, { name: 'BIG.BIN', bytes: new Uint8Array(64 * 1024) }]), 'CARD_FULL');
    assert.deepEqual(device.asked.written, []);
  });

  test('a directory or a read-only file in the way is refused before anything is written', async () => {
    for (const [attributes, code] of [
      [0x10, 'CARD_NOT_A_FILE'],
      [0x21, 'TARGET_REFUSED'],
    ] as const) {
      const image = await imageOf([FILE], 16 * MIB);
      const { at, cluster, size } = findRaw(image, 'T2M     TXT');
      putRaw(image, at, { name: 'T2M     TXT', attributes, cluster, size });
      const device = faultyDevice(memoryDevice(image));
      assertFault(await writeCard(device, [FILE]), code);
      assert.deepEqual(device.asked.written, []);
    }
  });

  test('a medium that stops taking writes: CARD_UNWRITABLE', async () => {
    for (const unwritableAfterWrites of [0, 1]) {
      const device = faultyDevice(memoryDevice(await imageOf([])), { unwritableAfterWrites });
      assertFault(await writeCard(device, [FILE]), 'CARD_UNWRITABLE');
    }
  });

  test('a medium that says it wrote and did not is found out', async () => {
    const { read, sizeBytes, close, flush } = memoryDevice(await imageOf([]));
    const forgetful = { read, sizeBytes, close, flush, write: async () => ({ ok: true, value: undefined }) as const };
    const written = await writeCard(forgetful, [FILE]);
    assert.ok(!written.ok);
  });

  test('a device opened for reading, and one that is no FAT, are refused', async () => {
    const { read, sizeBytes, close } = memoryDevice(await imageOf([]));
    assertFault(await writeCard({ read, sizeBytes, close }, [FILE]), 'TARGET_REFUSED');
    assertFault(await writeCard(memoryDevice(new Uint8Array(MIB)), [FILE]), 'CARD_NOT_FAT');
  });

  test('power cut after any write: the former key, the new one, or a refusal; never a mixture', async () => {
    const former = t2mTxt(OTHER_GRK);
    const seen = new Set<string>();
    for (let unwritableAfterWrites = 0; unwritableAfterWrites < 20; unwritableAfterWrites++) {
      const image = await imageOf([{ name: 'T2M.txt', bytes: former }]);
      const written = await writeCard(faultyDevice(memoryDevice(image), { unwritableAfterWrites }), [FILE]);
      const read = await readCard(memoryDevice(image));
      const text = read.ok
        ? Buffer.from(read.value.t2mTxt ?? [])
            .toString('latin1')
            .replaceAll('\0', '')
        : '';
      assert.ok(['', Buffer.from(former).toString(), Buffer.from(txt).toString()].includes(text), text);
      seen.add(text);
      if (written.ok) break;
    }
    assert.ok(seen.size >= 2);
  });
});

suite('formatting', (test) => {
  const sizes: readonly [sizeBytes: number, bits: number][] = [
    [64 * 1024, 12],
    [MIB, 12],
    [16 * MIB, 16],
    [smallestFat32Bytes - 512, 16],
    [smallestFat32Bytes, 32],
  ];
  for (const [sizeBytes, bits] of sizes) {
    test(`${sizeBytes} bytes become FAT${bits} with two tables`, async () => {
      const image = new Uint8Array(sizeBytes).fill(0xa5);
      assertOk(await formatFat(memoryDevice(image)));
      assert.equal(layoutOf(image).bits, bits);
      assert.equal(layoutOf(image).tables.length, 2);
      assert.deepEqual(assertOk(await readCard(memoryDevice(image))), { otherFiles: [] });
    });
  }

  test('the smallest FAT32 is 16 clusters and more from the border', () => {
    // fatgen103 p. 15: keep at least 16 clusters away from 65525
    const sectors = smallestFat32Bytes / 512 - 32 - 2 * Math.ceil(((smallestFat32Bytes / 512) * 4) / 512);
    assert.ok(sectors > 65525 + 16);
  });

  test('a label that FAT cannot hold is refused', async () => {
    for (const label of ['', 'lower', 'TWELVE CHARS', ' BLANK', 'A.B']) {
      assertFault(await formatFat(memoryDevice(new Uint8Array(MIB)), { label }), 'TARGET_REFUSED');
    }
  });
});
