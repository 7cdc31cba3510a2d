import { DAY_MS, err, HOUR_MS, type Millis, ok, printable, type Result, timestampOf } from '@ewon-agent/contracts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { FIRST_PASSWORD_POLICY, judgePassword } from '../core/password-policy.ts';
import { FIRST_TWO_FACTOR_POLICY, rememberedUntil } from '../core/two-factor.ts';
import { type House, newToken, transactAndTell } from '../house.ts';
import { hashOf } from '../secrets/token-hash.ts';
import { replacePassword } from './user-changes.ts';
import { type Claim, proveUser } from './users.ts';

/** A working day. */
export const SESSION_VALID_MS: Millis = 12 * HOUR_MS;
/** The link is printed at the start and may be opened later that day. */
const ONE_TIME_LINK_VALID_MS = 24 * HOUR_MS;

/** What a browser is given; `pc`: that this PC is remembered, until then. */
export type SignedIn = {
  readonly token: string;
  readonly pc?: { readonly token: string; readonly validMs: Millis };
};

/**
 * Makes a one-time sign-in token for whoever holds the machine, and for nobody else: the session that it opens belongs to no user, and would
 * outlive the removal of one who made it. Codes: NOT_PERMITTED.
 */
export async function orderOneTimeToken(house: House): Promise<Result<string>> {
  if (house.person.userId !== undefined)
    return err('NOT_PERMITTED', 'for whoever holds the machine: "account sign-in" there');
  const once = newToken(house.random);
  return transactAndTell(house, async (tx, telling, nowMs) => {
    await tx.addOneTimeLink(hashOf(once), timestampOf(nowMs + ONE_TIME_LINK_VALID_MS));
    await telling.noteDone(tx, { event: LOG_TEXTS.oneTimeLinkMade() });
    return ok(once);
  });
}

/** Makes the one-time sign-in token that is printed at the start. */
export async function makeOneTimeToken(house: House): Promise<string> {
  const once = newToken(house.random);
  const expiresAt = timestampOf(house.clock.now() + ONE_TIME_LINK_VALID_MS);
  await house.store.transact((tx) => tx.addOneTimeLink(hashOf(once), expiresAt));
  return once;
}

/** Signs in by a one-time token. Codes: NOT_SIGNED_IN. */
export async function signInOnce(house: House, once: string): Promise<Result<SignedIn>> {
  const token = newToken(house.random);
  return transactAndTell(house, async (tx, telling, nowMs) => {
    if (!(await tx.takeOneTimeLink(hashOf(once), timestampOf(nowMs))))
      return err('NOT_SIGNED_IN', 'the link was used already or is too old');
    await tx.addSession(hashOf(token), timestampOf(nowMs + SESSION_VALID_MS));
    await telling.noteDone(tx, { event: LOG_TEXTS.signedIn() });
    return ok({ token });
  });
}

/** What a browser sends beside the claim of its user. */
export type Browser = { readonly says: string; readonly remember: boolean };

/** Signs a user in. Codes: those of checkPassword, and PASSWORD_UNFIT, PASSWORD_USED_BEFORE for a new password. */
export async function signIn(house: House, claim: Claim, browser: Browser): Promise<Result<SignedIn>> {
  if (claim.newPassword !== undefined) {
    const policy = await house.store.transact((tx) => tx.document('passwordPolicy'));
    const fit = judgePassword(policy ?? FIRST_PASSWORD_POLICY, claim.newPassword);
    if (!fit.ok) return fit;
  }
  const proved = await proveUser(house, claim);
  if (!proved.ok) return proved;
  const { userId, login } = proved.value.user;
  const asUser = { ...house, person: { name: login, userId, isAdministrator: false, grants: [] } };
  if (proved.value.password === 'expired') {
    const changed = await replacePassword(asUser, userId, claim.newPassword ?? '');
    if (!changed.ok) return changed;
  }
  const token = newToken(house.random);
  return transactAndTell(asUser, async (tx, telling, nowMs) => {
    const user = await tx.user(userId);
    if (!user) return err('SIGN_IN_FAILED'); // removed in this very moment
    const [createdAt, expiresAt] = [timestampOf(nowMs), timestampOf(nowMs + SESSION_VALID_MS)];
    const from = { network: claim.network, browser: printable(browser.says, 200) };
    await tx.addUserSession({ sessionHash: hashOf(token), userId, createdAt, expiresAt, ...from });
    await tx.updateUser(userId, { signedInAt: createdAt });
    await telling.noteDone(tx, { event: LOG_TEXTS.userSignedIn(login) });
    const policy = (await tx.document('twoFactorPolicy')) ?? FIRST_TWO_FACTOR_POLICY;
    const isRemembered = browser.remember && policy.enabled && policy.rememberPcs && user.twoFactor === 'on';
    // with a code that was shown now, and not because it is remembered already
    if (!isRemembered || claim.code === undefined || user.twoFactorSince === null) return ok({ token });
    const pc = newToken(house.random);
    await tx.rememberPc({ tokenHash: hashOf(pc), userId, rememberedAt: createdAt });
    const untilMs = rememberedUntil(Date.parse(user.twoFactorSince), nowMs, policy);
    return ok({ token, pc: { token: pc, validMs: Math.min(untilMs - nowMs, 365 * DAY_MS) } });
  });
}
