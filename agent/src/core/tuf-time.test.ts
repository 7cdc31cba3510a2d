import { assert, suite } from '@ewon-agent/contracts/testing';
import {
  acceptedNow,
  confirmTime,
  judgedAt,
  seenExpired,
  staysExpired,
  TUF_TIME_NONE,
  timeUnderNewRoot,
} from './tuf-time.ts';

suite('time of a repository', (test) => {
  test('only what clock and account both say is confirmed, and it never goes back', () => {
    const cases: [confirmedMs: number, clockMs: number, accountMs: number | undefined, then: number][] = [
      [0, 100, undefined, 0], // a card
      [0, 100, 90, 90],
      [0, 90, 100, 90],
      [0, 0, 100, 0], // 1970
      [50, 10, 100, 50], // set back
      [50, 100, 10, 50], // old answers are served
      [50, 9999, 60, 60], // far ahead
      [50, -5, -5, 50],
    ];
    for (const [confirmedMs, clockMs, accountMs, then] of cases) {
      const time = confirmTime({ confirmedMs, expired: {} }, { clockMs, accountMs });
      assert.equal(time.confirmedMs, then, JSON.stringify([confirmedMs, clockMs, accountMs]));
    }
  });

  test('expiry is judged by the later of both', () => {
    assert.equal(judgedAt({ confirmedMs: 50, expired: {} }, 10), 50);
    assert.equal(judgedAt({ confirmedMs: 50, expired: {} }, 60), 60);
  });

  test('what was seen expired stays so, until the account says that it is not', () => {
    const time = seenExpired(TUF_TIME_NONE, 'timestamp', 7);
    const file = { role: 'timestamp', version: 7, expiresMs: 100 } as const;
    assert.ok(staysExpired(time, file, { clockMs: 10 }));
    assert.ok(!staysExpired(time, file, { clockMs: 10, accountMs: 10 }));
    assert.ok(staysExpired(time, file, { clockMs: 100, accountMs: 100 }));
    assert.ok(!staysExpired(time, { ...file, version: 8 }, { clockMs: 10 }));
    assert.ok(!staysExpired(time, { ...file, role: 'snapshot' }, { clockMs: 10 }));
    assert.deepEqual(seenExpired(time, 'timestamp', 6), time);
  });

  test('a later version that was accepted ends it, an older one does not', () => {
    const time = seenExpired(seenExpired(TUF_TIME_NONE, 'timestamp', 7), 'snapshot', 3);
    assert.deepEqual(acceptedNow(time, { timestamp: 6, snapshot: 2 }), time);
    assert.deepEqual(acceptedNow(time, { timestamp: 8 }).expired, { snapshot: 3 });
    assert.deepEqual(acceptedNow(time, { timestamp: 7, snapshot: 9 }).expired, {});
  });

  test('a new root goes back to what the account says, and not by itself', () => {
    const time = { confirmedMs: 9999, expired: { root: 2 } };
    assert.deepEqual(timeUnderNewRoot(time, { clockMs: 0 }), time);
    assert.deepEqual(timeUnderNewRoot(time, { clockMs: 0, accountMs: 100 }), { confirmedMs: 100, expired: {} });
    assert.deepEqual(timeUnderNewRoot(time, { clockMs: 0, accountMs: 1e6 }), { confirmedMs: 9999, expired: {} });
  });
});
