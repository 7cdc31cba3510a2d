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

/** A server on this machine makes a card in milliseconds; one that is still starting or swapping gets some time. */
const ANSWER_WITHIN_MS = 10_000;

/**
 * Gets the files of a card from the admin API of an account server. The account's log says that the key was exported.
 * @param order `keyId`: the present key unless given; `note` is one that T2M.txt can hold
 * Codes: those of {@link AccountDoor.whenAway}, ADMIN_TOKEN_REFUSED, NOT_PERMITTED, GRK_REVOKED, NOT_FOUND, ACCOUNT_ERROR. No fault holds the key or the token.
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
  { adminUrl, token, whenAway }: AccountDoor,
  path: string,
  { answerWithinMs, about }: { readonly answerWithinMs: number; readonly about?: CardOrder },
): Promise<Result<Uint8Array>> {
  let status: number;
  let body: Uint8Array | undefined;
  try {
    const response = await fetch(`${adminUrl}/api/v1/${path}`, {
      headers: { authorization: `Bearer ${token}` },
      redirect: 'manual', // the token is for this server, not for where it points
      signal: AbortSignal.timeout(answerWithinMs),
    });
    status = response.status;
    body = response.body ? await readAtMost(response.body, ACCOUNT_ANSWER_MAX_BYTES) : new Uint8Array();
  } catch (cause) {
    return err(whenAway, `${adminUrl}: ${whyAway(cause, answerWithinMs)}`, cause);
  }
  if (!body) return err('ACCOUNT_ERROR', `its answer is longer than ${ACCOUNT_ANSWER_MAX_BYTES} bytes`);
  return status === 200 ? ok(body) : { ok: false, fault: refusalOf(status, body, about) };
}

/** fetch says "fetch failed" and carries the reason along. */
function whyAway(error: unknown, answerWithinMs: number): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError') return `no answer within ${answerWithinMs} ms`;
  return errnoOf(error.cause);
}
