import { assert, suite } from '@ewon-agent/contracts/testing';
import { BACKOFF_MAX_MS, backoffMs } from './backoff.ts';

suite('back-off', (test) => {
  test('is jittered over the whole interval, which doubles up to five minutes', () => {
    assert.deepEqual(
      [1, 2, 3, 8, 9, 50].map((n) => backoffMs(n, 0.999999)),
      [1999, 3999, 7999, 255999, 299999, 299999],
    );
    assert.equal(backoffMs(9, 0.5), 150_000);
    assert.equal(BACKOFF_MAX_MS, 300_000);
  });
  test('never makes a busy loop', () => assert.equal(backoffMs(1, 0), 100));
  test('waits at least as long as the account asks, but not more than an hour for it', () => {
    assert.equal(backoffMs(1, 0, 30_000), 30_000);
    assert.equal(backoffMs(1, 0, 1e9), 3_600_000);
    assert.equal(backoffMs(1, 0, -5), 100);
  });
});
