import { assert, suite } from '@ewon-agent/contracts/testing';
import { csvRow, fieldOf } from './csv.ts';

suite('CSV', (test) => {
  test('fields are quoted, and a row ends with CRLF', () => {
    assert.equal(csvRow(['a', 'b "c"', 'd,e\nf', '']), '"a","b ""c""","d,e\nf",""\r\n');
  });

  test('no spreadsheet takes a field for a formula, and every field is given back as it was', () => {
    for (const field of ['=1+1', '+41', '-1', '@SUM(A1)', '\t=1', '\r=1', "'=1", "''=1", "'a", 'a=1', '']) {
      const cell = csvRow([field]).slice(1, -3);
      assert.ok(!/^[=+\-@\t\r]/.test(cell), cell);
      assert.equal(fieldOf(cell), field, field);
    }
  });
});
