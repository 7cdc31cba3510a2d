import { ACK_RANGES_MAX, readAck, toUtf8 } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { acksOf, rangesOf } from './acknowledgement.ts';

suite('acknowledgement', (test) => {
  const cases: readonly (readonly [string, readonly number[], readonly (readonly [number, number])[]])[] = [
    ['nothing', [], []],
    ['one', [7], [[7, 7]]],
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
  for (const [name, seqs, ranges] of cases) test(`ranges of ${name}`, () => assert.deepEqual(rangesOf(seqs), ranges));

  test('more ranges than one message may have: several, each sound, together all of them', () => {
    const seqs = Array.from({ length: 2 * ACK_RANGES_MAX + 1 }, (_, i) => i * 2);
    const acks = acksOf('e', seqs).map((ack) => assertOk(readAck(toUtf8(JSON.stringify(ack)))));
    assert.deepEqual(
      acks.map(({ ranges }) => ranges.length),
      [ACK_RANGES_MAX, ACK_RANGES_MAX, 1],
    );
    assert.deepEqual(
      acks.flatMap(({ ranges }) => ranges.map(([from]) => from)),
      seqs,
    );
  });

  test('of nothing there is none', () => assert.deepEqual(acksOf('e', []), []));
});
