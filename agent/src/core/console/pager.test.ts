import { assert, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import { pageRows, pagerKey, rowsOf, turned } from './pager.ts';

/** Any code units; the characters that fast-check calls binary take seconds to be listed. */
const anyText = fc.uint8Array({ maxLength: 240 }).map((bytes) => Buffer.from(bytes).toString('utf16le'));

suite('pages of a console', (test) => {
  test('a long line goes on below where its value begins', () => {
    assert.deepEqual(rowsOf(['Name          one two three four five six', 'x'], 31), [
      ...['Name          one two three', '              four five six', 'x'],
    ]);
    assert.deepEqual(rowsOf(['one two three four five six seven eight nine'], 41), [
      ...['one two three four five six seven eight', 'nine'],
    ]);
    assert.deepEqual(rowsOf(['x'.repeat(100)], 41), ['x'.repeat(40), 'x'.repeat(40), 'x'.repeat(20)]);
  });

  test('text from anywhere is harmless and narrower than the terminal, and nothing of it is lost', () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 3 }), fc.integer({ min: 40, max: 100 }), (lines, width) => {
        for (const row of rowsOf(lines, width)) assert.ok(/^[ -~]*$/.test(row) && row.length < width, row);
      }),
    );
    assert.deepEqual(rowsOf(['a\x1b[2J\x07\u202e\r\n', 'cut…'], 80), ['a\\x1b[2J\\x07\\u{202e}\\x0d\\x0a', 'cut...']);
  });

  test('a page is a row less than the terminal; keys turn it', () => {
    const rest = ['1', '2', '3', '4', '5'];
    assert.deepEqual(turned({ rest }, pageRows(4)), [['1', '2', '3'], { rest: ['4', '5'] }]);
    assert.deepEqual(turned({ rest }, pageRows(6)), [rest, undefined]);
    assert.deepEqual(turned({ rest }, pageRows(0)), [rest, undefined]);
    assert.deepEqual(
      [...' \rqQ\x03xA'].map((key) => pagerKey(key.charCodeAt(0), 24)),
      [...([23, 1, 'quit', 'quit', 'quit', undefined, undefined] as const)],
    );
  });
});
