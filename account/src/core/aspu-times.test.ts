import { DAY_MS, HOUR_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { expiresSoon, expiryOf, isDue, isFastForwarded, nextFileVersion } from './aspu-times.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00.500Z');
const NOW_S = 1_772_366_400;

suite('times of a repository of patches', (test) => {
  test('expiry is written as TUF says, without fractions', () =>
    assert.equal(expiryOf(NOW_MS), '2026-03-01T12:00:00Z'));

  test('versions are the time in seconds, and never go back', () => {
    assert.equal(nextFileVersion(undefined, NOW_MS), NOW_S);
    assert.equal(nextFileVersion(7, NOW_MS), NOW_S);
    assert.equal(nextFileVersion(NOW_S, NOW_MS), NOW_S + 1);
    assert.equal(nextFileVersion(NOW_S + 100, 0), NOW_S + 101);
  });

  test('what we number ourselves is not run forward, also with a clock that was a year ahead', () => {
    assert.equal(isFastForwarded(nextFileVersion(undefined, NOW_MS + 365 * DAY_MS), NOW_MS), false);
    assert.equal(isFastForwarded(nextFileVersion(undefined, NOW_MS + 400 * DAY_MS), NOW_MS), true);
  });

  test('the server signs at half time, people a month before', () => {
    assert.equal(isDue('timestamp', NOW_MS + 12 * HOUR_MS, NOW_MS), false);
    assert.equal(isDue('timestamp', NOW_MS + 11 * HOUR_MS, NOW_MS), true);
    assert.equal(isDue('snapshot', NOW_MS - 1, NOW_MS), true);
    assert.equal(expiresSoon(NOW_MS + 31 * DAY_MS, NOW_MS), false);
    assert.equal(expiresSoon(NOW_MS + 29 * DAY_MS, NOW_MS), true);
  });
});
