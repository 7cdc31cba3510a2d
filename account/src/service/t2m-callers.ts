import { err, MINUTE_MS, type Millis, ok, printable, type Result, timestampOf } from '@ewon-agent/contracts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { isHeldBack } from '../core/two-factor.ts';
import { type Person, personOf, personOfToken, TOKEN_LOGIN } from '../core/users.ts';
import { type House, transactAndTell } from '../house.ts';
import { hashOf } from '../secrets/token-hash.ts';
import type { StoreTx } from '../store/store.ts';
import { noteUse } from './api-tokens.ts';
import type { ProvedLately } from './proved-lately.ts';
import { SESSION_VALID_MS } from './sign-in.ts';
import { USERS_CHANGED } from './user-changes.ts';
import { checkPassword } from './users.ts';

// Who calls Talk2M's API: a user by his password, a program by its token, or either by a session that it opened before.

/** A script that signs in each time it runs has so many sessions and no more; the oldest end. */
const SESSIONS_MAX = 10;

/** What is given with a call, or to open a session. */
export type T2mClaim = {
  readonly account: string;
  readonly login: string;
  readonly password: string;
  readonly network: string;
};
/** Somebody who proved himself. `id`: of a user, or of a token. */
export type T2mCaller = { readonly id: string; readonly person: Person };

/** What a proof costs, and what spares it. */
export type T2mTry = {
  /** Where it is there: who proved himself lately does not pay again. */
  readonly proved?: ProvedLately;
  /** Asked before the slow hash of a password. */
  mayTry(): boolean;
};

/**
 * Finds out who somebody is, for one call. There is no place for a code: whoever has turned two-factor on uses a token.
 * Codes: RATE_LIMITED, SIGN_IN_FAILED, LOCKED_OUT, PASSWORD_EXPIRED, TWO_FACTOR_NEEDED, TWO_FACTOR_SETUP_NEEDED.
 */
export async function proveCaller(
  house: House,
  { account, ...claim }: T2mClaim,
  { proved, mayTry }: T2mTry,
): Promise<Result<T2mCaller>> {
  const isProgram = claim.login === TOKEN_LOGIN;
  const [isThis, standing] = await house.store.transact(async (tx) => {
    const { accountId, name } = await tx.account();
    const isThis = account === accountId || account.toLowerCase() === name.toLowerCase();
    const isAsked = isThis && !isProgram;
    return [isThis, isAsked ? await proved?.standingOf(tx, claim, house.clock.now()) : undefined] as const;
  });
  if (standing && proved?.knows(standing)) return userOfCall(house, standing.userId);
  if (!isProgram && !mayTry()) return err('RATE_LIMITED', claim.network);
  if (!isThis) return err('SIGN_IN_FAILED', 'account');
  if (isProgram) return house.store.transact((tx) => programOf(tx, claim.password, house.clock.now()));
  const user = await checkPassword(house, claim);
  if (!user.ok) return user;
  if (standing) proved?.keep(standing);
  return userOfCall(house, user.value.userId);
}

/** Opens a session. @returns its id: 32 hex digits, as scripts know them */
export async function openT2mSession(
  house: House,
  { id, person }: T2mCaller,
  from: { readonly network: string; readonly says: string },
): Promise<string> {
  const session = Buffer.from(house.random.bytes(16)).toString('hex');
  await transactAndTell({ ...house, person }, async (tx, telling, nowMs) => {
    const [createdAt, expiresAt] = [timestampOf(nowMs), timestampOf(nowMs + SESSION_VALID_MS)];
    const own = (await tx.userSessions(id, createdAt)).filter(({ sessionHash }) => sessionHash.startsWith(KIND));
    for (const { sessionHash } of own.slice(SESSIONS_MAX - 1)) await tx.endUserSession(sessionHash);
    const browser = printable(`M2Web API: ${from.says}`, 200);
    const { network } = from;
    await tx.addUserSession({
      sessionHash: sessionHashOf(session),
      userId: id,
      createdAt,
      expiresAt,
      network,
      browser,
    });
    if (person.userId !== undefined) await telling.noteDone(tx, { event: LOG_TEXTS.userSignedIn(person.name) });
  });
  return session;
}

/** Who opened a session. Codes: NOT_SIGNED_IN, TWO_FACTOR_SETUP_NEEDED. */
export async function callerOfSession(house: House, session: string): Promise<Result<T2mCaller>> {
  const now = timestampOf(house.clock.now());
  return house.store.transact(async (tx) => {
    const found = await tx.userSession(sessionHashOf(session), now);
    return found ? callerOfId(tx, found.userId, house.clock.now()) : err('NOT_SIGNED_IN');
  });
}

/** Ends a session. */
export async function endT2mSession(house: House, session: string): Promise<void> {
  await transactAndTell(house, async (tx, telling) => {
    await tx.endUserSession(sessionHashOf(session));
    telling.tell({ type: 'settings', id: USERS_CHANGED });
  });
}

/** Stands before the hash of a session of this API: its id travels in URLs, and must be no cookie of the page. */
const KIND = 'm2web-';

function sessionHashOf(session: string): string {
  return `${KIND}${hashOf(session)}`;
}

/** A user with what he may now. That he was here is noted once in a while, as of tokens. */
async function userOfCall(house: House, userId: string): Promise<Result<T2mCaller>> {
  const nowMs = house.clock.now();
  return house.store.transact(async (tx) => {
    const { signedInAt = null } = (await tx.user(userId)) ?? {};
    if (nowMs - Date.parse(signedInAt ?? '1970-01-01') >= MINUTE_MS)
      await tx.updateUser(userId, { signedInAt: timestampOf(nowMs) });
    return callerOfId(tx, userId);
  });
}

async function programOf(tx: StoreTx, password: string, nowMs: Millis): Promise<Result<T2mCaller>> {
  const token = await tx.apiTokenOf(hashOf(password));
  return token ? callerOfId(tx, token.tokenId, nowMs) : err('SIGN_IN_FAILED', 'API token');
}

/** @param nowMs when a token is used */
async function callerOfId(tx: StoreTx, id: string, nowMs?: Millis): Promise<Result<T2mCaller>> {
  const user = await tx.user(id);
  if (user && isHeldBack(user.twoFactor, await tx.document('twoFactorPolicy')))
    return err('TWO_FACTOR_SETUP_NEEDED', user.login);
  if (user) return ok({ id, person: personOf(user, await tx.groupsOf(id), await tx.groups()) });
  const token = (await tx.apiTokens()).find(({ tokenId, apis }) => tokenId === id && apis.includes('M2Web'));
  if (!token) return err('NOT_SIGNED_IN', 'removed, or for another API');
  if (nowMs !== undefined) await noteUse(tx, token, nowMs);
  return ok({ id, person: personOfToken(token) });
}
