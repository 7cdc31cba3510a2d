import { assert, suite } from '@ewon-agent/contracts/testing';
import { momentOf, readDescriptor } from './export-descriptor.ts';

suite('export block descriptor, as the simulated Ewon reads it', (test) => {
  test('values end at a blank or a dollar, or stand in quotes', () => {
    const read = readDescriptor('$dtHL $ftT$st_s30$et_m0$fn"My Log.txt"');
    assert.deepEqual(
      [read?.dt, read?.ft, [...(read?.fields ?? [])].slice(2)],
      [
        'HL',
        'T',
        [
          ['st', '_s30'],
          ['et', '_m0'],
          ['fn', 'My Log.txt'],
        ],
      ],
    );
  });

  test('what names no kind is none', () => {
    for (const text of ['', '$ftT', 'dtES', '$dt', '$dtES[x', 'x$dtES'])
      assert.equal(readDescriptor(text), undefined, text);
  });

  test('moments are so long ago, or absolute', () => {
    const now = Date.UTC(2026, 0, 2, 12, 0, 0);
    const table = [
      ['_s30', now - 30_000],
      ['_m10', now - 600_000],
      ['_h2', now - 7_200_000],
      ['_d1', now - 86_400_000],
      ['_m0', now],
      ['_0', now],
      ['01012026_235959', Date.UTC(2026, 0, 1, 23, 59, 59)],
      ['01012026_08', Date.UTC(2026, 0, 1, 8)],
      ['01012026', Date.UTC(2026, 0, 1)],
      ['40012026', undefined],
      ['_x3', undefined],
      ['', undefined],
    ] as const;
    for (const [field, expected] of table) assert.equal(momentOf(field, now), expected, field);
  });
});
