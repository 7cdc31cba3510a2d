import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { changeSet, type ExfatPut, findExfat, number64, putExfat } from '../testing/exfat-files.ts';
import { formatExfat, number32 } from '../testing/exfat-image.ts';
import { memoryMedium } from '../testing/medium.ts';
import { isFileSet, readFileSet } from './exfat-file.ts';

type Changes = Readonly<Record<number, Uint8Array | number>>;
const FILE = { name: 'T2M.txt', bytes: new Uint8Array(5000) };

/** The entries of a file, with bytes changed and a checksum that fits. */
function setOf(put: Partial<ExfatPut> = {}, changes: Changes = {}): Uint8Array {
  const medium = memoryMedium(new Uint8Array(1024 * 1024));
  formatExfat(medium);
  const file = { ...FILE, ...put };
  putExfat(medium, file);
  const at = findExfat(medium, file.name);
  changeSet(medium, at, changes);
  return medium.read(at, 32 * (1 + (medium.read(at + 1, 1)[0] ?? 0)));
}

suite('a file of exFAT', (test) => {
  test('in a row, its name as it is spelled', () => {
    assert.deepEqual(assertOk(readFileSet(setOf({ name: 't2M.TxT' }))), {
      name: 't2M.TxT',
      directory: false,
      firstCluster: 5,
      sizeBytes: 5000n,
      validBytes: 5000n,
      contiguous: true,
    });
  });

  test('by the table, empty, and written in part', () => {
    assert.equal(assertOk(readFileSet(setOf({ lying: 'chained' }))).contiguous, false);
    const empty = assertOk(readFileSet(setOf({ bytes: new Uint8Array() })));
    assert.deepEqual([empty.firstCluster, empty.sizeBytes, empty.contiguous], [0, 0n, false]);
    assert.equal(assertOk(readFileSet(setOf({ validBytes: 7 }))).validBytes, 7n);
  });

  test('a directory', () => {
    assert.equal(assertOk(readFileSet(setOf({ attributes: 0x10 }))).directory, true);
  });

  test('sizes up to 64 bits', () => {
    assert.equal(assertOk(readFileSet(setOf({}, { 56: number64(2n ** 64n - 1n) }))).sizeBytes, 2n ** 64n - 1n);
  });

  test('names of 1, 15, 16 and 255 characters, of other scripts as well', () => {
    for (const name of [
      'x',
      'x'.repeat(15),
      'x'.repeat(16),
      'Ä'.repeat(255),
      '日本語のファイル名です.txt',
      'a\u{1F600}b',
    ]) {
      assert.equal(assertOk(readFileSet(setOf({ name }))).name, name);
    }
  });

  test('the hash of a name beyond ASCII is not checked: the rest of the up-case table is not read', () => {
    assert.equal(assertOk(readFileSet(setOf({ name: 'Ä.txt' }, { 36: 0x11 }))).name, 'Ä.txt');
  });

  test('entries of manufacturers behind the name are passed over', () => {
    assert.equal(assertOk(readFileSet(setOf({ vendorEntries: 2 }))).name, 'T2M.txt');
  });

  const lies: readonly (readonly [what: string, put: Partial<ExfatPut>, changes: Changes])[] = [
    ['no stream behind it', {}, { 32: 0xc1 }],
    ['a stream that is not in use', {}, { 32: 0x40 }],
    ['nothing behind it', {}, { 1: 0 }],
    ['no name', {}, { 1: 1 }],
    ['a name of no characters', {}, { 35: 0 }],
    ['a name longer than its entries', {}, { 35: 16 }],
    ['a name shorter than its entries', { name: 'Ä'.repeat(16) }, { 35: 15 }],
    ['a name of 255 characters in one entry', {}, { 35: 255 }],
    ['a stream where the name should be', {}, { 64: 0xc0 }],
    ['another hash', {}, { 36: 0x11 }],
    ['another name than its hash', {}, { 66: 0x55 }],
  ];
  for (const [what, put, changes] of lies) {
    test(`${what}: CARD_DAMAGED, however well the checksum fits`, () => {
      assertFault(readFileSet(setOf(put, changes)), 'CARD_DAMAGED');
    });
  }

  test('any bit changed, the checksum not: CARD_DAMAGED', () => {
    const sound = setOf();
    for (let bit = 0; bit < sound.length * 8; bit++) {
      const broken = Uint8Array.from(sound);
      broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      if (bit >> 3 !== 0 && bit >> 3 !== 1) assertFault(readFileSet(broken), 'CARD_DAMAGED');
    }
  });

  test('only a File entry in use begins a set', () => {
    assert.ok(isFileSet(setOf()));
    for (const type of [0x00, 0x05, 0x80, 0x81, 0x84, 0xa0, 0xc0, 0xc1]) {
      assert.ok(!isFileSet(Uint8Array.of(type, ...number32(0))));
    }
  });
});
