import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { readFirstSector, readVolumeForm } from './partition.ts';

const MEDIUM_BYTES = 64 * 1024 * 1024;

type Entry = { readonly type: number; readonly start: number; readonly active?: number };

/** A sector with a partition table. */
function table(...entries: readonly Entry[]): Uint8Array {
  const sector = new Uint8Array(512);
  const view = new DataView(sector.buffer);
  for (const [i, entry] of entries.entries()) {
    sector[446 + 16 * i] = entry.active ?? 0;
    sector[450 + 16 * i] = entry.type;
    view.setUint32(454 + 16 * i, entry.start, true);
    view.setUint32(458 + 16 * i, 1000, true);
  }
  sector.set([0x55, 0xaa], 510);
  return sector;
}

/** A boot sector of FAT, with bytes changed. */
function boot(changes: Record<number, number> = {}): Uint8Array {
  const sector = table();
  sector.set([0xeb, 0x3c, 0x90], 0);
  sector.set(new TextEncoder().encode('mkfs.fat'), 3);
  sector.set([0x00, 0x02, 0x01, 0x20, 0x00, 0x02], 11);
  for (const [at, value] of Object.entries(changes)) sector[Number(at)] = value;
  return sector;
}

/** A boot sector that calls itself exFAT. */
function exfatBoot(changes: Record<number, number> = {}): Uint8Array {
  const sector = table();
  sector.set([0xeb, 0x76, 0x90, ...new TextEncoder().encode('EXFAT   ')]);
  sector[108] = 9;
  for (const [at, value] of Object.entries(changes)) sector[Number(at)] = value;
  return sector;
}

const at = (startBytes: number) => ({ leadsTo: 'volume', startBytes }) as const;

suite('where the volume begins', (test) => {
  test('no partition table: at 0, be it FAT or exFAT', () => {
    assert.deepEqual(assertOk(readFirstSector(boot(), MEDIUM_BYTES)), at(0));
    assert.deepEqual(assertOk(readFirstSector(exfatBoot(), MEDIUM_BYTES)), at(0));
  });

  test('a boot sector without the 55 AA signature is one all the same', () => {
    assert.deepEqual(assertOk(readFirstSector(boot({ 510: 0 }), MEDIUM_BYTES)), at(0));
  });

  test('the first partition counts, whatever type it claims', () => {
    for (const type of [0x01, 0x06, 0x0b, 0x0c, 0x83]) {
      assert.deepEqual(
        assertOk(readFirstSector(table({ type, start: 2048 }, { type: 0x0c, start: 8192 }), MEDIUM_BYTES)),
        at(1048576),
      );
    }
  });

  test('unused entries before the first partition are passed over', () => {
    assert.deepEqual(
      assertOk(readFirstSector(table({ type: 0, start: 0 }, { type: 0x0c, start: 63 }), MEDIUM_BYTES)),
      at(32256),
    );
  });

  test('a partition that begins beyond the end, or at 0, is refused', () => {
    for (const start of [0, MEDIUM_BYTES / 512, 0xffff_ffff]) {
      assertFault(readFirstSector(table({ type: 0x0c, start }), MEDIUM_BYTES), 'CARD_NOT_FAT');
    }
  });

  test('a first entry that guards a GPT leads there, whatever comes after it', () => {
    const guarded = table({ type: 0xee, start: 1 }, { type: 0x0c, start: 2048 });
    assert.deepEqual(assertOk(readFirstSector(guarded, MEDIUM_BYTES)), { leadsTo: 'gpt' });
  });

  test('NTFS, an odd GPT, an empty table, noise and blank sectors are refused by name', () => {
    const detail = (sector: Uint8Array) => assertFault(readFirstSector(sector, MEDIUM_BYTES), 'CARD_NOT_FAT').detail;
    assert.match(detail(table({ type: 0xee, start: 63 })), /GPT that begins at sector 63/);
    assert.match(detail(table()), /empty partition table/);
    assert.match(detail(table({ type: 0x0c, start: 1, active: 0x17 })), /no partition table/);
    assert.match(detail(new Uint8Array(512)), /no boot signature/);
    const ntfs = boot();
    ntfs.set(new TextEncoder().encode('NTFS    '), 3);
    assert.match(detail(ntfs), /NTFS/);
  });
});

suite('what a volume is', (test) => {
  test('FAT with sectors of 512 to 4096 bytes', () => {
    assert.deepEqual(assertOk(readVolumeForm(boot())), { kind: 'fat', sectorBytes: 512 });
    assert.deepEqual(assertOk(readVolumeForm(boot({ 12: 0x10 }))), { kind: 'fat', sectorBytes: 4096 });
  });

  test('exFAT with sectors of 512 to 4096 bytes; others are damage', () => {
    for (const shift of [9, 10, 11, 12]) {
      const form = { kind: 'exfat', sectorBytes: 2 ** shift } as const;
      assert.deepEqual(assertOk(readVolumeForm(exfatBoot({ 108: shift }))), form);
    }
    for (const shift of [0, 8, 13, 255]) assertFault(readVolumeForm(exfatBoot({ 108: shift })), 'CARD_DAMAGED');
  });

  test('a boot sector that is both, FAT by its numbers and exFAT by its name, is not read as FAT', () => {
    const both = boot({ 108: 9 });
    both.set(new TextEncoder().encode('EXFAT   '), 3);
    assert.equal(assertOk(readVolumeForm(both)).kind, 'exfat');
  });

  const lies: readonly [what: string, changes: Record<number, number>][] = [
    ['sectors of 0 bytes', { 12: 0 }],
    ['sectors of 513 bytes', { 11: 1 }],
    ['sectors of 8192 bytes', { 12: 0x20 }],
    ['clusters of 0 sectors', { 13: 0 }],
    ['clusters of 3 sectors', { 13: 3 }],
    ['no reserved sector', { 14: 0 }],
    ['no table', { 16: 0 }],
    ['three tables', { 16: 3 }],
    ['no jump', { 0: 0 }],
  ];
  for (const [what, changes] of lies) {
    test(`${what}: CARD_NOT_FAT`, () => {
      assertFault(readVolumeForm(boot(changes)), 'CARD_NOT_FAT');
    });
  }
});
