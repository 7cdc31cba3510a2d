import { assert, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import { readCellLine } from './cell-line.ts';

const GOOD = 'UMTS,262,2,801,86355,0,13.285512,52.522202,1000,7,1,1282569574,1300155341,0';
/** The good line with columns replaced. */
function line(columns: Readonly<Record<number, string>>): string {
  return GOOD.split(',')
    .map((text, i) => columns[i] ?? text)
    .join(',');
}

suite('a line of a table of cells', (test) => {
  test('of OpenCelliD is a cell in the words of devices', () => {
    assert.deepEqual(readCellLine(GOOD), {
      is: 'cell',
      cell: {
        ...{ mcc: 262, mnc: 2, area: 801, cell: 86_355, radio: 'wcdma' },
        ...{ lat: 52.522202, lng: 13.285512, rangeM: 1000, samples: 7 },
      },
    });
    const big = readCellLine(line({ 0: 'NR', 4: '68719476735' }));
    assert.ok(big.is === 'cell' && big.cell.cell === 0xf_ff_ff_ff_ff && big.cell.radio === 'nr');
    assert.equal(readCellLine('radio,mcc,net,area,cell,unit,lon,lat,range,samples').is, 'header');
    assert.equal(readCellLine('  ').is, 'empty');
  });

  const refused: readonly (readonly [string, string])[] = [
    ['LTE,1,2', 'columns'],
    [line({ 0: 'CDMA' }), 'radio'],
    [line({ 0: 'constructor' }), 'radio'],
    [line({ 1: '0' }), 'network'],
    [line({ 2: '1000' }), 'network'],
    [line({ 3: '-1' }), 'cell'],
    [line({ 4: '68719476736' }), 'cell'],
    [line({ 6: '180.1' }), 'place'],
    [line({ 7: '1e1' }), 'place'],
    [line({ 6: '0', 7: '0.0' }), 'place'],
    [line({ 8: '' }), 'range'],
    [line({ 9: '99999999999' }), 'range'],
  ];
  for (const [text, why] of refused)
    test(`"${text}" is refused: ${why}`, () => assert.deepEqual(readCellLine(text), { is: 'refused', why }));

  test('any text is something, and what is a cell can be kept', () => {
    const column = fc.oneof(fc.constantFrom('GSM', 'LTE', '1', '52.5', ''), fc.string({ maxLength: 8 }));
    fc.assert(
      fc.property(fc.array(column, { maxLength: 16 }), (columns) => {
        const read = readCellLine(columns.join(','));
        return (
          read.is !== 'cell' ||
          Object.values(read.cell).every((value) => typeof value === 'string' || Number.isFinite(value))
        );
      }),
    );
  });
});
