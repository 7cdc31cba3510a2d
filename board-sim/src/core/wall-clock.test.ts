import { DAY_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { faketimeOffset, isPossible } from './wall-clock.ts';

const NOW_MS = Date.UTC(2026, 6, 1);

suite('wall clock of a board', (test) => {
  test('goes from 1970 to the year 2199 and no further', () => {
    for (const [aheadMs, possible] of [
      [0, true],
      [-400 * DAY_MS, true],
      [-NOW_MS, true],
      [-NOW_MS - 1, false],
      [Date.UTC(2199, 0) - NOW_MS, true],
      [Date.UTC(2200, 0) - NOW_MS, false],
    ] as const) {
      assert.equal(isPossible(aheadMs, NOW_MS), possible, `${aheadMs} ms ahead`);
    }
  });

  for (const [aheadMs, offset] of [
    [0, '+0.000'],
    [1, '+0.001'],
    [-1, '-0.001'],
    [400 * DAY_MS, '+34560000.000'],
    [-NOW_MS - 250, '-1782864000.250'],
  ] as const) {
    test(`${aheadMs} ms ahead is ${offset}`, () => assert.equal(faketimeOffset(aheadMs), offset));
  }
});
