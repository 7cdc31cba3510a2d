import { err, ok, type Result } from '@ewon-agent/contracts';
import { FIRST_TWO_FACTOR_POLICY } from '../core/two-factor.ts';
import type { UserRecord } from '../core/users.ts';
import type { Vault } from '../secrets/vault.ts';
import type { Doing } from './change-state.ts';

/** What a user shows beside his password. */
export type Proof = {
  /** Six digits of an app, or a recovery code. */
  readonly code?: string;
  /** Token of a PC that is remembered. */
  readonly rememberedPc?: string;
};

/** Asks for what a user must show beside his password. Codes: TWO_FACTOR_NEEDED, TWO_FACTOR_WRONG. */
export async function proveSecondFactor(
  { tx }: Doing,
  _vault: Vault,
  user: UserRecord,
  _proof: Proof,
): Promise<Result<undefined>> {
  const policy = (await tx.document('twoFactorPolicy')) ?? FIRST_TWO_FACTOR_POLICY;
  if (user.twoFactor !== 'on' || !policy.enabled) return ok(undefined);
  return err('TWO_FACTOR_NEEDED');
}
