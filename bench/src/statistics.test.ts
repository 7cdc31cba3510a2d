import { assert, suite } from '@ewon-agent/contracts/testing';
import { median, quantile, spread } from './statistics.ts';

suite('statistics', (test) => {
  test('the median of an odd number of values is the one in the middle, in whatever order they come', () => {
    assert.equal(median([9, 1, 5]), 5);
  });

  test('the median of an even number of values is the mean of the two in the middle', () => {
    assert.equal(median([4, 1, 3, 2]), 2.5);
  });

  test('a quantile lies linearly between its neighbours', () => {
    const values = Array.from({ length: 101 }, (_, i) => i);
    assert.equal(quantile(values, 0.05), 5);
    assert.equal(quantile([10, 20], 0.25), 12.5);
    assert.equal(quantile([10, 20], 0), 10);
    assert.equal(quantile([10, 20], 1), 20);
  });

  test('one value is its own spread', () => {
    assert.deepEqual(spread([7]), { n: 1, median: 7, p5: 7, p95: 7, min: 7, max: 7 });
  });

  test('a spread leaves the values as they were', () => {
    const values = [3, 1, 2];
    assert.equal(spread(values).max, 3);
    assert.deepEqual(values, [3, 1, 2]);
  });

  test('no values have no median: that is a bug of the bench', () => {
    assert.throws(() => median([]), /this is a bug/);
  });
});
