import { parseDeviceId } from '@ewon-agent/contracts';
import type { FastifyInstance } from 'fastify';
import { noLocation } from '../core/location.ts';
import type { House } from '../house.ts';
import { sendProblem } from './problem.ts';
import { locationView } from './views.ts';

type ById = { Params: { id: string } };

/** Where one Ewon is, and how that was come by. */
export function locationRoutes(app: FastifyInstance, house: House): void {
  app.get<ById>('/api/v1/ewons/:id/location', async (request, reply) => {
    const deviceId = parseDeviceId(request.params.id);
    if (!deviceId.ok) return sendProblem(reply, { code: 'NOT_FOUND', detail: 'Ewon' });
    const view = await house.store.transact(async (tx) => {
      const ewon = await tx.ewon(deviceId.value);
      return ewon && locationView((await tx.locationOf(ewon.deviceId)) ?? noLocation(ewon.deviceId), ewon);
    });
    return view ? reply.send(view) : sendProblem(reply, { code: 'NOT_FOUND', detail: 'Ewon' });
  });
}
