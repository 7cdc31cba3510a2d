import { assert, suite } from '@ewon-agent/contracts/testing';
import { cellsOf, radioTypeOf } from './location-cells.ts';
import { type LinkReading, mergeReadings } from './wan-link.ts';

const CELL = { operator: '20601', lac: 6699, cellId: 27_447_297, technology: 'LTE', signal: -97 };
const linksOf = (...cells: readonly Partial<LinkReading>[]) =>
  mergeReadings(
    [],
    cells.map((cell, i) => ({ source: 'modem' as const, name: `wwan${i}`, ...cell })),
    { atMs: 0, order: [] },
  );
const cellIn = (fields: Partial<LinkReading>) => cellsOf(linksOf({ ...CELL, ...fields })).cells[0];

suite('cells of the links', (test) => {
  test('the operator is split after the country, also where the network has three digits', () => {
    const expected = { radioType: 'lte', mobileCountryCode: 206, mobileNetworkCode: 1, locationAreaCode: 6699 };
    assert.deepEqual(cellIn({}), { ...expected, cellId: 27_447_297, signalStrength: -97 });
    assert.deepEqual(
      ['310410', '302720', '26202'].map((operator) => cellIn({ operator })?.mobileNetworkCode),
      [410, 720, 2],
    );
  });

  test('what names no cell is left out and counted', () => {
    const none: readonly (readonly [why: string, fields: Partial<LinkReading>])[] = [
      ['cell 0', { cellId: 0 }],
      ['28 bits of ones', { cellId: 0xf_ff_ff_ff }],
      ['32 bits of ones', { cellId: 0xff_ff_ff_ff }],
      ['16 bits of ones', { cellId: 0xff_ff }],
      ['31 bits of ones', { cellId: 0x7f_ff_ff_ff, technology: 'NR' }],
      ['more than GSM has', { cellId: 70_000, technology: 'GSM' }],
      ['area 0', { lac: 0 }],
      ['an area of ones', { lac: 0xff_ff }],
      ['a deleted area', { lac: 0xff_fe }],
      ['a test network', { operator: '00101' }],
      ['a network of ships', { operator: '90112' }],
      ['no operator', { operator: '0' }],
      ['a word nobody knows', { technology: 'smoke signals' }],
      ['half a cell', { cellId: 1.5 }],
    ];
    for (const [why, fields] of none) {
      const { cells, leftOut } = cellsOf(linksOf({ ...CELL, ...fields }));
      assert.deepEqual([cells, leftOut], [[], 1], why);
    }
    assert.deepEqual(cellsOf(linksOf({ ...CELL, registered: false }, { operator: '20601' })), {
      cells: [],
      leftOut: 0,
    });
  });

  test('the words of modems and of 3GPP lead to four radio types', () => {
    const words: Readonly<Record<string, readonly string[]>> = {
      gsm: ['GSM', 'GPRS', 'EDGE', 'EGPRS', 'GERAN', '2G'],
      wcdma: ['WCDMA', 'UMTS', 'UTRAN', 'HSDPA', 'HSUPA', 'HSPA+', 'DC-HSPA+', 'TDSCDMA', '3G'],
      lte: ['LTE', 'lte', 'E-UTRAN', 'FDD LTE', 'TDD LTE', 'CAT-M1', 'CAT-NB1', 'eMTC', 'NBIoT', 'NR5G-NSA', '4G'],
      nr: ['NR', 'NR5G-SA', '5G', 'NGRAN'],
    };
    for (const [type, of] of Object.entries(words)) for (const word of of) assert.equal(radioTypeOf(word), type, word);
    assert.equal(radioTypeOf('LORAN'), undefined);
  });

  test('an Ewon that names no technology: what fits 16 bits is GSM, what does not is LTE, and beyond it NR', () => {
    const typeOf = (cellId: number) => cellsOf(linksOf({ operator: '20601', lac: 6699, cellId })).cells[0]?.radioType;
    assert.deepEqual([4711, 27_447_297, 0x1_23_45_67_89].map(typeOf), ['gsm', 'lte', 'nr']);
  });

  test('a cell of two links is told once, the strongest come first, eight at most; a signal that is none is left out', () => {
    const many = Array.from({ length: 12 }, (_, i) => ({ ...CELL, cellId: 1000 + i, signal: -120 + i }));
    const { cells } = cellsOf(linksOf(...many, { ...CELL, cellId: 1011, signal: -110 }));
    assert.deepEqual([cells.length, cells[0]?.cellId, cells[0]?.signalStrength], [8, 1011, -109]);
    assert.equal(cellIn({ signal: 99 })?.signalStrength, undefined);
  });
});
