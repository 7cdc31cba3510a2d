import { DAY_MS, err, type Millis, ok, type Result, type Timestamp, timestampOf } from '@ewon-agent/contracts';

// The password policy of an account (Ecatcher online help, "Password policy"). It speaks of passwords that are set from
// now on: one that is there already stays valid, with the end it was given when it was set.

/** What passwords of an account must be. `null` is: not asked for. */
export type PasswordPolicy = {
  /** 6 to 45 characters. */
  readonly lengthMin: number;
  readonly letter: boolean;
  readonly digit: boolean;
  readonly special: boolean;
  readonly digitOrSpecial: boolean;
  /** 10 to 970 days. */
  readonly expiryDays: number | null;
  /** 1 to 999 passwords, the present one among them, that a new one must differ from. */
  readonly differentPasswords: number | null;
};

/** The bounds of the policy's numbers, both of them allowed. */
export const POLICY_BOUNDS = {
  lengthMin: { min: 6, max: 45 },
  expiryDays: { min: 10, max: 970 },
  differentPasswords: { min: 1, max: 999 },
} as const;
/** No password is longer, whatever the policy: Ecatcher takes no more. */
export const PASSWORD_MAX_CHARACTERS = POLICY_BOUNDS.lengthMin.max;

/** Until an Administrator sets another. */
export const FIRST_PASSWORD_POLICY: PasswordPolicy = {
  ...{ lengthMin: 8, letter: true, digit: false, special: false, digitOrSpecial: true },
  ...{ expiryDays: null, differentPasswords: null },
};

/** The form of a password that is hashed and counted: what two keyboards compose in two ways is one (RFC 8265 §4.2). */
export function preparedPassword(password: string): string {
  return password.normalize('NFC');
}

/**
 * Judges a password that is to be set; history is judged apart, see {@link isUsedBefore}.
 * Codes: PASSWORD_UNFIT, with every rule that it breaks.
 */
export function judgePassword(policy: PasswordPolicy, password: string): Result<string> {
  const prepared = preparedPassword(password);
  const { length } = [...prepared];
  const [letter, digit] = [/\p{L}/u.test(prepared), /\p{Nd}/u.test(prepared)];
  const special = /[^\p{L}\p{Nd}\p{Cc}]/u.test(prepared);
  const lacks = [
    ...(length < policy.lengthMin ? [`at least ${policy.lengthMin} characters`] : []),
    ...(length > PASSWORD_MAX_CHARACTERS ? [`at most ${PASSWORD_MAX_CHARACTERS} characters`] : []),
    ...(policy.letter && !letter ? ['a letter'] : []),
    ...(policy.digit && !digit ? ['a digit'] : []),
    ...(policy.special && !special ? ['a special character'] : []),
    ...(policy.digitOrSpecial && !digit && !special ? ['a digit or a special character'] : []),
    // cannot be typed into every form, and would end a line that is read
    ...(/\p{Cc}/u.test(prepared) ? ['no control characters'] : []),
  ];
  return lacks.length === 0 ? ok(prepared) : err('PASSWORD_UNFIT', `needs ${lacks.join(', ')}`);
}

/** Tells whether a password is among the last ones that it must differ from. @param hashes newest first, the present one too */
export function isUsedBefore(policy: PasswordPolicy, hash: string, hashes: readonly string[]): boolean {
  return policy.differentPasswords !== null && hashes.slice(0, policy.differentPasswords).includes(hash);
}

/** When a password ends that is set now; null: never. */
export function passwordExpiry({ expiryDays }: PasswordPolicy, nowMs: Millis): Timestamp | null {
  return expiryDays === null ? null : timestampOf(nowMs + expiryDays * DAY_MS);
}
