import type { FastifyInstance } from 'fastify';
import type { AspuView } from '../aspu/view.ts';
import type { House } from '../house.ts';
import { announceAspu, notePublication } from '../service/aspu.ts';
import { readPublished } from './bodies.ts';
import { needs } from './needs.ts';
import { sendProblem } from './problem.ts';

/** `GET /api/v1/aspu`: null where there is no repository. */
export type AspuAnswer = { readonly repository: AspuView | null };

/** The repository of patches as people see it. */
export function aspuAdminRoutes(app: FastifyInstance): void {
  const answer = ({ aspu }: Pick<House, 'aspu'>): AspuAnswer => ({ repository: aspu.view() ?? null });
  app.get('/api/v1/aspu', needs('patches'), async (request) => answer(request.house));
  // the command line publishes by itself, and says so here
  app.post('/api/v1/aspu/published', needs('patches'), async (request, reply) => {
    const asked = readPublished(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const { added = [], revoked = [] } = asked.value;
    await announceAspu(request.house);
    await notePublication(request.house, { added, revoked });
    return reply.send(answer(request.house));
  });
}
