import { differencesOf, passwordPolicyTold, twoFactorPolicyTold } from '../core/log-changes.ts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { FIRST_PASSWORD_POLICY, type PasswordPolicy } from '../core/password-policy.ts';
import { FIRST_TWO_FACTOR_POLICY, type TwoFactorPolicy } from '../core/two-factor.ts';
import { type House, transactAndTell } from '../house.ts';
import { noteUser } from './user-changes.ts';

// What passwords must be, and who shows a code. The same again is success and says nothing.

/** Changes what new passwords must be; those that there are stay valid. */
export async function changePasswordPolicy(house: House, change: Partial<PasswordPolicy>): Promise<PasswordPolicy> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const before = (await tx.document('passwordPolicy')) ?? FIRST_PASSWORD_POLICY;
    const now = { ...before, ...change };
    const changes = differencesOf(passwordPolicyTold(before), passwordPolicyTold(now));
    if (changes.length === 0) return before;
    await tx.setDocument('passwordPolicy', now);
    await noteUser({ tx, telling, nowMs }, LOG_TEXTS.passwordPolicySet(changes));
    return now;
  });
}

/** Changes who shows a code, and for how long a PC shows none. */
export async function changeTwoFactorPolicy(house: House, change: Partial<TwoFactorPolicy>): Promise<TwoFactorPolicy> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const before = (await tx.document('twoFactorPolicy')) ?? FIRST_TWO_FACTOR_POLICY;
    const now = { ...before, ...change };
    const changes = differencesOf(twoFactorPolicyTold(before), twoFactorPolicyTold(now));
    if (changes.length === 0) return before;
    await tx.setDocument('twoFactorPolicy', now);
    await noteUser({ tx, telling, nowMs }, LOG_TEXTS.twoFactorPolicySet(changes));
    return now;
  });
}
