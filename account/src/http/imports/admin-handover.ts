import { err, type Result } from '@ewon-agent/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { House } from '../../house.ts';
import {
  beginHandover,
  endHandover,
  type Handed,
  handoverBy,
  listLeaving,
  orderMoves,
} from '../../service/imports/handover.ts';
import { hearOfMoves, movesStanding } from '../../service/imports/moving.ts';
import { answer } from '../admin.ts';
import { needs } from '../needs.ts';
import { sendProblem } from '../problem.ts';
import { rateLimit } from '../rate-limit.ts';
import { sourceNetworkOf } from '../source-network.ts';
import { readHandoverClaim, readMoveNews, readMoveOrder } from './import-bodies.ts';

/**
 * What another account may ask that imports from this one. Its right is asked for here and not at the door: it is no
 * session, and opens nothing else. docs/import-ewons.md, "Between the accounts".
 */
export function handoverRoutes(app: FastifyInstance, house: House): void {
  const url = '/api/v1/handover';
  const limited = rateLimit(house.clock, house.limits.signIns);
  app.post(url, { ...needs('nobody'), onRequest: limited }, async (request, reply) => {
    const asked = readHandoverClaim(request.body);
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const { login, password } = asked.value;
    return answer(reply, await beginHandover(house, { login, password, network: sourceNetworkOf(request.ip) }));
  });
  /** Does something for who shows his right. */
  const withRight = async (
    request: FastifyRequest,
    reply: FastifyReply,
    work: (handed: Handed) => Promise<Result<unknown>>,
  ): Promise<FastifyReply> => {
    const right = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (right === undefined) return sendProblem(reply, err('NOT_SIGNED_IN').fault);
    const handed = await handoverBy(house, right);
    return handed.ok ? answer(reply, await work(handed.value)) : sendProblem(reply, handed.fault);
  };
  app.get(`${url}/ewons`, needs('nobody'), (request, reply) => withRight(request, reply, listLeaving));
  app.get(`${url}/moves`, needs('nobody'), (request, reply) =>
    withRight(request, reply, async (handed) => ({ ok: true, value: await movesStanding(handed) })),
  );
  app.post(`${url}/moves`, needs('nobody'), (request, reply) =>
    withRight(request, reply, async (handed) => {
      const asked = readMoveOrder(request.body);
      return asked.ok ? orderMoves(handed, asked.value) : asked;
    }),
  );
  app.post(`${url}/news`, needs('nobody'), (request, reply) =>
    withRight(request, reply, async (handed) => {
      const asked = readMoveNews(request.body);
      if (!asked.ok) return asked;
      await hearOfMoves(handed, asked.value);
      return { ok: true, value: {} };
    }),
  );
  app.delete(url, needs('nobody'), (request, reply) =>
    withRight(request, reply, async (handed) => {
      await endHandover(handed);
      return { ok: true, value: {} };
    }),
  );
}
