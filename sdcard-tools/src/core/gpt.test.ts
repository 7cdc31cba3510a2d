import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { EFI_SYSTEM, type GptPart, putGpt, sealGptHeader } from '../testing/gpt-image.ts';
import { firstGptPartition, type GptHeader, readGptHeader } from './gpt.ts';

const SECTORS = 4096;
const LAST = SECTORS - 1;
const PART = { first: 100, last: 199 };
const MICROSOFT_RESERVED = 'e3c9e3160b5c4db8817df92df00215ae';

function medium(parts: readonly GptPart[] = [PART]): Uint8Array {
  const bytes = new Uint8Array(SECTORS * 512);
  putGpt(bytes, parts);
  return bytes;
}

const headerAt = (bytes: Uint8Array, sector: number) =>
  readGptHeader(bytes.slice(sector * 512, sector * 512 + 512), { sector, last: LAST });
const tableOf = (bytes: Uint8Array, { entriesSector, entries, entryBytes }: GptHeader) =>
  bytes.slice(entriesSector * 512, entriesSector * 512 + entries * entryBytes);
const partitionOf = (parts: readonly GptPart[], change: (table: Uint8Array) => void = () => {}) => {
  const bytes = medium(parts);
  const header = assertOk(headerAt(bytes, 1));
  const table = tableOf(bytes, header);
  change(table);
  return firstGptPartition(header, table);
};

suite('the header of a GPT', (test) => {
  test('the first and the second one', () => {
    const first = assertOk(headerAt(medium(), 1));
    assert.deepEqual(
      { ...first, entriesCrc: 0 },
      {
        entriesSector: 2,
        entries: 128,
        entryBytes: 128,
        entriesCrc: 0,
        firstUsable: 34,
        lastUsable: LAST - 33,
      },
    );
    assert.equal(assertOk(headerAt(medium(), LAST)).entriesSector, LAST - 32);
  });

  test('a larger header, and its revision', () => {
    const bytes = medium();
    new DataView(bytes.buffer).setUint32(512 + 12, 512, true);
    sealGptHeader(bytes, 1);
    assertOk(headerAt(bytes, 1));
  });

  test('any bit changed, the checksum not: CARD_DAMAGED', () => {
    for (let bit = 0; bit < 92 * 8; bit++) {
      const bytes = medium();
      bytes[512 + (bit >> 3)] = (bytes[512 + (bit >> 3)] ?? 0) ^ (1 << (bit & 7));
      assertFault(headerAt(bytes, 1), 'CARD_DAMAGED');
    }
  });

  test('the header of another sector, a blank one and a short one: CARD_DAMAGED', () => {
    const bytes = medium();
    assertFault(readGptHeader(bytes.slice(512, 1024), { sector: LAST, last: LAST }), 'CARD_DAMAGED');
    assertFault(readGptHeader(new Uint8Array(512), { sector: 1, last: LAST }), 'CARD_DAMAGED');
    assertFault(readGptHeader(bytes.slice(512, 600), { sector: 1, last: LAST }), 'CARD_DAMAGED');
  });

  const lies: readonly (readonly [what: string, bits: 32 | 64, at: number, value: number | bigint])[] = [
    ['another revision', 32, 8, 0x20000],
    ['a header of 91 bytes', 32, 12, 91],
    ['a header of 513 bytes', 32, 12, 513],
    ['a header of 4 GiB', 32, 12, 0xffff_ffff],
    ['another place', 64, 24, 2n],
    ['partitions beyond the end', 64, 48, BigInt(LAST + 1)],
    ['partitions that end before they begin', 64, 48, 33n],
    ['partitions of 2^64 sectors', 64, 48, 2n ** 64n - 1n],
    ['partitions over the table', 64, 40, 20n],
    ['a table at sector 0', 64, 72, 0n],
    ['a table over the header', 64, 72, 1n],
    ['a table among the partitions', 64, 72, 50n],
    ['a table beyond the end', 64, 72, BigInt(LAST - 30)],
    ['a table at 2^64', 64, 72, 2n ** 64n - 1n],
    ['no entries', 32, 80, 0],
    ['4 G of entries', 32, 80, 0xffff_ffff],
    ['entries of no bytes', 32, 84, 0],
    ['entries of 64 bytes', 32, 84, 64],
    ['entries of 192 bytes', 32, 84, 192],
    ['entries of 2 GiB', 32, 84, 0x8000_0000],
  ];
  for (const [what, bits, at, value] of lies) {
    test(`${what}: CARD_DAMAGED, however well the checksum fits`, () => {
      const bytes = medium();
      const view = new DataView(bytes.buffer);
      if (bits === 32) view.setUint32(512 + at, Number(value), true);
      else view.setBigUint64(512 + at, BigInt(value), true);
      const length = view.getUint32(512 + 12, true);
      if (length <= 512) sealGptHeader(bytes, 1);
      assertFault(headerAt(bytes, 1), 'CARD_DAMAGED');
    });
  }
});

suite('the first partition of a GPT', (test) => {
  test('in the order of the table, not of the medium', () => {
    const parts = [{ first: 300, last: 399 }, PART];
    assert.deepEqual(assertOk(partitionOf(parts)), { startBytes: 300 * 512, sizeBytes: 100 * 512 });
  });

  test('entries not used are passed over', () => {
    const parts = [
      { ...PART, type: '0'.repeat(32) },
      { first: 300, last: 300 },
    ];
    assert.deepEqual(assertOk(partitionOf(parts)), { startBytes: 300 * 512, sizeBytes: 512 });
  });

  test('partitions that macOS and Windows make for themselves in front are passed over', () => {
    const own = [EFI_SYSTEM, MICROSOFT_RESERVED].map((type, i) => ({ first: 40 + i, last: 40 + i, type }));
    assert.equal(assertOk(partitionOf([...own, PART])).startBytes, 100 * 512);
    assertFault(partitionOf(own), 'CARD_NOT_FAT');
  });

  test('none: CARD_NOT_FAT', () => {
    assert.match(assertFault(partitionOf([]), 'CARD_NOT_FAT').detail, /empty GPT/);
  });

  test('outside of what may be used: CARD_DAMAGED', () => {
    for (const part of [
      { first: 33, last: 100 },
      { first: 100, last: LAST - 32 },
      { first: 101, last: 100 },
    ]) {
      assertFault(partitionOf([part]), 'CARD_DAMAGED');
    }
  });

  test('a table changed in any place, the checksum not: CARD_DAMAGED', () => {
    for (const at of [0, 33, 128, 127 * 128 + 127]) {
      const change = (table: Uint8Array) => {
        table[at] = (table[at] ?? 0) ^ 1;
      };
      assertFault(partitionOf([PART], change), 'CARD_DAMAGED');
    }
  });
});
