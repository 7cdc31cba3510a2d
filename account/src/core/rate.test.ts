import { assert, suite } from '@ewon-agent/contracts/testing';
import { type Bucket, isFull, takeToken } from './rate.ts';

const RATE = { perSecond: 2, burst: 3 };

suite('rate', (test) => {
  test('a burst, then refused with the time to wait, then one request per half second', () => {
    let bucket: Bucket | undefined;
    const ask = (atMs: number) => {
      const answer = takeToken(bucket, RATE, atMs);
      bucket = answer.bucket;
      return answer.waitMs ?? 'taken';
    };
    const asked = [0, 0, 0, 0, 250, 500, 500, 10_000, 10_000, 10_000, 10_000].map(ask);
    assert.deepEqual(asked, [
      ...['taken', 'taken', 'taken', 500, 250, 'taken', 500],
      ...['taken', 'taken', 'taken', 500],
    ]);
  });
  test('a bucket is full again after its burst has come back', () => {
    assert.equal(isFull({ tokens: 0, atMs: 0 }, RATE, 1499), false);
    assert.equal(isFull({ tokens: 0, atMs: 0 }, RATE, 1500), true);
  });
});
