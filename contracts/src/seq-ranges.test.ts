import { rangesOf } from './seq-ranges.ts';
import { assert, suite } from './testing/suite.ts';

suite('ranges of numbers', (test) => {
  const cases: readonly (readonly [string, readonly number[], readonly (readonly [number, number])[]])[] = [
    ['nothing', [], []],
    ['one', [7], [[7, 7]]],
    [
      'three, one twice, and one alone',
      [3, 1, 2, 9, 2],
      [
        [1, 3],
        [9, 9],
      ],
    ],
    ['neighbours', [3, 4, 5], [[3, 5]]],
    [
      'a gap',
      [1, 2, 4],
      [
        [1, 2],
        [4, 4],
      ],
    ],
    [
      'out of order and twice',
      [5, 1, 2, 5, 4, 1],
      [
        [1, 2],
        [4, 5],
      ],
    ],
    [
      'numbers of more digits are not sorted as text',
      [9, 10, 100, 11],
      [
        [9, 11],
        [100, 100],
      ],
    ],
    [
      'from 0 to the last one there is',
      [0, Number.MAX_SAFE_INTEGER],
      [
        [0, 0],
        [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
      ],
    ],
  ];
  for (const [name, seqs, ranges] of cases) test(name, () => assert.deepEqual(rangesOf(seqs), ranges));
});
