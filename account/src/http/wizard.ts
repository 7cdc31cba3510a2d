import { readWizardRequest, SECOND_MS } from '@ewon-agent/contracts';
import type { FastifyInstance } from 'fastify';
import { createBuckets } from '../service/buckets.ts';
import { joinByWizard } from '../service/wizard.ts';
import { type NewcomerParts, openNewcomer, sendGrant } from './newcomer.ts';

/** Registration by wizard: a user of the account adds an Ewon at once. */
export function wizardRoute(app: Pick<FastifyInstance, 'post'>, parts: NewcomerParts): void {
  const { house, door, url, registrations, refuse } = parts;
  const tries = createBuckets(house.clock, house.limits.signIns);
  app.post(url, async (request, reply) => {
    const asking = await openNewcomer(parts, request, readWizardRequest);
    if (!asking.ok) return refuse(reply, request, asking.fault);
    const { network } = asking.value;
    const waitMs = asking.value.request.password === undefined ? undefined : tries.take(network);
    if (waitMs !== undefined) {
      reply.header('retry-after', Math.ceil(waitMs / SECOND_MS));
      return refuse(reply, request, { code: 'RATE_LIMITED', detail: network });
    }
    const joined = await joinByWizard({ house, facts: door }, asking.value);
    return joined.ok ? sendGrant(reply, request, registrations, joined.value) : refuse(reply, request, joined.fault);
  });
}
