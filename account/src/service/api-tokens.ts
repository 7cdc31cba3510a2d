import { err, MINUTE_MS, ok, type RandomPort, type Result, timestampOf } from '@ewon-agent/contracts';
import { differencesOf, grantTold, valuesOf } from '../core/log-changes.ts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { ADMINISTRATORS_ONLY, mayGive } from '../core/permissions.ts';
import type { ApiTokenRecord } from '../core/users.ts';
import { type House, newToken, transactAndTell } from '../house.ts';
import { hashOf } from '../secrets/token-hash.ts';
import type { StoreTx } from '../store/store.ts';
import { refusalOfGrant } from './groups.ts';
import { noteUser } from './user-changes.ts';

// Tokens of the API: at most 50 letters and digits (Ecatcher online help, "Talk2M API"), shown once.

/** What a token is made of. */
export type TokenSet = Pick<ApiTokenRecord, 'name' | 'permissions' | 'pools'> & Partial<Pick<ApiTokenRecord, 'apis'>>;

/** What a token is for unless told: what it could be used for before there was another API. */
const FIRST_APIS: ApiTokenRecord['apis'] = ['admin'];

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** 238 bits, and no more than the field takes. */
const TOKEN_LETTERS = 40;
/** By which a person tells tokens apart; the rest is 190 bits. */
const PREFIX_LETTERS = 8;
/** Each program has one of its own; hundreds of them nobody looks through. */
export const API_TOKENS_MAX = 100;
/** A program signs nobody in and gives nobody anything. */
const NOT_FOR_TOKENS: readonly string[] = ['users', 'tokens', ...ADMINISTRATORS_ONLY];

/** Makes a token. @returns it, for the only time. Codes: API_TOKENS_FULL, NOT_FOUND (a pool), BAD_REQUEST, NOT_PERMITTED. */
export async function addToken(
  house: House,
  set: TokenSet,
): Promise<Result<{ readonly record: ApiTokenRecord; readonly token: string }>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    if ((await tx.apiTokens()).length >= API_TOKENS_MAX) return err('API_TOKENS_FULL', String(API_TOKENS_MAX));
    const forbidden = set.permissions.find((permission) => NOT_FOR_TOKENS.includes(permission));
    if (forbidden !== undefined) return err('BAD_REQUEST', `${forbidden} is not for tokens`);
    const fault = await refusalOfGrant(tx, house.person, set);
    if (fault) return { ok: false, fault };
    const token = newApiToken(house.random);
    const record: ApiTokenRecord = {
      ...{ tokenId: `t_${newToken(house.random)}`, apis: FIRST_APIS, ...set, prefix: token.slice(0, PREFIX_LETTERS) },
      ...{ tokenHash: hashOf(token), createdBy: house.person.name, createdAt: timestampOf(nowMs), usedAt: null },
    };
    await tx.insertApiToken(record);
    await noteUser({ tx, telling, nowMs }, LOG_TEXTS.tokenAdded(set.name, valuesOf(tokenTold(record))));
    return ok({ record, token });
  });
}

/**
 * Changes the name, the scope and the APIs of a token; the same again is success and says nothing. Codes: NOT_FOUND, BAD_REQUEST,
 * NOT_PERMITTED.
 */
export async function changeToken(
  house: House,
  tokenId: string,
  change: Partial<TokenSet>,
): Promise<Result<ApiTokenRecord>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const token = (await tx.apiTokens()).find((one) => one.tokenId === tokenId);
    if (!token) return err('NOT_FOUND', 'API token');
    if (!mayGive(house.person.grants, token)) return err('NOT_PERMITTED', 'it may more than you');
    const now = { ...token, ...change };
    const changes = differencesOf({ name: token.name, ...tokenTold(token) }, { name: now.name, ...tokenTold(now) });
    if (changes.length === 0) return ok(token);
    const forbidden = now.permissions.find((permission) => NOT_FOR_TOKENS.includes(permission));
    if (forbidden !== undefined) return err('BAD_REQUEST', `${forbidden} is not for tokens`);
    const regrants = change.permissions !== undefined || change.pools !== undefined;
    const fault = regrants ? await refusalOfGrant(tx, house.person, now) : undefined;
    if (fault) return { ok: false, fault };
    await tx.updateApiToken(tokenId, change);
    await noteUser({ tx, telling, nowMs }, LOG_TEXTS.tokenChanged(token.name, changes));
    return ok(now);
  });
}

/** Deletes a token, which ends what is done with it. Codes: NOT_FOUND. */
export async function removeToken(house: House, tokenId: string): Promise<Result<ApiTokenRecord>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const token = (await tx.apiTokens()).find((one) => one.tokenId === tokenId);
    if (!token) return err('NOT_FOUND', 'API token');
    await tx.removeApiToken(tokenId);
    await noteUser({ tx, telling, nowMs }, LOG_TEXTS.tokenRemoved(token.name, valuesOf(tokenTold(token))));
    return ok(token);
  });
}

/** What the log says of a token: nothing of the token itself. */
function tokenTold({ apis, ...grant }: ApiTokenRecord) {
  return { ...grantTold(grant), 'for APIs': apis };
}

/** Of a token that is used all the time it is noted once in a while. */
const USED_AGAIN_MS = MINUTE_MS;

/** Notes that a token was used. */
export async function noteUse(tx: StoreTx, { tokenId, usedAt }: ApiTokenRecord, nowMs: number): Promise<void> {
  if (nowMs - Date.parse(usedAt ?? '1970-01-01') >= USED_AGAIN_MS)
    await tx.updateApiToken(tokenId, { usedAt: timestampOf(nowMs) });
}

/** Each letter by chance alone: a byte that would favour the first ones is left out. */
function newApiToken(random: RandomPort): string {
  let token = '';
  while (token.length < TOKEN_LETTERS)
    for (const byte of random.bytes(TOKEN_LETTERS))
      if (byte < 256 - (256 % LETTERS.length)) token += LETTERS[byte % LETTERS.length];
  return token.slice(0, TOKEN_LETTERS);
}
