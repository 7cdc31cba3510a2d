import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { readCsv } from './rows-csv-parse.ts';

suite('a CSV file', (test) => {
  let folder = '';
  const at = (name: string) => join(folder, name);
  test.before(() => {
    folder = mkdtempSync(join(tmpdir(), 'csv-'));
  });
  test.after(() => rmSync(folder, { recursive: true }));
  const reading = (content: string | Uint8Array) => {
    writeFileSync(at('list'), content);
    return readCsv(at('list'));
  };

  test('cells, quotes, empty lines, and the line on which each row ends', async () => {
    assert.deepEqual(assertOk(await reading('name,note\na,"x, ""y"""\n\nb,\n"c","two\nlines"\nd')), [
      { line: 1, cells: ['name', 'note'] },
      { line: 2, cells: ['a', 'x, "y"'] },
      { line: 4, cells: ['b', ''] },
      { line: 6, cells: ['c', 'two\nlines'] },
      { line: 7, cells: ['d'] },
    ]);
  });

  test('as spreadsheets write it: a BOM, CRLF, and semicolons', async () => {
    assert.deepEqual(assertOk(await reading('\ufeffname;note\r\na;x, y\r\n')), [
      { line: 1, cells: ['name', 'note'] },
      { line: 2, cells: ['a', 'x, y'] },
    ]);
  });

  test('a quote that is not closed, a file that is too long: CSV_BAD; one that is not UTF-8 says how to save it', async () => {
    assert.match(assertFault(await reading('name\n"a\nb'), 'CSV_BAD').detail, /CSV_QUOTE_NOT_CLOSED/);
    assert.match(assertFault(await reading(`name\n"${'a\n'.repeat(20_000)}`), 'CSV_BAD').detail, /CSV_MAX_RECORD_SIZE/);
    assert.match(assertFault(await reading('a\n'.repeat(2_100_000)), 'CSV_BAD').detail, /longer than/);
    assertFault(await reading(Uint8Array.of(0x6e, 0xff, 0xfe)), 'CSV_NOT_UTF8');
  });

  test('nothing there: TARGET_MISSING; a directory: TARGET_REFUSED', async () => {
    assertFault(await readCsv(at('nothing')), 'TARGET_MISSING');
    assertFault(await readCsv(folder), 'TARGET_REFUSED');
  });
});
