import { ok } from '@ewon-agent/contracts';
import type { FastifyInstance } from 'fastify';
import { denyPatch, patchEwons, patchesView } from '../service/patches.ts';
import { answer } from './admin.ts';
import { needs } from './needs.ts';
import { policyView } from './views.ts';

type ByPath = { Params: { path: string } };

/** Patches as the page shows them: which there are, who has them, who has not and why. */
export function patchRoutes(app: FastifyInstance): void {
  app.get('/api/v1/patches', needs('patches'), async (request) => patchesView(request.house));
  app.get<ByPath>('/api/v1/patches/:path', needs('patches'), async (request, reply) =>
    answer(reply, await patchEwons(request.house, request.params.path)),
  );
  for (const wish of ['deny', 'allow'] as const)
    app.post<ByPath>(`/api/v1/patches/:path/${wish}`, needs('patches'), async (request, reply) => {
      const done = await denyPatch(request.house, request.params.path, wish);
      return answer(reply, done.ok ? ok(policyView(done.value)) : done);
    });
}
