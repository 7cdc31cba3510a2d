import { assert, suite } from '@ewon-agent/contracts/testing';
import { readRange } from './byte-range.ts';

suite('range of bytes', (test) => {
  const cases: readonly (readonly [header: string | undefined, sizeBytes: number, is: ReturnType<typeof readRange>])[] =
    [
      [undefined, 10, undefined],
      ['bytes=0-3', 10, { from: 0, to: 3 }],
      ['Bytes = 4 - ', 10, { from: 4, to: 9 }],
      ['bytes=9-9', 10, { from: 9, to: 9 }],
      ['bytes=9-99', 10, { from: 9, to: 9 }],
      ['bytes=-3', 10, { from: 7, to: 9 }],
      ['bytes=-30', 10, { from: 0, to: 9 }],
      ['bytes=10-', 10, 'unsatisfiable'],
      ['bytes=-0', 10, 'unsatisfiable'],
      ['bytes=0-', 0, 'unsatisfiable'],
      ['bytes=5-4', 10, undefined],
      ['bytes=-', 10, undefined],
      ['bytes=0-1,3-4', 10, undefined],
      ['lines=0-1', 10, undefined],
      ['bytes=0x1-', 10, undefined],
    ];
  test('is read as RFC 9110 says', () => {
    for (const [header, sizeBytes, is] of cases) assert.deepEqual(readRange(header, sizeBytes), is, String(header));
  });
});
