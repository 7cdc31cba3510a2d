import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { t2mTxt } from '../testing/cards.ts';
import { inPartition } from '../testing/fat-image.ts';
import { faultyDevice } from '../testing/faulty-device.ts';
import { EFI_SYSTEM, inGpt, putGpt, sealGptHeader } from '../testing/gpt-image.ts';
import { memoryDevice } from './block-device-memory.ts';
import { findVolume } from './find-volume.ts';
import { makeCardImage } from './make-image.ts';
import { readCard } from './read-card.ts';
import { writeCard } from './write-card.ts';

const MIB = 1024 * 1024;
const FILE = { name: 'T2M.txt', bytes: t2mTxt() };
const fat = async () => assertOk(await makeCardImage([FILE], MIB));
const volumeOf = async (medium: Uint8Array) => {
  const { startBytes, sizeBytes, kind } = assertOk(await findVolume(memoryDevice(medium)));
  return { startBytes, sizeBytes, kind };
};

suite('the volume of a medium', (test) => {
  test('without a partition table, in the first DOS partition, in the first GPT partition', async () => {
    const image = await fat();
    assert.deepEqual(await volumeOf(image), { startBytes: 0, sizeBytes: MIB, kind: 'fat' });
    assert.deepEqual(await volumeOf(inPartition(image)), { startBytes: MIB, sizeBytes: MIB, kind: 'fat' });
    assert.deepEqual(await volumeOf(inGpt(image)), { startBytes: MIB, sizeBytes: MIB, kind: 'fat' });
  });

  test('the partition that macOS puts in front is passed over', async () => {
    const medium = inGpt(await fat());
    putGpt(medium, [
      { first: 40, last: 2047, type: EFI_SYSTEM },
      { first: 2048, last: 4095 },
    ]);
    assert.equal((await volumeOf(medium)).startBytes, MIB);
  });

  test('what lies behind the end of a GPT partition is not read', async () => {
    const medium = inGpt(await fat());
    putGpt(medium, [{ first: 2048, last: 2060 }]); // the FAT says that it has 2048 sectors
    assertFault(await readCard(memoryDevice(medium)), 'CARD_DAMAGED');
  });

  test('a file is written into a GPT partition, and the tables of partitions stay as they are', async () => {
    const medium = inGpt(await fat());
    const before = Uint8Array.from(medium);
    assertOk(await writeCard(memoryDevice(medium), [{ name: 'T2M.json', bytes: FILE.bytes }]));
    assert.deepEqual(medium.subarray(0, MIB), before.subarray(0, MIB));
    assert.deepEqual(medium.subarray(2 * MIB), before.subarray(2 * MIB));
    assert.deepEqual(assertOk(await readCard(memoryDevice(medium))).t2mJson, FILE.bytes);
  });
});

suite('a GPT that is damaged', (test) => {
  const last = (medium: Uint8Array) => medium.length / 512 - 1;
  const damages: readonly (readonly [what: string, damage: (medium: Uint8Array) => void])[] = [
    ['no header', (m) => m.fill(0, 512, 1024)],
    ['a header with a wrong checksum', (m) => m.fill(0x5a, 512 + 56, 512 + 57)],
    ['a table with a wrong checksum', (m) => m.fill(0x5a, 1024, 1025)],
    [
      'a table beyond the end',
      (m) => {
        m.fill(0xff, 512 + 72, 512 + 75);
        sealGptHeader(m, 1);
      },
    ],
  ];
  for (const [what, damage] of damages) {
    test(`${what}: the second header is taken`, async () => {
      const medium = inGpt(await fat());
      damage(medium);
      assert.equal((await volumeOf(medium)).startBytes, MIB);
    });

    test(`${what}, and no second header: CARD_DAMAGED, with both reasons`, async () => {
      const medium = inGpt(await fat());
      damage(medium);
      medium.fill(0, last(medium) * 512);
      const { detail } = assertFault(await findVolume(memoryDevice(medium)), 'CARD_DAMAGED');
      assert.match(detail, new RegExp(`GPT.*; GPT at sector ${last(medium)}: no header`));
    });
  }

  test('a bad sector under the first header: the second is taken; under both: CARD_UNREADABLE', async () => {
    const medium = inGpt(await fat());
    assertOk(await findVolume(faultyDevice(memoryDevice(medium), { badSectors: [1] })));
    assertOk(await findVolume(faultyDevice(memoryDevice(medium), { badSectors: [20] })));
    const bad = faultyDevice(memoryDevice(medium), { badSectors: [1, last(medium)] });
    assertFault(await findVolume(bad), 'CARD_UNREADABLE');
  });

  test('pulled at any moment: CARD_GONE', async () => {
    const medium = inGpt(await fat());
    for (const goneAfterReads of [0, 1, 2, 3]) {
      const device = faultyDevice(memoryDevice(medium), { goneAfterReads });
      assertFault(await findVolume(device), 'CARD_GONE');
    }
  });

  test('an empty table in the first header counts, although the second may have a partition', async () => {
    const medium = inGpt(await fat());
    const full = Uint8Array.from(medium);
    putGpt(medium, []);
    medium.set(full.subarray((last(medium) - 32) * 512), (last(medium) - 32) * 512);
    assertFault(await findVolume(memoryDevice(medium)), 'CARD_NOT_FAT');
  });

  test('media that end behind the first sector or the header: CARD_DAMAGED', async () => {
    const medium = inGpt(await fat());
    for (const sectors of [1, 2, 3, 34]) {
      assertFault(await findVolume(memoryDevice(medium.slice(0, sectors * 512))), 'CARD_DAMAGED');
    }
  });
});
