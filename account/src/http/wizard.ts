import { type err, readWizardRequest, SECOND_MS } from '@ewon-agent/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { House } from '../house.ts';
import { createBuckets } from '../service/buckets.ts';
import { joinByWizard } from '../service/wizard.ts';
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

/** Registration by wizard: a user of the account adds an Ewon at once. */
export function wizardRoute(
  app: Pick<FastifyInstance, 'post'>,
  { house, door, url, registrations, addressed, refuse }: Parts,
): void {
  const tries = createBuckets(house.clock, house.limits.signIns);
  const parts = { house, facts: door };

  app.post(url, async (request, reply) => {
    const knock = openRequest(request.body, addressed(request), door.nonces.isGood);
    if (!knock.ok) return refuse(reply, request, knock.fault);
    const publicKey = await keyOfNewcomer(knock.value);
    if (!publicKey.ok) return refuse(reply, request, publicKey.fault);
    const asked = readWizardRequest(knock.value.jws.payload);
    if (!asked.ok) return refuse(reply, request, asked.fault);
    const kept = withoutNul(asked.value);
    if (!kept.ok) return refuse(reply, request, kept.fault);
    const from = { address: request.ip, network: sourceNetworkOf(request.ip) };
    const waitMs = asked.value.password === undefined ? undefined : tries.take(from.network);
    if (waitMs !== undefined) {
      reply.header('retry-after', Math.ceil(waitMs / SECOND_MS));
      return refuse(reply, request, { code: 'RATE_LIMITED', detail: from.network });
    }
    const useNonce = (tx: StoreTx) => door.nonces.useIn(tx, knock.value.nonce);
    const joined = await joinByWizard(parts, { request: asked.value, publicKey: publicKey.value, useNonce, ...from });
    if (!joined.ok) return refuse(reply, request, joined.fault);
    const { token, grant } = joined.value;
    reply.header('location', `https://${request.host}${registrations}/${token}`);
    return reply.send(grant);
  });
}
