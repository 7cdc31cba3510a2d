import { type err, readMoveRequest } from '@ewon-agent/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { House } from '../house.ts';
import { moveIn } from '../service/move-in.ts';
import type { StoreTx } from '../store/store.ts';
import type { DeviceDoor } from './device.ts';
import { type Addressed, keyOfNewcomer, openRequest } from './device-door.ts';
import { withoutNul } from './nul.ts';
import { sourceNetworkOf } from './source-network.ts';

type Parts = {
  readonly house: House;
  readonly door: DeviceDoor;
  readonly url: string;
  readonly registrations: string;
  readonly addressed: (request: FastifyRequest) => Addressed;
  readonly refuse: (
    reply: FastifyReply,
    request: FastifyRequest,
    fault: ReturnType<typeof err>['fault'],
  ) => FastifyReply;
};

/** Ewons that come from another account, which an import expects by their keys. */
export function movesRoute(
  app: Pick<FastifyInstance, 'post'>,
  { house, door, url, registrations, addressed, refuse }: Parts,
): void {
  const parts = { house, facts: door };
  app.post(url, async (request, reply) => {
    const knock = openRequest(request.body, addressed(request), door.nonces.isGood);
    if (!knock.ok) return refuse(reply, request, knock.fault);
    const publicKey = await keyOfNewcomer(knock.value);
    if (!publicKey.ok) return refuse(reply, request, publicKey.fault);
    const asked = readMoveRequest(knock.value.jws.payload);
    if (!asked.ok) return refuse(reply, request, asked.fault);
    const kept = withoutNul(asked.value);
    if (!kept.ok) return refuse(reply, request, kept.fault);
    const from = { address: request.ip, network: sourceNetworkOf(request.ip) };
    const useNonce = (tx: StoreTx) => door.nonces.useIn(tx, knock.value.nonce);
    const moved = await moveIn(parts, { request: asked.value, publicKey: publicKey.value, useNonce, ...from });
    if (!moved.ok) return refuse(reply, request, moved.fault);
    const { token, grant } = moved.value;
    reply.header('location', `https://${request.host}${registrations}/${token}`);
    return reply.send(grant);
  });
}
