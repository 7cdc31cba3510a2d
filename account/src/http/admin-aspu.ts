import type { FastifyInstance } from 'fastify';
import type { AspuView } from '../aspu/view.ts';
import type { House } from '../house.ts';
import { announceAspu } from '../service/aspu.ts';

/** `GET /api/v1/aspu`: null where there is no repository. */
export type AspuAnswer = { readonly repository: AspuView | null };

/** The repository of patches as people see it. */
export function aspuAdminRoutes(app: FastifyInstance, house: House): void {
  const answer = (): AspuAnswer => ({ repository: house.aspu.view() ?? null });
  app.get('/api/v1/aspu', async () => answer());
  // the command line publishes by itself, and says so here
  app.post('/api/v1/aspu/published', async () => {
    await announceAspu(house);
    return answer();
  });
}
