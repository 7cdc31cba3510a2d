// Which key speaks for the account. It begins with the keys of the approval and moves forward only: a key counts when the
// one before has announced it, and once a newer key has signed something the older ones count no more (decision 0025).

import {
  type AccountId,
  type Ed25519Jwk,
  err,
  isSignedBy,
  type JwsType,
  ok,
  openJws,
  publicKeyOf,
  type Result,
  readKeyAnnouncement,
  readSignedByAccount,
  type SignedByAccount,
} from '@ewon-agent/contracts';

/** The account as this device knows it. `keys` in the order in which they were announced. */
export type AccountTrust = { readonly accountId: AccountId; readonly keys: readonly Ed25519Jwk[] };

/** What was signed, and the keys that count from now on, should the payload be good. */
export type OpenedFromAccount = { readonly payload: Uint8Array; readonly keys: readonly Ed25519Jwk[] };

/**
 * Opens a message that must be signed by the account.
 * Codes: BAD_REQUEST (not of that form), BAD_SIGNATURE (by no key that counts, or is announced by one that does).
 */
export function openFromAccount(bytes: Uint8Array, typ: JwsType, trust: AccountTrust): Result<OpenedFromAccount> {
  const message = readSignedByAccount(bytes);
  return message.ok ? openSigned(message.value, typ, trust) : message;
}

/** {@link openFromAccount} for a message that was read already. */
export function openSigned(message: SignedByAccount, typ: JwsType, trust: AccountTrust): Result<OpenedFromAccount> {
  const jws = openJws(message.signed, typ);
  if (!jws.ok) return jws;
  const keys = followed(message, trust);
  const signer = keys.findIndex((key) => isBy(jws.value, key));
  if (signer < 0) return err('BAD_SIGNATURE', `${keys.length} keys known`);
  return ok({ payload: jws.value.payload, keys: keys.slice(signer) });
}

/** The known keys and those that they announce, one after the other. */
function followed({ keys: chain = [] }: SignedByAccount, { accountId, keys }: AccountTrust): readonly Ed25519Jwk[] {
  const known = [...keys];
  for (const link of chain) {
    const jws = openJws(link, 'ewon-key');
    if (!jws.ok || !known.some((key) => isBy(jws.value, key))) continue; // of a time before the keys that count
    const read = readKeyAnnouncement(jws.value.payload);
    if (!read.ok || read.value.accountId !== accountId) continue;
    if (!known.some(({ x }) => x === read.value.key.x)) known.push(read.value.key);
  }
  return known;
}

function isBy(jws: Parameters<typeof isSignedBy>[0], jwk: Ed25519Jwk): boolean {
  const key = publicKeyOf(jwk);
  return key !== undefined && isSignedBy(jws, key);
}
