import { err, fromBase64url, isSignedByAside, ok, type Result } from '@ewon-agent/contracts';
import type { RegistrationRecord } from '../core/records.ts';
import type { House } from '../house.ts';
import { type Addressed, type Knock, openRequest } from './device-door.ts';
import type { Nonces } from './nonces.ts';

/** A request of a device whose registration we know, signed with the key of that registration. */
export type KnownDevice = { readonly knock: Knock; readonly record: RegistrationRecord };

/**
 * Lets in a request that is signed with a `kid`. The nonce is used up only when the signature is good, so that a
 * stranger cannot fill the database.
 * Codes: BAD_REQUEST, BAD_NONCE, NOT_FOUND, BAD_SIGNATURE.
 */
export async function knownDevice(
  house: House,
  nonces: Nonces,
  body: unknown,
  addressed: Addressed,
  tokenOf: (knock: Knock) => Result<string>,
): Promise<Result<KnownDevice>> {
  const knock = openRequest(body, addressed, nonces.isGood);
  if (!knock.ok) return knock;
  const token = tokenOf(knock.value);
  if (!token.ok) return token;
  const record = await house.store.transact((tx) => tx.registrationByToken(token.value));
  if (!record) return err('NOT_FOUND', 'registration');
  const publicKey = fromBase64url(record.publicKey) ?? new Uint8Array();
  if (!(await isSignedByAside(knock.value.jws, publicKey))) return err('BAD_SIGNATURE', 'JWS');
  if (!(await nonces.use(knock.value.nonce))) return err('BAD_NONCE');
  return ok({ knock: knock.value, record });
}
