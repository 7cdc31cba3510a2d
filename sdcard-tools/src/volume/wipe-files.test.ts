import { ok } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { bytesOf, GRK, t2mTxt } from '../testing/cards.ts';
import { exfatCard } from '../testing/exfat-cards.ts';
import { clusterAt, findRaw, inPartition, layoutOf, nextOf, putRaw, setNext } from '../testing/fat-image.ts';
import { faultyDevice } from '../testing/faulty-device.ts';
import type { BlockDevice } from './block-device.ts';
import { memoryDevice } from './block-device-memory.ts';
import { makeCardImage } from './make-image.ts';
import { readCard } from './read-card.ts';
import { WIPE_MAX_BYTES, wipeFiles } from './wipe-files.ts';

const MIB = 1024 * 1024;
const BOTH = ['T2M.txt', 'T2M.json'];
const JSON_FILE = { name: 'T2M.json', bytes: bytesOf(`{"signed":"${'x'.repeat(3000)}"}`) };
const TXT_FILE = { name: 'T2M.txt', bytes: t2mTxt() };
const PHOTO = { name: 'a photo of the cabinet.jpg', bytes: bytesOf('a photo '.repeat(400)) };
const SIZES = { FAT12: MIB, FAT16: 16 * MIB, FAT32: 40 * MIB } as const;
const imageOf = async (sizeBytes: number = MIB, files = [PHOTO, TXT_FILE, JSON_FILE]) =>
  assertOk(await makeCardImage(files, sizeBytes));
const has = (image: Uint8Array, text: string) => Buffer.from(image).includes(text);
const TXT_RAW = 'T2M     TXT';

