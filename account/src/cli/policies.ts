import type { Result } from '@ewon-agent/contracts';
import type { PasswordPolicy } from '../core/password-policy.ts';
import type { TwoFactorPolicy } from '../core/two-factor.ts';
import type { AdminClient } from './admin-client.ts';
import { say, table } from './answer.ts';
import type { ExitStatus, Form, Io } from './io.ts';

const onOff = (is: boolean) => (is ? 'on' : 'off');

/** `account policy-password show|set`: what is not named stays as it is. */
export async function passwordPolicy(
  io: Io,
  form: Form,
  admin: AdminClient,
  set: Partial<PasswordPolicy>,
): Promise<ExitStatus> {
  return say(io, form, await changed(admin, 'password-policy', set), (policy) =>
    table(
      ['a new password', ''],
      [
        ['has characters, at least', String(policy.lengthMin)],
        ['has a letter', onOff(policy.letter)],
        ['has a digit', onOff(policy.digit)],
        ['has a special character', onOff(policy.special)],
        ['has a digit or special character', onOff(policy.digitOrSpecial)],
        ['ends after days', String(policy.expiryDays ?? 'none')],
        ['differs from so many, the present one among them', String(policy.differentPasswords ?? 'none')],
      ],
    ),
  );
}

/** `account policy-two-factor show|set`: what is not named stays as it is. */
export async function twoFactorPolicy(
  io: Io,
  form: Form,
  admin: AdminClient,
  set: Partial<TwoFactorPolicy>,
): Promise<ExitStatus> {
  return say(io, form, await changed(admin, 'two-factor-policy', set), (policy) =>
    table(
      ['two-factor', onOff(policy.enabled)],
      [
        ['new users must set it up', onOff(policy.forNewUsers)],
        ['a PC may be remembered', onOff(policy.rememberPcs)],
        ['for days', String(policy.rememberDays)],
      ],
    ),
  );
}

/** The policy as it is, or as it is when `set` has been changed of it. */
async function changed<T extends object>(admin: AdminClient, path: string, set: Partial<T>): Promise<Result<T>> {
  return Object.keys(set).length === 0 ? admin.ask<T>('GET', path) : admin.ask<T>('PATCH', path, set);
}
