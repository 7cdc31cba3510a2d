import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type AccountId, err, type Fault, ok, type Result, timestampOf, toBase64url } from '@ewon-agent/contracts';
import { isHeldBack } from '../core/two-factor.ts';
import { HOLDER, type Person, personOf, personOfToken } from '../core/users.ts';
import type { House } from '../house.ts';
import { hashOf, isSame } from '../secrets/token-hash.ts';
import { noteUse } from '../service/api-tokens.ts';
import type { StoreTx } from '../store/store.ts';

// Who calls the admin API: whoever can read STATE/admin-token (Authorization: Bearer), a program with an API token
// (the same), or a browser that signed in (cookie). What he may is read at each request, so that a change counts at once.

/** Somebody who is known. */
export type Caller = {
  readonly person: Person;
  /** Of a browser. */
  readonly sessionToken?: string;
  /** Why he may do nothing yet but what concerns himself. */
  readonly heldBack?: Fault;
};

/** Finds out who sends a request. Codes: NOT_SIGNED_IN. */
export async function identify(
  house: Pick<House, 'accountId' | 'store' | 'clock'>,
  adminToken: string,
  { authorization, cookie }: IncomingHttpHeaders,
): Promise<Result<Caller>> {
  const bearer = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  if (bearer !== undefined && isSame(bearer, adminToken)) return ok({ person: HOLDER });
  const sessionToken = cookieIn(cookie, sessionCookie(house.accountId));
  if (bearer === undefined && sessionToken === undefined) return err('NOT_SIGNED_IN');
  const nowMs = house.clock.now();
  return house.store.transact(async (tx) => {
    const byToken = bearer === undefined ? undefined : await programOf(tx, bearer, nowMs);
    if (byToken === 'of another API') return err('NOT_SIGNED_IN', 'this token is for another API');
    const caller = byToken ?? (sessionToken === undefined ? undefined : await browserOf(tx, sessionToken, nowMs));
    return caller ? ok(caller) : err('NOT_SIGNED_IN');
  });
}

/** The value that a state-changing request of this session carries in `x-csrf`. A page of another origin cannot read it. */
export function csrfOf(sessionToken: string): string {
  return toBase64url(createHash('sha256').update(`csrf:${sessionToken}`).digest().subarray(0, 16));
}

/** Hash of the session that sends a request. */
export function sessionOf({ sessionToken }: { readonly sessionToken: string | undefined }): string | undefined {
  return sessionToken === undefined ? undefined : hashOf(sessionToken);
}

/** A browser keeps cookies by host, not by port: two accounts on one machine need two names. */
export function sessionCookie(accountId: AccountId): string {
  return `ewon_session_${accountId.slice(-8)}`;
}

/** Cookie of a PC that is remembered. */
export function pcCookie(accountId: AccountId): string {
  return `ewon_pc_${accountId.slice(-8)}`;
}

/** Reads one cookie of a request. */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  const cookies = (header ?? '').split(';').map((cookie) => cookie.trim().split('='));
  return cookies.find(([cookie]) => cookie === name)?.[1];
}

async function programOf(tx: StoreTx, bearer: string, nowMs: number): Promise<Caller | 'of another API' | undefined> {
  const token = await tx.apiTokenOf(hashOf(bearer));
  if (!token) return undefined;
  if (!token.apis.includes('admin')) return 'of another API';
  await noteUse(tx, token, nowMs);
  return { person: personOfToken(token) };
}

async function browserOf(tx: StoreTx, sessionToken: string, nowMs: number): Promise<Caller | undefined> {
  const hash = hashOf(sessionToken);
  const session = await tx.userSession(hash, timestampOf(nowMs));
  if (!session) return (await tx.hasSession(hash, timestampOf(nowMs))) ? { person: HOLDER, sessionToken } : undefined;
  const user = await tx.user(session.userId);
  if (!user) return undefined;
  const person = personOf(user, await tx.groupsOf(user.userId), await tx.groups());
  if (!isHeldBack(user.twoFactor, await tx.document('twoFactorPolicy'))) return { person, sessionToken };
  const heldBack = err('TWO_FACTOR_SETUP_NEEDED', user.login).fault;
  return { person: { ...person, isAdministrator: false, grants: [] }, sessionToken, heldBack };
}
