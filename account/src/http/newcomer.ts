import { ok, type Reader, type Result } from '@ewon-agent/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { House } from '../house.ts';
import type { WizardGrant } from '../service/wizard.ts';
import type { StoreTx } from '../store/store.ts';
import type { DeviceDoor } from './device.ts';
import { type Addressed, keyOfNewcomer, openRequest } from './device-door.ts';
import { withoutNul } from './nul.ts';
import type { sendProblem } from './problem.ts';
import { sourceNetworkOf } from './source-network.ts';

/** What the routes are given by which a device comes in that the account may not know yet. */
export type NewcomerParts = {
  readonly house: House;
  readonly door: DeviceDoor;
  readonly url: string;
  /** Path of the registration resources. */
  readonly registrations: string;
  readonly addressed: (request: FastifyRequest) => Addressed;
  readonly refuse: (
    reply: FastifyReply,
    request: FastifyRequest,
    fault: Parameters<typeof sendProblem>[1],
  ) => FastifyReply;
};

/** What a device asks that shows who it is by the key it brings. */
export type NewcomerAsking<T> = {
  readonly request: T;
  readonly publicKey: Uint8Array;
  /** The URL that it signed. */
  readonly url: string;
  readonly address: string;
  readonly network: string;
  /** Uses up the nonce of the request. */
  readonly useNonce: (tx: StoreTx) => Promise<boolean>;
};

/** Opens the request of a newcomer: its signature is good, its form is right. Codes: BAD_NONCE, BAD_REQUEST, BAD_SIGNATURE. */
export async function openNewcomer<T>(
  { door, addressed }: Pick<NewcomerParts, 'door' | 'addressed'>,
  request: FastifyRequest,
  read: Reader<T>,
): Promise<Result<NewcomerAsking<T>>> {
  const knock = openRequest(request.body, addressed(request), door.nonces.isGood);
  if (!knock.ok) return knock;
  const publicKey = await keyOfNewcomer(knock.value);
  if (!publicKey.ok) return publicKey;
  const asked = read(knock.value.jws.payload);
  if (!asked.ok) return asked;
  const kept = withoutNul(asked.value);
  if (!kept.ok) return kept;
  const { nonce, url } = knock.value;
  return ok({
    ...{ request: asked.value, publicKey: publicKey.value, url, address: request.ip },
    ...{ network: sourceNetworkOf(request.ip), useNonce: (tx) => door.nonces.useIn(tx, nonce) },
  });
}

/** Answers with what was granted, and where it is asked for again. */
export function sendGrant(
  reply: FastifyReply,
  request: FastifyRequest,
  registrations: string,
  { token, grant }: WizardGrant,
): FastifyReply {
  return reply.header('location', `https://${request.host}${registrations}/${token}`).send(grant);
}
