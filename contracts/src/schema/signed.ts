import type { AccountId } from '../ids.ts';
import type { Ed25519Jwk, FlattenedJws } from '../jws.ts';
import type { Timestamp } from '../units.ts';
import { jsonReader } from '../validate.ts';
import { accountId, atLeast, count, jwk, jws, listOf, timestamp } from './common.ts';

/**
 * How the account sends what it signed: the signed thing, and beside it how the account's key came to be the one it is.
 * Each of `keys` announces one key (`typ: ewon-key`), signed by the key before it, the oldest first. So a device that was
 * away while the key changed, once or several times, follows from the key it knows (decision 0025).
 */
export type SignedByAccount = { readonly v: 1; readonly signed: FlattenedJws; readonly keys?: readonly FlattenedJws[] };

/** The payload of an announcement: the account's key number `number`, counted from 1. */
export type KeyAnnouncement = {
  readonly v: 1;
  readonly accountId: AccountId;
  readonly number: number;
  readonly key: Ed25519Jwk;
  readonly issuedAt: Timestamp;
};

/** Changes of the key that are told at most, about 600 bytes each; a device that missed more must be registered anew. */
export const KEY_CHAIN_MAX = 16;

const signed = atLeast({ v: { const: 1 }, signed: jws, keys: listOf(jws, KEY_CHAIN_MAX) }, ['keys']);

/** As part of another document, such as a grant. */
export const signedByAccount: object = signed;
/** Takes apart what the account signed; no signature is checked yet. Codes: BAD_REQUEST. */
export const readSignedByAccount = jsonReader<SignedByAccount>(signed);
/** Reads the payload of an announcement. Codes: BAD_REQUEST. */
export const readKeyAnnouncement = jsonReader<KeyAnnouncement>(
  atLeast({ v: { const: 1 }, accountId, number: count, key: jwk, issuedAt: timestamp }),
);
