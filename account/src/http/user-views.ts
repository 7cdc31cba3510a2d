import { type Millis, type Timestamp, timestampOf } from '@ewon-agent/contracts';
import { lockedUntil, type Tries } from '../core/lock-out.ts';
import { rememberedUntil, type TwoFactorPolicy } from '../core/two-factor.ts';
import type { UserRecord } from '../core/users.ts';

/** A user as the admin API shows him. Never what he proves himself with. */
export type UserView = Omit<UserRecord, 'userId'> & {
  readonly id: string;
  readonly groupIds: readonly string[];
  readonly recoveryCodes: number;
  readonly lockedUntil: Timestamp | null;
  /** When PCs that are remembered now are forgotten; null when none is remembered. */
  readonly pcsForgottenAt: Timestamp | null;
};

/** @param of what is kept beside the user's record */
export function userView(
  { userId, ...record }: UserRecord,
  of: {
    readonly groupIds: readonly string[];
    readonly recoveryCodes: number;
    readonly tries?: Tries | undefined;
    readonly twoFactorPolicy: TwoFactorPolicy;
  },
  nowMs: Millis,
): UserView {
  const untilMs = lockedUntil(of.tries, nowMs);
  const { twoFactorSince: since, twoFactor } = record;
  const policy = of.twoFactorPolicy;
  const isRemembering = policy.enabled && policy.rememberPcs && twoFactor === 'on' && since !== null;
  return {
    id: userId,
    ...record,
    ...{ groupIds: of.groupIds, recoveryCodes: of.recoveryCodes },
    lockedUntil: untilMs === undefined ? null : timestampOf(untilMs),
    pcsForgottenAt: isRemembering ? timestampOf(rememberedUntil(Date.parse(since), nowMs, policy)) : null,
  };
}
