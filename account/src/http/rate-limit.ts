import { type ClockPort, err, SECOND_MS } from '@ewon-agent/contracts';
import type { onRequestHookHandler } from 'fastify';
import type { Rate } from '../core/rate.ts';
import { createBuckets } from '../service/buckets.ts';
import { sendProblem } from './problem.ts';
import { sourceNetworkOf } from './source-network.ts';

/** Refuses requests of a source network that sends too many: 429 with Retry-After. */
export function rateLimit(clock: ClockPort, rate: Rate): onRequestHookHandler {
  const buckets = createBuckets(clock, rate);
  return (request, reply, done) => {
    const network = sourceNetworkOf(request.ip);
    const waitMs = buckets.take(network);
    if (waitMs === undefined) return done();
    reply.header('retry-after', Math.ceil(waitMs / SECOND_MS));
    sendProblem(reply, err('RATE_LIMITED', network).fault);
  };
}
