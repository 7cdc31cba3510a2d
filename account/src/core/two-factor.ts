import { DAY_MS, type Millis } from '@ewon-agent/contracts';

// Two-factor of an account (Ecatcher online help, "Two-factor policy").

export type TwoFactorPolicy = {
  /** Off: nobody is asked for a code. Who has set it up keeps it. */
  readonly enabled: boolean;
  /** New users set it up at their first sign-in, before anything else. */
  readonly forNewUsers: boolean;
  readonly rememberPcs: boolean;
  /** 1 to 365. */
  readonly rememberDays: number;
};

export const REMEMBER_DAYS = { min: 1, max: 365 } as const;
export const FIRST_TWO_FACTOR_POLICY: TwoFactorPolicy = {
  enabled: true,
  forNewUsers: false,
  rememberPcs: true,
  rememberDays: 30,
};

/**
 * When a PC that was remembered then is forgotten. Days are counted from the day the user turned two-factor on: every so
 * many days from that day all his PCs are forgotten together, however late each of them was remembered.
 */
export function rememberedUntil(
  turnedOnMs: Millis,
  rememberedMs: Millis,
  { rememberDays }: Pick<TwoFactorPolicy, 'rememberDays'>,
): Millis {
  const dayMs = Math.floor(turnedOnMs / DAY_MS) * DAY_MS;
  const periodMs = rememberDays * DAY_MS;
  return dayMs + (Math.floor(Math.max(rememberedMs - dayMs, 0) / periodMs) + 1) * periodMs;
}

/** Tells whether a user must set up two-factor before he may do anything else. */
export function isHeldBack(
  twoFactor: 'off' | 'wanted' | 'on',
  { enabled }: TwoFactorPolicy = FIRST_TWO_FACTOR_POLICY,
): boolean {
  return enabled && twoFactor === 'wanted';
}
