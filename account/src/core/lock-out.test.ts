import { assert, suite } from '@ewon-agent/contracts/testing';
import {
  countTry,
  FAILURES_MAX,
  isOver,
  LOCKED_OUT_MS,
  lockedSince,
  lockedUntil,
  networkOfTries,
  type Tries,
  takeBackTry,
  triesName,
} from './lock-out.ts';

const after = (failures: number, lastAtMs = 0): Tries => ({ failures, lastAtMs });

/** Tries so far, the time of another, and how many there are then; undefined: it may not be made. */
const TRIES: readonly (readonly [Tries | undefined, number, number | undefined])[] = [
  [undefined, 0, 1],
  [after(1), 0, 2],
  [after(FAILURES_MAX - 1), LOCKED_OUT_MS - 1, FAILURES_MAX],
  [after(FAILURES_MAX), 0, undefined],
  [after(FAILURES_MAX), LOCKED_OUT_MS - 1, undefined],
  [after(FAILURES_MAX), LOCKED_OUT_MS, 1],
  [after(FAILURES_MAX - 1), LOCKED_OUT_MS, 1],
  [after(FAILURES_MAX, 1e12), 1e12 - 1, undefined],
  [after(FAILURES_MAX, 1e12), 0, 1],
];

suite('lock-out', (test) => {
  for (const [tries, nowMs, failures] of TRIES)
    test(`${JSON.stringify(tries)} and one more at ${nowMs}: ${failures ?? 'refused'}`, () => {
      const counted = countTry(tries, nowMs);
      assert.deepEqual(counted, failures === undefined ? undefined : { failures, lastAtMs: nowMs });
      assert.equal(lockedUntil(tries, nowMs) !== undefined, failures === undefined);
    });

  test('a success takes back its own try only', () => {
    assert.equal(takeBackTry(after(1)), undefined);
    assert.deepEqual(takeBackTry(after(9, 5)), after(8, 5));
  });

  test('who is locked out still is among those that tried since, a user as well as a network', () => {
    for (const nowMs of [0, LOCKED_OUT_MS - 1])
      assert.ok(lockedUntil(after(FAILURES_MAX), nowMs) && lockedSince(nowMs) <= 0);
    const of = { login: 'Ann', network: '192.0.2.0/24' };
    assert.equal(networkOfTries(triesName('network', of)), of.network);
    assert.equal(networkOfTries(triesName('user', of)), undefined);
  });

  test('is forgotten when it counts no more', () => {
    assert.deepEqual([isOver(after(3), LOCKED_OUT_MS - 1), isOver(after(3), LOCKED_OUT_MS)], [false, true]);
  });
});
