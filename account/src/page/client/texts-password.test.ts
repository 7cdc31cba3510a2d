import { assert, suite } from '@ewon-agent/contracts/testing';
import { FIRST_PASSWORD_POLICY } from '../../core/password-policy.ts';
import { PASSWORD_TEXTS } from './texts-password.ts';

suite('what a form says of the password policy', (test) => {
  test('each rule that holds, none that follows from another, and none that is not asked for', () => {
    const said = (rules: Partial<typeof FIRST_PASSWORD_POLICY>) =>
      PASSWORD_TEXTS.asks({ ...FIRST_PASSWORD_POLICY, ...rules });
    assert.equal(said({}), 'It needs 8 to 45 characters, a letter, a digit or a special character.');
    assert.equal(said({ letter: false, digitOrSpecial: false, lengthMin: 6 }), 'It needs 6 to 45 characters.');
    assert.equal(
      said({ digit: true, special: true, expiryDays: 10, differentPasswords: 3 }),
      'It needs 8 to 45 characters, a letter, a digit, a special character. It is none of the last 3. It ends after 10 days.',
    );
    assert.match(said({ differentPasswords: 1 }), /It is another one than the last\.$/);
  });
});
