import { type ClockPort, err, SECOND_MS } from '@ewon-agent/contracts';
import type { onRequestHookHandler } from 'fastify';
import { type Bucket, isFull, type Rate, takeToken } from '../core/rate.ts';
import { sendProblem } from './problem.ts';
import { sourceNetworkOf } from './source-network.ts';

/** Networks remembered at once. Beyond that the full buckets go, then the oldest: 10,000 of them are about 1 MB. */
const NETWORKS_KEPT = 10_000;

/** Refuses requests of a source network that sends too many: 429 with Retry-After. */
export function rateLimit(clock: ClockPort, rate: Rate): onRequestHookHandler {
  const buckets = new Map<string, Bucket>();
  const makeRoom = (nowMs: number): void => {
    for (const [network, bucket] of buckets) if (isFull(bucket, rate, nowMs)) buckets.delete(network);
    for (const network of buckets.keys()) {
      if (buckets.size < NETWORKS_KEPT) return;
      buckets.delete(network);
    }
  };
  return (request, reply, done) => {
    const nowMs = clock.monotonic();
    const network = sourceNetworkOf(request.ip);
    const { bucket, waitMs } = takeToken(buckets.get(network), rate, nowMs);
    if (!buckets.has(network) && buckets.size >= NETWORKS_KEPT) makeRoom(nowMs);
    buckets.set(network, bucket);
    if (waitMs === undefined) return done();
    reply.header('retry-after', Math.ceil(waitMs / SECOND_MS));
    sendProblem(reply, err('RATE_LIMITED', network).fault);
  };
}
