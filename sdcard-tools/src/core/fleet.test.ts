import type { Code } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { GRK } from '../testing/cards.ts';
import { type CsvRow, FLEET_MAX_ROWS, type FleetDefaults, readFleet } from './fleet.ts';

const NONE = { receipt: false, wipe: false };
const ACCOUNT: FleetDefaults = { from: 'account', wishes: NONE };
const KEY_FILE: FleetDefaults = { from: 'keyFile', wishes: NONE };
const ROWS: FleetDefaults = { from: 'rows', wishes: NONE };
/** A list as people write it: cells divided by `|`. */
const list = (...lines: readonly string[]): readonly CsvRow[] =>
  lines.map((line, i) => ({ line: i + 1, cells: line.split('|') }));
const read = (defaults: FleetDefaults, ...lines: readonly string[]) => assertOk(readFleet(list(...lines), defaults));

suite('a list of devices', (test) => {
  test('columns in any order and case; names get an ending where they have none; cells are trimmed', () => {
    const { rows, faults } = read(
      ACCOUNT,
      'Note| NAME |wipe|Receipt|key-id',
      'Hall 3, press|press-03|yes||5CEBE7A9'.toLowerCase(),
      ' |B_7.bin|No|TRUE|',
    );
    assert.deepEqual(faults, []);
    assert.deepEqual(rows, [
      {
        line: 2,
        file: 'press-03.img',
        note: 'hall 3, press',
        keyId: '5cebe7a9',
        wishes: { receipt: false, wipe: true },
      },
      { line: 3, file: 'B_7.bin', note: '', wishes: { receipt: true, wipe: false } },
    ]);
  });

  test('an empty cell means what the command says for all; "file" is another word for "name"', () => {
    const all = { from: 'account', wishes: { receipt: true, wipe: true } } as const;
    const [one, other] = read(all, 'file|wipe', 'a|', 'b|no').rows;
    assert.deepEqual(one?.wishes, { receipt: true, wipe: true });
    assert.deepEqual(other?.wishes, { receipt: true, wipe: false });
  });

  test('where the rows name their keys, each must', () => {
    const { rows, faults } = read(ROWS, 'name|key-file', 'a|keys/a.txt', 'b|');
    assert.deepEqual(
      rows.map(({ keyFile }) => keyFile),
      ['keys/a.txt'],
    );
    assert.match(faults[0]?.fault.detail ?? '', /no key/);
    assert.deepEqual(read(KEY_FILE, 'name|key-file', 'a|keys/a.txt', 'b|').faults, []);
  });

  const bad: readonly (readonly [
    what: string,
    defaults: FleetDefaults,
    header: string,
    row: string,
    says: RegExp,
    code?: Code,
  ])[] = [
    ['no name', KEY_FILE, 'name', '', /no name/],
    ['a name that leads elsewhere', KEY_FILE, 'name', '../x', /letters, digits/],
    ['a name with a slash', KEY_FILE, 'name', 'a/b', /letters, digits/],
    ['a hidden name', KEY_FILE, 'name', '.x', /letters, digits/],
    ['a name like an option', KEY_FILE, 'name', '-x', /letters, digits/],
    ['a name that is too long', KEY_FILE, 'name', 'x'.repeat(101), /1 to 100/],
    ['a note that is too long', KEY_FILE, 'name|note', `a|${'x'.repeat(141)}`, /./, 'T2M_NOTE_TOO_LONG'],
    ['a note of other letters', KEY_FILE, 'name|note', 'a|Zürich', /./, 'T2M_ENCODING'],
    ['a note of two lines', KEY_FILE, 'name|note', 'a|x\ny', /./, 'T2M_ENCODING'],
    ['a wish that is no word', ACCOUNT, 'name|wipe', 'a|maybe', /wipe is yes or no/],
    ['a cell too few', KEY_FILE, 'name|note', 'a', /1 cells for 2 columns/],
    ['a cell too many', KEY_FILE, 'name', 'a|b', /2 cells for 1 columns/],
    ['a key', KEY_FILE, 'name|note', `a|${GRK}`, /a key stands in it/],
    ['a wish without an account', KEY_FILE, 'name|wipe', 'a|yes', /need --account/],
    ['a key id without an account', ROWS, 'name|key-id', 'a|5cebe7a9', /needs --account/],
    ['a key id of another form', ACCOUNT, 'name|key-id', 'a|5CEB', /8 digits/],
    ['a key file beside an account', ACCOUNT, 'name|key-file', 'a|x', /beside --account/],
  ];
  for (const [what, defaults, header, row, says, code = 'CSV_BAD'] of bad) {
    test(`a row with ${what} is refused with its line and reason; the others are sound`, () => {
      const good = header.replace(/name/, 'good').replace(/note|wipe|key-\w+/g, '');
      const { rows, faults } = read(defaults.from === 'rows' ? KEY_FILE : defaults, header, good, row);
      assert.deepEqual([rows.map(({ file }) => file), faults.map(({ line }) => line)], [['good.img'], [3]]);
      assert.equal(faults[0]?.fault.code, code);
      assert.match(faults[0]?.fault.detail ?? '', says);
      assert.ok(!JSON.stringify(faults).includes(GRK.slice(4, 10)));
    });
  }

  test('two rows for one image, in any case: the second is refused', () => {
    const { rows, faults } = read(KEY_FILE, 'name', 'a.img', 'b', 'A.IMG', 'a');
    assert.equal(rows.length, 2);
    assert.deepEqual(
      faults.map(({ line }) => line),
      [4, 5],
    );
    assert.match(faults[0]?.fault.detail ?? '', /made by line 2 already/);
  });

  const whole: readonly (readonly [what: string, lines: readonly string[], says: RegExp])[] = [
    ['nothing', [], /no column "name"/],
    ['no column "name"', ['note', 'x'], /no column "name"/],
    ['an unknown column', ['name|colour', 'a|red'], /number 2/],
    ['a key where names of columns belong', [GRK, 'a'], /number 1/],
    ['a column twice', ['name|file', 'a|b'], /name is there twice/],
    ['no row', ['name'], /no row/],
    ['too many rows', ['name', ...Array.from({ length: FLEET_MAX_ROWS + 1 }, (_, i) => `r${i}`)], /limit 10000/],
  ];
  for (const [what, lines, says] of whole) {
    test(`a list with ${what} is refused as a whole, and nothing of it repeated`, () => {
      const { detail } = assertFault(readFleet(list(...lines), KEY_FILE), 'CSV_BAD');
      assert.match(detail, says);
      assert.ok(!detail.includes(GRK.slice(4, 10)) && !detail.includes('colour'));
    });
  }
});
