import { type Command, InvalidArgumentError } from 'commander';
import type { PasswordPolicy } from '../core/password-policy.ts';
import type { TwoFactorPolicy } from '../core/two-factor.ts';
import { passwordPolicy, twoFactorPolicy } from './policies.ts';
import type { CommandKit } from './program.ts';
import { someOf } from './some-of.ts';

type WithState = { readonly state: string };

/** Adds what passwords must be, and whether a second factor is asked for: `policy-password`, `policy-two-factor`. */
export function userPolicyCommands(
  program: Command,
  { io, form, command, asking, done, wholeNumber }: CommandKit,
): void {
  const orNone = (text: string) => (text === 'none' ? text : wholeNumber(text));
  const password = program.command('policy-password').description('what passwords of users must be');
  command(password, 'show', 'show the password policy').action(({ state }: WithState) =>
    asking(state, (admin) => passwordPolicy(io, form, admin, {})),
  );
  command(password, 'set', 'change it for passwords that are set from now on; what is not named stays')
    .option('--length-min <characters>', '6 to 45', wholeNumber)
    .option('--letter <on|off>', 'at least one', onOff)
    .option('--digit <on|off>', 'at least one', onOff)
    .option('--special <on|off>', 'at least one special character', onOff)
    .option('--digit-or-special <on|off>', 'at least one of both', onOff)
    .option('--expiry-days <days>', '10 to 970; "none" for no end', orNone)
    .option('--different-passwords <number>', '1 to 999, the present one among them; "none" for no such rule', orNone)
    .action(({ state, json: _, ...set }: WithState & { json?: true } & PasswordSet) =>
      someOf(policyOf(set), { io, form, done }, (named) =>
        asking(state, (admin) => passwordPolicy(io, form, admin, named)),
      ),
    );
  const twoFactor = program.command('policy-two-factor').description('whether users are asked for a second factor');
  command(twoFactor, 'show', 'show the two-factor policy').action(({ state }: WithState) =>
    asking(state, (admin) => twoFactorPolicy(io, form, admin, {})),
  );
  command(twoFactor, 'set', 'change it; what is not named stays')
    .option('--enabled <on|off>', 'off: nobody is asked for a code, and who has set it up keeps it', onOff)
    .option('--for-new-users <on|off>', 'they must set it up before they may do anything else', onOff)
    .option('--remember-pcs <on|off>', 'a user may have a PC remembered, on which he is not asked', onOff)
    .option('--remember-days <days>', '1 to 365, counted from the day he turned two-factor on', wholeNumber)
    .action(({ state, json: _, ...set }: WithState & { json?: true } & Partial<TwoFactorPolicy>) =>
      someOf(set, { io, form, done }, (named) => asking(state, (admin) => twoFactorPolicy(io, form, admin, named))),
    );
}

/** As typed: commander takes null for no value. */
type PasswordSet = Partial<
  Omit<PasswordPolicy, 'expiryDays' | 'differentPasswords'> & {
    readonly expiryDays: number | 'none';
    readonly differentPasswords: number | 'none';
  }
>;

function policyOf({ expiryDays, differentPasswords, ...set }: PasswordSet): Partial<PasswordPolicy> {
  return {
    ...set,
    ...(expiryDays !== undefined && { expiryDays: expiryDays === 'none' ? null : expiryDays }),
    ...(differentPasswords !== undefined && {
      differentPasswords: differentPasswords === 'none' ? null : differentPasswords,
    }),
  };
}

function onOff(text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new InvalidArgumentError('on or off');
  return text === 'on';
}
