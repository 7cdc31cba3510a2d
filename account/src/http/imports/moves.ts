import { readMoveRequest } from '@ewon-agent/contracts';
import type { FastifyInstance } from 'fastify';
import { moveIn } from '../../service/imports/move-in.ts';
import { type NewcomerParts, openNewcomer, sendGrant } from '../newcomer.ts';

/** Ewons that come from another account, which an import expects by their keys. */
export function movesRoute(app: Pick<FastifyInstance, 'post'>, parts: NewcomerParts): void {
  const { house, door, url, registrations, refuse } = parts;
  app.post(url, async (request, reply) => {
    const asking = await openNewcomer(parts, request, readMoveRequest);
    if (!asking.ok) return refuse(reply, request, asking.fault);
    const moved = await moveIn({ house, facts: door }, asking.value);
    return moved.ok ? sendGrant(reply, request, registrations, moved.value) : refuse(reply, request, moved.fault);
  });
}