suite('wiping files', (test) => {
  for (const [kind, sizeBytes] of Object.entries(SIZES)) {
    test(`${kind}: no byte of key and signature stays, the entries are blank, and other files are as they were`, async () => {
      const image = await imageOf(sizeBytes);
      assert.equal(layoutOf(image).bits, Number(kind.slice(3)));
      assertOk(await wipeFiles(memoryDevice(image), BOTH));
      for (const text of [GRK.slice(4, 10), 'T2MKey', '"signed"', 'xxxx', '2M     TXT', '2\0M\0.\0t\0x\0t'])
        assert.ok(!has(image, text), text);
      assert.ok(has(image, 'a photo '.repeat(64)));
      assert.deepEqual(assertOk(await readCard(memoryDevice(image))), { otherFiles: [] });
      const { cluster, size } = findRaw(image, 'APHOTO~1JPG');
      assert.equal(size, PHOTO.bytes.length);
      assert.notEqual(nextOf(image, cluster), 0);
    });

    test(`${kind}: what stood behind the end of the file, in its last cluster, goes as well`, async () => {
      const image = await imageOf(sizeBytes, [TXT_FILE]);
      const { cluster } = findRaw(image, TXT_RAW);
      image.set(bytesOf('an older key'), clusterAt(image, cluster) + TXT_FILE.bytes.length + 100);
      assertOk(await wipeFiles(memoryDevice(image), BOTH));
      assert.ok(!has(image, 'an older key'));
    });
  }

  test('a chain in pieces, longer than its file: every cluster of it is overwritten and free', async () => {
    const image = await imageOf(SIZES.FAT16, [TXT_FILE]);
    const { cluster } = findRaw(image, TXT_RAW);
    for (const [from, to] of [
      [cluster, 900],
      [900, 20],
      [20, 0xffff],
    ] as const) {
      setNext(image, from, to);
      image.set(bytesOf(`piece ${to}`), clusterAt(image, from) + 300);
    }
    assertOk(await wipeFiles(memoryDevice(image), BOTH));
    assert.ok(!has(image, 'piece'));
    assert.deepEqual(
      [cluster, 900, 20].map((c) => nextOf(image, c)),
      [0, 0, 0],
    );
  });

  test('names count in any case; a partitioned card is wiped in its partition and left alone in front of it', async () => {
    const image = inPartition(await imageOf(SIZES.FAT16, [{ ...TXT_FILE, name: 't2m.TXT' }]));
    const before = image.slice(0, 2048 * 512);
    assertOk(await wipeFiles(memoryDevice(image), BOTH));
    assert.ok(!has(image, GRK.slice(4, 10)));
    assert.deepEqual(image.subarray(0, 2048 * 512), before);
  });

  test('the content is overwritten and flushed before any entry goes away', async () => {
    const image = await imageOf();
    const { at, cluster } = findRaw(image, TXT_RAW);
    const order: string[] = [];
    const watched: BlockDevice = {
      ...memoryDevice(image),
      write: async (offset: number, bytes: Uint8Array) => {
        const covers = (place: number) => place >= offset && place < offset + bytes.length;
        if (covers(clusterAt(image, cluster))) order.push('content');
        if (covers(at)) order.push('entry');
        image.set(bytes, offset);
        return ok(undefined);
      },
      flush: async () => {
        order.push('flush');
        return ok(undefined);
      },
    };
    assertOk(await wipeFiles(watched, BOTH));
    assert.deepEqual(order, ['content', 'flush', 'entry', 'flush']);
  });

  test('nothing to wipe: nothing is written', async () => {
    const device = faultyDevice(memoryDevice(await imageOf(MIB, [PHOTO])));
    assertOk(await wipeFiles(device, [...BOTH, 'RESULT.TXT']));
    assert.deepEqual(device.asked.written, []);
  });

  test('pulled or failing after any write: a fault, never called wiped, and what cannot be read is no key', async () => {
    for (let unwritableAfterWrites = 0; ; unwritableAfterWrites++) {
      assert.ok(unwritableAfterWrites < 20);
      const image = await imageOf();
      const device = faultyDevice(memoryDevice(image), { unwritableAfterWrites });
      const wiped = await wipeFiles(device, BOTH);
      if (wiped.ok) break;
      assertFault(wiped, 'CARD_UNWRITABLE');
      const read = await readCard(memoryDevice(image));
      const kept = read.ok ? Buffer.from(read.value.t2mTxt ?? []).toString('latin1') : '';
      assert.ok(kept === '' || kept === Buffer.from(TXT_FILE.bytes).toString() || /^\0+$/.test(kept));
    }
  });

  test('a medium that says it wrote and did not is found out', async () => {
    const { read, sizeBytes, close, flush } = memoryDevice(await imageOf());
    const forgetful: BlockDevice = {
      read,
      sizeBytes,
      close,
      ...(flush && { flush }),
      write: async () => ok(undefined),
    };
    assertFault(await wipeFiles(forgetful, BOTH), 'CARD_UNWRITABLE');
  });

  test('a directory, a read-only file, a chain that is too long, one that holds the root: refused, nothing written', async () => {
    const directory = await imageOf(SIZES.FAT16, [TXT_FILE]);
    const txt = findRaw(directory, TXT_RAW);
    putRaw(directory, txt.at, { name: TXT_RAW, attributes: 0x10, cluster: txt.cluster });
    const readOnly = await imageOf(SIZES.FAT16, [TXT_FILE]);
    putRaw(readOnly, txt.at, { name: TXT_RAW, attributes: 0x21, cluster: txt.cluster, size: txt.size });

    const long = await imageOf(WIPE_MAX_BYTES + 4 * MIB, [TXT_FILE]);
    const { clusterBytes, tables } = layoutOf(long);
    const from = findRaw(long, TXT_RAW).cluster;
    const view = new DataView(long.buffer);
    for (let c = from; c <= from + WIPE_MAX_BYTES / clusterBytes; c++)
      view.setUint16((tables[0] ?? 0) + c * 2, c + 1, true);

    const root = await imageOf(SIZES.FAT32, [TXT_FILE]);
    setNext(root, findRaw(root, TXT_RAW).cluster, 2);

    for (const [image, code] of [
      [directory, 'CARD_NOT_A_FILE'],
      [readOnly, 'TARGET_REFUSED'],
      [long, 'CARD_TOO_LARGE'],
      [root, 'CARD_DAMAGED'],
    ] as const) {
      const device = faultyDevice(memoryDevice(image));
      assertFault(await wipeFiles(device, BOTH), code);
      assert.deepEqual(device.asked.written, []);
    }
  });

  test('exFAT, no FAT, and a device opened for reading are refused', async () => {
    assertFault(await wipeFiles(memoryDevice(exfatCard([]).image), BOTH), 'CARD_EXFAT');
    assertFault(await wipeFiles(memoryDevice(new Uint8Array(MIB)), BOTH), 'CARD_NOT_FAT');
    const { read, sizeBytes, close } = memoryDevice(await imageOf());
    assertFault(await wipeFiles({ read, sizeBytes, close }, BOTH), 'TARGET_REFUSED');
  });
});
