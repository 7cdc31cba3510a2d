import { DAY_MS } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import {
  FIRST_PASSWORD_POLICY,
  isUsedBefore,
  judgePassword,
  type PasswordPolicy,
  passwordExpiry,
} from './password-policy.ts';

const NOTHING: PasswordPolicy = {
  ...{ lengthMin: 6, letter: false, digit: false, special: false, digitOrSpecial: false },
  ...{ expiryDays: null, differentPasswords: null },
};

/** What is asked for, a password that has it, one that has not, and what is said then. */
const RULES: readonly (readonly [Partial<PasswordPolicy>, string, string, string])[] = [
  [{}, '      ', '     ', 'at least 6 characters'],
  [{ lengthMin: 45 }, 'x'.repeat(45), 'x'.repeat(44), 'at least 45 characters'],
  [{}, 'x'.repeat(45), 'x'.repeat(46), 'at most 45 characters'],
  [{}, '😀'.repeat(45), '😀'.repeat(46), 'at most 45 characters'],
  [{ letter: true }, '12345é', '12345!', 'a letter'],
  [{ digit: true }, 'abcde٣', 'abcde!', 'a digit'],
  [{ special: true }, 'abcd ef', 'abcde1', 'a special character'],
  [{ digitOrSpecial: true }, 'abcde1', 'abcdef', 'a digit or a special character'],
  [{ digitOrSpecial: true }, 'abcde_', 'abcdef', 'a digit or a special character'],
  [{ letter: true, digit: true }, 'abcde1', '!!!!!!', 'a letter, a digit'],
  [{}, 'abcdef', 'abc\ndef', 'no control characters'],
  [{ special: true }, 'abc def', 'abcdef\u0007', 'a special character, no control characters'],
];

suite('password policy', (test) => {
  for (const [asked, good, bad, said] of RULES)
    test(`${JSON.stringify(asked)} takes ${good}, and of ${JSON.stringify(bad)} says: ${said}`, () => {
      assertOk(judgePassword({ ...NOTHING, ...asked }, good));
      assert.equal(assertFault(judgePassword({ ...NOTHING, ...asked }, bad), 'PASSWORD_UNFIT').detail, `needs ${said}`);
    });

  test('what is composed in two ways is one password, and counted once', () => {
    assert.equal(assertOk(judgePassword(NOTHING, 'caf\u0065\u0301 1')), 'café 1');
  });

  test('a new one differs from so many of the last ones, the present one among them', () => {
    const last = ['c', 'b', 'a'];
    assert.ok(!isUsedBefore(NOTHING, 'c', last));
    assert.ok(isUsedBefore({ ...NOTHING, differentPasswords: 1 }, 'c', last));
    assert.ok(!isUsedBefore({ ...NOTHING, differentPasswords: 1 }, 'b', last));
    assert.ok(isUsedBefore({ ...NOTHING, differentPasswords: 3 }, 'a', last));
    assert.ok(!isUsedBefore({ ...NOTHING, differentPasswords: 999 }, 'd', last));
  });

  test('ends so many days after it was set, or never', () => {
    assert.equal(passwordExpiry(FIRST_PASSWORD_POLICY, 0), null);
    assert.equal(passwordExpiry({ ...NOTHING, expiryDays: 10 }, DAY_MS), '1970-01-12T00:00:00.000Z');
  });
});
