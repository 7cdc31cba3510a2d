import {
  type Ed25519Jwk,
  fromBase64url,
  type JwsType,
  jwkOf,
  KEY_CHAIN_MAX,
  type SignedByAccount,
  signJws,
  timestampOf,
  toBase64url,
} from '@ewon-agent/contracts';
import nacl from 'tweetnacl';
import type { AccountKeyRecord } from '../core/records.ts';
import type { Vault } from '../secrets/vault.ts';
import type { AccountStore, StoreTx } from '../store/store.ts';

/** The key that signs now, with its secret half (64 bytes as tweetnacl makes them). */
export type SigningKey = { readonly jwk: Ed25519Jwk; readonly secretKey: Uint8Array };

/** Takes the key of a state directory as the first one, where there is none yet. @param seed 32 bytes */
export async function keepFirstKey(
  store: AccountStore,
  { vault, seed, nowMs }: { readonly vault: Vault; readonly seed: Uint8Array; readonly nowMs: number },
): Promise<void> {
  await store.transact(async (tx) => {
    if ((await tx.accountKeys()).length > 0) return;
    const { publicKey } = nacl.sign.keyPair.fromSeed(seed);
    await tx.insertAccountKey({
      ...{ number: 1, publicKey: toBase64url(publicKey), sealedSeed: vault.sealBytes(seed) },
      ...{ announcement: null, state: 'current', createdAt: timestampOf(nowMs) },
    });
  });
}

/** The key that signs now. */
export async function signingKey(tx: StoreTx, vault: Vault): Promise<SigningKey> {
  const current = (await tx.accountKeys()).find(({ state }) => state === 'current');
  if (!current) throw new Error('this is a bug: an account without a key');
  return { jwk: jwkOfRecord(current), secretKey: secretOf(current, vault) };
}

/** What a device that is approved now trusts: the key that signs, and the one that is announced. */
export async function trustedKeys(tx: StoreTx): Promise<readonly Ed25519Jwk[]> {
  return (await tx.accountKeys()).filter(({ state }) => state !== 'old').map(jwkOfRecord);
}

/** Every key that has ever signed a card of this account, raw: cards are kept in drawers for years. */
export async function cardKeys(tx: StoreTx): Promise<readonly Uint8Array[]> {
  return (await tx.accountKeys()).flatMap(({ publicKey }) => fromBase64url(publicKey) ?? []);
}

/** Signs as the account, with the announcements by which a device that was away finds its way to the key. */
export async function signAsAccount(
  tx: StoreTx,
  vault: Vault,
  what: { readonly typ: JwsType; readonly payload: object },
): Promise<SignedByAccount> {
  const { secretKey } = await signingKey(tx, vault);
  const announced = (await tx.accountKeys()).flatMap(({ announcement }) => announcement ?? []).slice(-KEY_CHAIN_MAX);
  const signed = signJws({ typ: what.typ }, JSON.stringify(what.payload), secretKey);
  return { v: 1, signed, ...(announced.length > 0 && { keys: announced }) };
}

function jwkOfRecord({ publicKey }: AccountKeyRecord): Ed25519Jwk {
  return jwkOf(fromBase64url(publicKey) ?? new Uint8Array());
}

function secretOf({ sealedSeed }: AccountKeyRecord, vault: Vault): Uint8Array {
  return nacl.sign.keyPair.fromSeed(vault.openBytes(sealedSeed)).secretKey;
}
