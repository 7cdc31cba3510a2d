import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { putExfat } from '../testing/exfat-files.ts';
import { formatExfat, rootEntries } from '../testing/exfat-image.ts';
import { memoryMedium } from '../testing/medium.ts';
import { type DirectoryScan, filesOf, scanDirectory, UNREAD_DIRECTORY } from './exfat-directory.ts';

/** The entries of a root directory with these files, 32 bytes each; the first three are its own, the last one ends it. */
function entriesOf(...names: readonly string[]): Uint8Array[] {
  const medium = memoryMedium(new Uint8Array(1024 * 1024));
  formatExfat(medium);
  for (const name of names) putExfat(medium, { name, bytes: new Uint8Array(10) });
  return rootEntries(medium).map(({ bytes }) => bytes);
}

const entry = (type: number) => Uint8Array.of(type, ...new Uint8Array(31));
const scanAll = (entries: readonly Uint8Array[]) =>
  scanDirectory(UNREAD_DIRECTORY, Uint8Array.from(entries.flatMap((e) => [...e])));
const namesIn = (scan: DirectoryScan) => assertOk(filesOf(scan)).map((f) => f.name);

suite('the root directory of exFAT', (test) => {
  test('files of the known names, in any case; the others are passed over', () => {
    const scan = assertOk(scanAll(entriesOf('photo.jpg', 't2m.TXT', 'Backup.tar', 'T2M.txt.bak', 'T2M.JSON')));
    assert.deepEqual(namesIn(scan), ['t2m.TXT', 'Backup.tar', 'T2M.JSON']);
    assert.ok(scan.ended);
  });

  test('split at every entry: the same', () => {
    const entries = entriesOf('T2M.txt', 'a name in more than one entry.txt', 'backup.tar');
    for (let split = 0; split <= entries.length; split++) {
      const first = assertOk(scanAll(entries.slice(0, split)));
      const second = Uint8Array.from(entries.slice(split).flatMap((e) => [...e]));
      assert.deepEqual(namesIn(assertOk(scanDirectory(first, second))), ['T2M.txt', 'backup.tar']);
    }
  });

  test('nothing is found behind the end', () => {
    const [bitmap = entry(0), ...rest] = entriesOf('T2M.txt');
    assert.deepEqual(namesIn(assertOk(scanAll([bitmap, entry(0), ...rest]))), []);
    const scan = assertOk(scanAll([entry(0)]));
    assert.deepEqual(assertOk(scanDirectory(scan, rest[1] ?? entry(0))), scan);
  });

  test('deleted entries, and what is left of a file that was being deleted, are passed over', () => {
    const [own = entry(0), , , file = entry(0), stream = entry(0), name = entry(0)] = entriesOf('T2M.txt');
    const deleted = [file, stream, name].map((e) => Uint8Array.of((e[0] ?? 0) & 0x7f, ...e.slice(1)));
    const whole = [file, stream, name];
    assert.deepEqual(namesIn(assertOk(scanAll([own, ...deleted, ...whole]))), ['T2M.txt']);
    assert.deepEqual(namesIn(assertOk(scanAll([deleted[0] ?? file, stream, name, ...whole]))), ['T2M.txt']);
  });

  test('entries that need not be known are passed over: GUID, padding, manufacturers', () => {
    const own = entriesOf('T2M.txt');
    for (const type of [0xa0, 0xa1, 0xbf, 0xe0, 0xe1]) {
      assert.deepEqual(namesIn(assertOk(scanAll([entry(type), ...own]))), ['T2M.txt']);
    }
  });

  test('entries that must be known and are not: CARD_DAMAGED', () => {
    for (const type of [0x80, 0x84, 0x86, 0x9f]) assertFault(scanAll([entry(type), ...entriesOf()]), 'CARD_DAMAGED');
  });

  test('a set cut off by the end, a deleted entry, another file, or the last cluster: CARD_DAMAGED', () => {
    const [, , , file = entry(0), stream = entry(0), name = entry(0)] = entriesOf('T2M.txt');
    for (const next of [entry(0), entry(0x05), entry(0x41), file, entry(0xa0)]) {
      assertFault(scanAll([file, next]), 'CARD_DAMAGED');
      assertFault(scanAll([file, stream, next, name]), 'CARD_DAMAGED');
    }
    assertFault(filesOf(assertOk(scanAll([file, stream]))), 'CARD_DAMAGED');
  });

  test('a set that contradicts itself is refused, whatever name it has: it may be any file', () => {
    const entries = entriesOf('photo.jpg', 'T2M.txt');
    const photo = entries[5] ?? entry(0);
    photo[2] = (photo[2] ?? 0) ^ 1;
    assertFault(scanAll(entries), 'CARD_DAMAGED');
  });
});
