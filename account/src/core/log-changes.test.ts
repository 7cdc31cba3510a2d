import { assert, suite } from '@ewon-agent/contracts/testing';
import {
  differencesOf,
  grantTold,
  passwordPolicyTold,
  twoFactorPolicyTold,
  userTold,
  valuesOf,
  withChanges,
} from './log-changes.ts';
import { FIRST_PASSWORD_POLICY } from './password-policy.ts';
import { FIRST_TWO_FACTOR_POLICY } from './two-factor.ts';

const ANN = { fullName: 'Ann', email: '', customFields: ['', 'x', ''] } as const;

suite('what the log says of changes', (test) => {
  test('before and after of what is different, and nothing else', () => {
    const before = userTold(ANN, ['Technicians']);
    assert.deepEqual(differencesOf(before, before), []);
    assert.deepEqual(
      differencesOf(before, userTold({ ...ANN, email: 'a@b.c', customFields: ['', '', ''] }, ['Administrators'])),
      ['groups "Technicians" → "Administrators"', 'e-mail "" → "a@b.c"', 'custom field 2 "x" → ""'],
    );
    const grant = { permissions: ['log.read', 'ewons.read'], pools: 'all' } as const;
    assert.deepEqual(
      differencesOf(grantTold(grant), grantTold({ permissions: ['ewons.read'], pools: ['all', 'North'] })),
      ['permissions "ewons.read", "log.read" → "ewons.read"', 'pools all → "North", "all"'],
    );
    assert.deepEqual(
      differencesOf(grantTold(grant), grantTold({ ...grant, permissions: ['ewons.read', 'log.read'] })),
      [],
      'the same in another order',
    );
    assert.deepEqual(
      differencesOf(
        passwordPolicyTold(FIRST_PASSWORD_POLICY),
        passwordPolicyTold({ ...FIRST_PASSWORD_POLICY, lengthMin: 12, digit: true, expiryDays: 90 }),
      ),
      ['shortest length 8 → 12', 'digit off → on', 'expires after days none → 90'],
    );
    assert.deepEqual(
      differencesOf(
        twoFactorPolicyTold(FIRST_TWO_FACTOR_POLICY),
        twoFactorPolicyTold({ ...FIRST_TWO_FACTOR_POLICY, enabled: false, rememberDays: 7 }),
      ),
      ['two-factor on → off', 'for days 30 → 7'],
    );
  });

  test('of something new or gone, what it is or was', () => {
    assert.deepEqual(valuesOf(userTold(ANN, [])), ['full name "Ann"', 'custom field 2 "x"']);
    assert.deepEqual(valuesOf(grantTold({ permissions: ['ewons.read'], pools: 'all' })), [
      'permissions "ewons.read"',
      'pools all',
    ]);
  });

  test('a value can neither look like the end of itself, nor turn the line round', () => {
    const [said] = differencesOf({ name: 'A' }, { name: 'B"; groups "x" → "y\u202e\n' });
    assert.equal(said, String.raw`name "A" → "B\"; groups \"x\" → \"y\u{202e}\n"`);
  });

  test('a line is no longer than a person reads, and a long list says what came and went', () => {
    const pools = Array.from({ length: 500 }, (_, n) => `Pool ${n}`);
    const [grown] = differencesOf({ pools }, { pools: [...pools.slice(1), 'New'] });
    assert.equal(grown, 'pools with "New", without "Pool 0"');
    const [long] = differencesOf({ address: '' }, { address: '𝒳'.repeat(500) });
    assert.ok(long?.endsWith('𝒳…') && [...long].length < 330);
    const many = Array.from({ length: 20 }, () => long ?? '');
    assert.equal([...withChanges('It was changed.', many)].length, 2000);
    assert.equal(withChanges('It was changed.', ['a', 'b']), 'It was changed: a; b.');
    assert.equal(withChanges('It was changed.', []), 'It was changed.');
  });
});
