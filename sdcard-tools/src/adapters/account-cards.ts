import { type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { getCACertificates } from 'node:tls';
import { ACCOUNT_ANSWER_MAX_BYTES, type CardWishes, err, type GrkId, ok, type Result } from '@ewon-agent/contracts';
import {
  type AccountCard,
  type CardOrder,
  presentKey,
  readAccountCard,
  readKeys,
  refusalOf,
} from '../core/account-card.ts';
import { errnoOf } from '../volume/errno.ts';
import type { AccountDoor } from './account-door.ts';
import { readAtMost } from './read-at-most.ts';

/** A server makes a card in milliseconds; one that is still starting or swapping, or far away, gets some time. */
const ANSWER_WITHIN_MS = 10_000;

/**
 * Gets the files of a card from the admin API of an account server. The account's log says that the key was exported.
 * @param order `keyId`: the present key unless given; `note` is one that T2M.txt can hold
 * Codes: those of {@link AccountDoor.whenAway}, ADMIN_UNTRUSTED, ADMIN_TOKEN_REFUSED, NOT_PERMITTED, GRK_REVOKED, NOT_FOUND, ACCOUNT_ERROR. No fault holds the key or the token.
 */
export async function fetchAccountCard(
  door: AccountDoor,
  order: { readonly keyId?: GrkId; readonly note: string; readonly wishes: CardWishes },
  answerWithinMs = ANSWER_WITHIN_MS,
): Promise<Result<AccountCard>> {
  const ask = (path: string, about?: CardOrder) => askAt(door, path, { answerWithinMs, ...(about && { about }) });
  const grkId = order.keyId === undefined ? await findPresentKey(ask) : ok(order.keyId);
  if (!grkId.ok) return grkId;
  const { note, wishes } = order;
  const about = { grkId: grkId.value, note, wishes };
  const query = new URLSearchParams({
    ...{ form: 'files', note },
    ...(wishes.receipt && { receipt: '1' }),
    ...(wishes.wipe && { wipe: '1' }),
  });
  const files = await ask(`grks/${grkId.value}/export?${query}`, about);
  return files.ok ? readAccountCard(files.value, about) : files;
}

async function findPresentKey(ask: (path: string) => Promise<Result<Uint8Array>>): Promise<Result<GrkId>> {
  const listed = await ask('grks');
  const keys = listed.ok ? readKeys(listed.value) : listed;
  return keys.ok ? presentKey(keys.value) : keys;
}

/** @returns the body of a good answer */
async function askAt(
  door: AccountDoor,
  path: string,
  { answerWithinMs, about }: { readonly answerWithinMs: number; readonly about?: CardOrder },
): Promise<Result<Uint8Array>> {
  const within = AbortSignal.timeout(answerWithinMs);
  let status: number;
  let body: Uint8Array | undefined;
  try {
    const response = await responseOf(door, path, within);
    status = response.statusCode ?? 0;
    body = await readAtMost(response, ACCOUNT_ANSWER_MAX_BYTES);
  } catch (cause) {
    const errno = errnoOf(cause);
    const code = UNTRUSTED.test(errno) ? 'ADMIN_UNTRUSTED' : door.whenAway;
    const why = within.aborted ? `no answer within ${answerWithinMs} ms` : errno;
    return err(code, `${door.adminUrl}: ${why}`, cause);
  }
  if (!body) return err('ACCOUNT_ERROR', `its answer is longer than ${ACCOUNT_ANSWER_MAX_BYTES} bytes`);
  return status === 200 ? ok(body) : { ok: false, fault: refusalOf(status, body, about) };
}

/** Follows no redirect: the token is for this server, not for where it points. @throws what the connection throws */
function responseOf({ adminUrl, token, ca }: AccountDoor, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  const url = `${adminUrl}/api/v1/${path}`;
  const how = { headers: { authorization: `Bearer ${token}` }, signal, agent: false } as const;
  return new Promise((resolve, reject) => {
    const request = url.startsWith('https:')
      ? overHttps(url, { ...how, ca: trustedCas(ca) }, resolve)
      : overHttp(url, how, resolve);
    request.on('error', reject).end();
  });
}

/** Those that Node brings, those of the system, and the one that was named: a company's own is often in one of them only. */
function trustedCas(named: string | undefined): string[] {
  return [...getCACertificates('default'), ...getCACertificates('system'), ...(named === undefined ? [] : [named])];
}

/** How OpenSSL and Node name what is wrong with a certificate. Source: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const UNTRUSTED = /CERT|ISSUER|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH/;
