import { DAY_MS, MINUTE_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import {
  afterFailure,
  afterLogin,
  type Failures,
  failuresText,
  isLocked,
  LOCK_MS,
  LOCKED_AFTER,
  leftMs,
  NO_FAILURES,
  pauseMs,
  readFailures,
  withoutFailures,
} from './login-lockout.ts';

const ADA = { user: 'ada', line: 'serial' };
const NOBODY = { user: undefined, line: 'serial' };
const failed = (times: number, attempt: Parameters<typeof afterFailure>[1] = ADA, from: Failures = NO_FAILURES) =>
  Array.from({ length: times }).reduce<Failures>((all) => afterFailure(all, attempt, 0), from);

suite('failed logins of a console', (test) => {
  test('the pause grows, and is a quarter of an hour from the tenth on', () => {
    const pauses = Array.from({ length: 13 }, (_, failures) => pauseMs(failures) / 1000);
    assert.deepEqual(pauses, [0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 900, 900, 900]);
  });

  test('a user waits on each line, and a line for each user', () => {
    const both = failed(LOCKED_AFTER);
    assert.equal(leftMs(both, { user: 'ada', line: 'other' }, 0), LOCK_MS);
    assert.equal(leftMs(both, { user: 'tom', line: 'serial' }, 1000), LOCK_MS - 1000);
    assert.equal(leftMs(both, { user: 'tom', line: 'other' }, 0), 0);
    assert.equal(leftMs(failed(LOCKED_AFTER, NOBODY), ADA, 0), LOCK_MS);
  });

  test('nobody is locked out for good: no number of failures makes a longer pause', () => {
    const [a, b] = [failed(10), failed(1000)];
    assert.equal(leftMs(b, ADA, 0), leftMs(a, ADA, 0));
    assert.equal(leftMs(b, ADA, LOCK_MS), 0);
    assert.ok(isLocked(b, ADA), 'but the next failure waits as long again');
    assert.equal(leftMs(afterFailure(b, ADA, LOCK_MS), ADA, LOCK_MS), LOCK_MS);
  });

  test('a login takes back its own failures only', () => {
    const mixed = failed(2, { user: 'tom', line: 'serial' }, failed(3));
    assert.equal(leftMs(afterLogin(mixed, ADA, 0), NOBODY, 0), 0);
    const guesses = failed(1, ADA, failed(9, NOBODY));
    assert.equal(leftMs(afterLogin(guesses, ADA, 0), NOBODY, 0), pauseMs(9));
    assert.equal(leftMs(afterLogin(guesses, ADA, 0), { user: 'ada', line: 'other' }, 0), 0);
  });

  test('a new password takes back what was failed with the old one; a day forgets all', () => {
    assert.equal(leftMs(withoutFailures(failed(10), 'ada'), ADA, 0), 0);
    assert.equal(leftMs(withoutFailures(failed(10, NOBODY), 'ada'), ADA, 0), LOCK_MS);
    assert.equal(leftMs(afterFailure(failed(9), ADA, DAY_MS), ADA, DAY_MS), 0);
    assert.equal(leftMs(afterFailure(failed(9), ADA, DAY_MS - 1), ADA, DAY_MS - 1), LOCK_MS);
  });

  test('counts outlast a restart, and the pause begins anew there; what is damaged locks nobody out', () => {
    const kept = readFailures(failuresText(failed(10)), 5 * MINUTE_MS);
    assert.equal(leftMs(kept, ADA, 5 * MINUTE_MS), LOCK_MS);
    for (const text of [undefined, '', '{', '[]', '{"users":3}', '{"users":{"ada":-1},"lines":{"serial":"10"}}'])
      assert.deepEqual(readFailures(text, 0), NO_FAILURES);
    assert.equal(leftMs(readFailures('{"users":{"ada":1e9}}', 0), ADA, 0), LOCK_MS);
  });

  test('any name is a name, and any sequence keeps the bounds', () => {
    const name = fc.constantFrom('__proto__', 'constructor', 'ada', 'tom');
    const step = fc.record({ user: fc.option(name, { nil: undefined }), line: name, isRight: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let all = NO_FAILURES;
        for (const { isRight, ...attempt } of steps) {
          all = isRight ? afterLogin(all, attempt, 0) : afterFailure(all, attempt, 0);
          assert.ok(leftMs(all, attempt, 0) <= LOCK_MS);
          assert.deepEqual(readFailures(failuresText(all), 0), all);
        }
      }),
    );
  });
});
