import type { PasswordPolicy } from '../../core/password-policy.ts';

// The sentences of every form that sets a password. Otherwise as texts.ts.

export const PASSWORD_TEXTS = {
  show: 'Show what is typed',
  /** What a password must be, before anybody types one that is refused. */
  asks: (policy: PasswordPolicy): string => {
    const { lengthMin, letter, digit, special, digitOrSpecial, differentPasswords, expiryDays } = policy;
    const needs = [
      `${lengthMin} to 45 characters`,
      ...(letter ? ['a letter'] : []),
      ...(digit ? ['a digit'] : []),
      ...(special ? ['a special character'] : []),
      ...(digitOrSpecial && !digit && !special ? ['a digit or a special character'] : []),
    ];
    return [
      `It needs ${needs.join(', ')}.`,
      ...(differentPasswords === null ? [] : [differsFrom(differentPasswords)]),
      ...(expiryDays === null ? [] : [`It ends after ${expiryDays} days.`]),
    ].join(' ');
  },
} as const;

function differsFrom(count: number): string {
  return count === 1 ? 'It is another one than the last.' : `It is none of the last ${count}.`;
}
