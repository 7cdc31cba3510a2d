import { CARD_PIECE_MAX_BYTES } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { smallestFat32Bytes } from '../core/image-size.ts';
import { bytesOf, t2mTxt } from '../testing/cards.ts';
import { exfatCard } from '../testing/exfat-cards.ts';
import { changeSet, findExfat, type Lying } from '../testing/exfat-files.ts';
import { clusterAt, findRaw, inPartition, layoutOf, putRaw, setNext } from '../testing/fat-image.ts';
import { faultyDevice } from '../testing/faulty-device.ts';
import type { BlockDevice } from './block-device.ts';
import { memoryDevice } from './block-device-memory.ts';
import { readCardPiece } from './card-piece.ts';
import { makeCardImage } from './make-image.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const SIZES = { FAT12: MIB, FAT16: 16 * MIB, FAT32: smallestFat32Bytes };
const RAW = 'BACKUP  TAR';
const backup = Uint8Array.from({ length: 300 * KIB + 7 }, (_, i) => (i >> 9) ^ (i * 13));

async function cardOf(sizeBytes: number, name = 'backup.tar', bytes = backup): Promise<Uint8Array> {
  const files = [
    { name: 'T2M.txt', bytes: t2mTxt() },
    { name, bytes },
  ];
  return assertOk(await makeCardImage(files, sizeBytes));
}

async function readAll(device: BlockDevice, name = 'backup.tar', length = CARD_PIECE_MAX_BYTES): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for (let offset = 0; ; offset += pieces.at(-1)?.length ?? 0) {
    const { sizeBytes, bytes } = assertOk(await readCardPiece(device, { name, offset, length }));
    assert.equal(sizeBytes, backup.length);
    if (bytes.length === 0) return Buffer.concat(pieces);
    pieces.push(bytes);
  }
}

/** Spreads the clusters of the file over the volume, each in another page than the one before it, last one first. */
function fragment(image: Uint8Array): void {
  const { clusterBytes } = layoutOf(image);
  const { at, cluster, size } = findRaw(image, RAW);
  const count = Math.ceil(size / clusterBytes);
  const placeOf = (i: number) => 4000 + (count - i) * Math.max(2 * Math.ceil(4096 / clusterBytes), 2);
  for (let i = 0; i < count; i++) {
    const from = clusterAt(image, cluster + i);
    image.copyWithin(clusterAt(image, placeOf(i)), from, from + clusterBytes);
    setNext(image, placeOf(i), i + 1 < count ? placeOf(i + 1) : 0x0fff_ffff);
  }
  putRaw(image, at, { name: RAW, cluster: placeOf(0), size });
}

suite('pieces of a file on a card', (test) => {
  for (const [kind, sizeBytes] of Object.entries(SIZES)) {
    test(`${kind}: a file read in pieces of any length is whole, without and with a partition table`, async () => {
      const image = await cardOf(sizeBytes);
      assert.equal(Buffer.compare(await readAll(memoryDevice(image)), backup), 0);
      assert.equal(Buffer.compare(await readAll(memoryDevice(inPartition(image)), 'BACKUP.tar', 100_001), backup), 0);
    });
  }

  test('a file in one-sector clusters that lie far apart is whole, within the budget of a piece', async () => {
    const image = await cardOf(SIZES.FAT32);
    fragment(image);
    const startMs = performance.now();
    assert.equal(Buffer.compare(await readAll(memoryDevice(image)), backup), 0);
    assert.ok(performance.now() - startMs < 3 * 1800);
  });

  test('a piece of a sound card costs the piece, its entry and its table: at most 340 KiB in 40 reads, and the same again', async () => {
    const device = faultyDevice(memoryDevice(await cardOf(SIZES.FAT32)));
    assertOk(await readCardPiece(device, { name: 'backup.tar', offset: 0, length: CARD_PIECE_MAX_BYTES }));
    assert.ok(device.asked.read.length <= 2 * 2 * 340, `${device.asked.read.length} sectors`);
  });

  for (const lying of ['contiguous', 'chained', 'fragmented'] satisfies readonly Lying[]) {
    test(`exFAT, ${lying}: a file read in pieces of any length is whole`, async () => {
      const { image } = exfatCard([{ name: 'Backup.TAR', bytes: backup, lying }], { clusterBytes: 4096 });
      assert.equal(Buffer.compare(await readAll(memoryDevice(image)), backup), 0);
      assert.equal(Buffer.compare(await readAll(memoryDevice(image), 'backup.tar', 100_001), backup), 0);
    });
  }

  test('exFAT: what was never written is zeros, and a file that claims to be endless is damaged where it ends', async () => {
    const { image, medium } = exfatCard([{ name: 'backup.tar', bytes: backup, validBytes: 1000 }]);
    const device = memoryDevice(image);
    const { bytes } = assertOk(await readCardPiece(device, { name: 'backup.tar', offset: 990, length: 20 }));
    assert.deepEqual([...bytes], [...backup.subarray(990, 1000), ...new Uint8Array(10)]);
    const endless = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x70);
    changeSet(
      medium,
      findExfat(medium, 'backup.tar'),
      Object.fromEntries([...endless].map((b, i) => [32 + 24 + i, b])),
    );
    assertFault(await readCardPiece(device, { name: 'backup.tar', offset: 2 ** 40, length: 20 }), 'CARD_DAMAGED');
  });
});

