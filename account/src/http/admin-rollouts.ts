import { type DeviceId, err } from '@ewon-agent/contracts';
import type { FastifyInstance } from 'fastify';
import type { RolloutRecord } from '../core/records.ts';
import type { Rollout } from '../core/rollout.ts';
import { orderRollout, startRollout } from '../service/rollout.ts';
import { answer } from './admin.ts';
import { readRolloutOrder } from './bodies.ts';
import { needs } from './needs.ts';
import { sendProblem } from './problem.ts';

/** `GET /api/v1/rollouts`: one of them. */
export type RolloutView = Rollout & Pick<RolloutRecord, 'startedAt' | 'changedAt'>;

type ByPath = { Params: { path: string } };

/** A group of one finds most of what is wrong; a tenth finds the rest. */
const PERCENTS = [10, 50, 100];
/** Some Ewon of a large group is always switched off for the winter. */
const SUCCESS_PERCENT = 90;
const FAILURES_MAX = 0;

/** Rollouts of patches in groups. */
export function rolloutRoutes(app: FastifyInstance): void {
  app.get('/api/v1/rollouts', needs('patches'), async (request) =>
    (await request.house.store.transact((tx) => tx.rollouts())).map(viewOf),
  );
  app.get<ByPath>('/api/v1/rollouts/:path', needs('patches'), async (request, reply) => {
    const record = await request.house.store.transact((tx) => tx.rollout(request.params.path));
    return record ? reply.send(viewOf(record)) : sendProblem(reply, { code: 'NOT_FOUND', detail: 'rollout' });
  });
  app.post('/api/v1/rollouts', needs('patches'), async (request, reply) => {
    const asked = readRolloutOrder(request.body);
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const { path, first = [], percents = PERCENTS } = asked.value;
    if (percents.at(-1) !== 100 || percents.some((percent, i) => percent <= (percents[i - 1] ?? 0)))
      return sendProblem(
        reply,
        err('FIELD_UNFIT', `percents "${percents.join(' ')}": they grow, and end with 100`).fault,
      );
    const { successPercent = SUCCESS_PERCENT, failuresMax = FAILURES_MAX } = asked.value;
    const done = await startRollout(request.house, { path, first, percents, successPercent, failuresMax });
    return answer(reply, done.ok ? { ok: true, value: viewOf(done.value) } : done);
  });
  for (const [word, order] of [
    ['stop', 'Stop'],
    ['resume', 'Resume'],
  ] as const)
    app.post<ByPath>(`/api/v1/rollouts/:path/${word}`, needs('patches'), async (request, reply) => {
      const done = await orderRollout(request.house, request.params.path, order);
      return answer(reply, done.ok ? { ok: true, value: viewOf(done.value) } : done);
    });
}

/** What `POST /api/v1/rollouts` takes. */
export type RolloutBody = {
  readonly path: string;
  readonly first?: readonly DeviceId[];
  readonly percents?: readonly number[];
  readonly successPercent?: number;
  readonly failuresMax?: number;
};

function viewOf({ rollout, startedAt, changedAt }: RolloutRecord): RolloutView {
  return { ...rollout, startedAt, changedAt };
}
