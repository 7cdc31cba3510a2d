import { HOUR_MS, MINUTE_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { nothingProduced, offlineHours, perDay, withProduced } from './outbox-rate.ts';

/** Produces so many bytes each second, from one time to another. */
function produced(fromMs: number, toMs: number, bytes: number, before = nothingProduced(fromMs)) {
  let window = before;
  for (let ms = fromMs; ms < toMs; ms += 1000) window = withProduced(window, ms, bytes);
  return window;
}

suite('hours offline', (test) => {
  test('are what is free over what comes in an hour, also when it was watched for less than one', () => {
    for (const minutes of [5, 10, 59, 60, 61, 300]) {
      const nowMs = 7_000_000 + minutes * MINUTE_MS;
      const hours = offlineHours(produced(7_000_000, nowMs, 100), nowMs, 3600 * 100 * 24) ?? 0;
      assert.ok(Math.abs(hours - 24) < 0.5, `${minutes} minutes: ${hours}`);
    }
  });

  test('are not known in the first five minutes, nor while nothing is produced', () => {
    assert.equal(offlineHours(produced(0, 4 * MINUTE_MS, 100), 4 * MINUTE_MS, 1000), undefined);
    assert.equal(offlineHours(nothingProduced(0), HOUR_MS, 1000), undefined);
    assert.equal(offlineHours(produced(0, HOUR_MS, 100), 3 * HOUR_MS, 1000), undefined);
  });

  test('follow a rate that changes, within an hour', () => {
    const slow = produced(0, HOUR_MS, 10);
    const fast = produced(HOUR_MS, 2 * HOUR_MS + MINUTE_MS, 100, slow);
    const hours = offlineHours(fast, 2 * HOUR_MS + MINUTE_MS, 3600 * 100 * 10) ?? 0;
    assert.ok(Math.abs(hours - 10) < 0.3, `${hours}`);
    assert.ok(fast.minutes.length <= 61);
  });

  test('are none when nothing is free', () => {
    const window = produced(0, HOUR_MS, 10);
    assert.deepEqual([offlineHours(window, HOUR_MS, 0), offlineHours(window, HOUR_MS, -5)], [0, 0]);
  });
});

suite('writes per day', (test) => {
  test('are extrapolated after five minutes', () => {
    assert.equal(perDay(10, 4 * MINUTE_MS), undefined);
    assert.equal(perDay(10, HOUR_MS), 240);
    assert.equal(perDay(0, HOUR_MS), 0);
  });
});