suite('pieces of a file on a hostile card', (test) => {
  const first = { name: 'backup.tar', offset: 0, length: CARD_PIECE_MAX_BYTES };

  test('files that are none of the other files are CARD_GONE, whatever is on the card', async () => {
    const device = memoryDevice(await cardOf(MIB, 'secret.txt'));
    for (const name of ['T2M.txt', 'secret.txt', 'backup.tar', '../backup.tar', ''])
      assertFault(await readCardPiece(device, { ...first, name }), 'CARD_GONE');
  });

  test('a directory of that name is CARD_NOT_A_FILE, two files of that name are CARD_DAMAGED', async () => {
    const image = await cardOf(MIB);
    const { at, cluster, size } = findRaw(image, RAW);
    putRaw(image, at, { name: RAW, cluster, attributes: 0x10 });
    assertFault(await readCardPiece(memoryDevice(image), first), 'CARD_NOT_A_FILE');
    putRaw(image, at, { name: RAW, cluster, size });
    putRaw(image, at + 32, { name: RAW, cluster, size });
    assertFault(await readCardPiece(memoryDevice(image), first), 'CARD_DAMAGED');
  });

  test('a size beyond the chain, or beyond the medium, is CARD_DAMAGED where the file ends', async () => {
    const image = await cardOf(MIB);
    const { at, cluster } = findRaw(image, RAW);
    putRaw(image, at, { name: RAW, cluster, size: 0xffff_ffff });
    assert.equal(assertOk(await readCardPiece(memoryDevice(image), first)).sizeBytes, 0xffff_ffff);
    for (const offset of [300 * KIB, 2 ** 31 + 5, 2 ** 32 - 2])
      assertFault(await readCardPiece(memoryDevice(image), { ...first, offset }), 'CARD_DAMAGED');
  });

  test('a chain that runs in a circle answers in time, without a silence of one second', async () => {
    const image = await cardOf(SIZES.FAT32);
    const { at, cluster } = findRaw(image, RAW);
    // far and near in turn: each step of the chain asks for another sector of the table
    const { data, clusterBytes } = layoutOf(image);
    const far = Math.floor((image.length - data) / clusterBytes) - 200;
    setNext(image, cluster, far);
    setNext(image, far, cluster);
    putRaw(image, at, { name: RAW, cluster, size: 0xffff_ffff });
    let [last, silentMs] = [performance.now(), 0];
    const beat = setInterval(() => {
      silentMs = Math.max(silentMs, performance.now() - last);
      last = performance.now();
    }, 10);
    const startMs = performance.now();
    const answer = await readCardPiece(memoryDevice(image), { ...first, offset: 2 ** 32 - 1000 });
    clearInterval(beat);
    assert.ok(performance.now() - startMs < 2000, 'within two seconds');
    assert.ok(silentMs < 1000, `silent for ${silentMs} ms`);
    assertFault(answer, 'CARD_BUDGET');
  });

  test('a card that is changed between two pieces gives what is on it then, in the middle of one CARD_GONE', async () => {
    const image = await cardOf(MIB);
    const sound = memoryDevice(image);
    let reads = 0;
    const changing: BlockDevice = {
      ...sound,
      async read(offset, length) {
        reads += 1;
        if (reads === 8) image[clusterAt(image, findRaw(image, RAW).cluster)] = 1;
        return sound.read(offset, length);
      },
    };
    assertFault(await readCardPiece(changing, first), 'CARD_GONE');
    assert.equal(assertOk(await readCardPiece(changing, first)).bytes[0], 1);
  });

  test('a bad sector is told for the piece that holds it, and not for the others', async () => {
    const image = await cardOf(MIB);
    const { cluster } = findRaw(image, RAW);
    const badSectors = [(clusterAt(image, cluster) + 280 * KIB) / 512];
    const device = faultyDevice(memoryDevice(image), { badSectors });
    assertOk(await readCardPiece(device, first));
    assertFault(await readCardPiece(device, { ...first, offset: CARD_PIECE_MAX_BYTES }), 'CARD_UNREADABLE');
  });

  test('a card that stops answering is CARD_UNREADABLE in time, one that is pulled is CARD_GONE', async () => {
    const image = memoryDevice(await cardOf(MIB));
    const startMs = performance.now();
    assertFault(await readCardPiece(faultyDevice(image, { silentAfterReads: 5 }), first), 'CARD_UNREADABLE');
    assert.ok(performance.now() - startMs < 2000);
    assertFault(await readCardPiece(faultyDevice(image, { goneAfterReads: 5 }), first), 'CARD_GONE');
  });

  test('a card that holds nothing but text is CARD_NOT_FAT', async () => {
    const device = memoryDevice(Uint8Array.from({ length: 1024 }, (_, i) => bytesOf('text')[i % 4] ?? 0));
    assertFault(await readCardPiece(device, first), 'CARD_NOT_FAT');
  });
});
