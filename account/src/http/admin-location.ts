import { parseDeviceId } from '@ewon-agent/contracts';
import type { FastifyInstance } from 'fastify';
import { letMove, placeOf } from '../service/looking.ts';
import { answer } from './admin.ts';
import { readMoves } from './bodies.ts';
import { needs } from './needs.ts';
import { sendProblem } from './problem.ts';

type ById = { Params: { id: string } };

/** Where one Ewon is, how that was come by, and whether it is meant to go about. */
export function locationRoutes(app: FastifyInstance): void {
  app.get<ById>('/api/v1/ewons/:id/location', needs('ewons.read'), async (request, reply) => {
    const deviceId = parseDeviceId(request.params.id);
    if (!deviceId.ok) return sendProblem(reply, { code: 'NOT_FOUND', detail: 'Ewon' });
    const view = await request.house.store.transact(async (tx) => {
      const ewon = await tx.ewon(deviceId.value);
      return ewon && placeOf(tx, ewon);
    });
    return view ? reply.send(view) : sendProblem(reply, { code: 'NOT_FOUND', detail: 'Ewon' });
  });
  app.patch<ById>('/api/v1/ewons/:id/location', needs('ewons.edit'), async (request, reply) => {
    const asked = readMoves(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const deviceId = parseDeviceId(request.params.id);
    if (!deviceId.ok) return sendProblem(reply, { code: 'NOT_FOUND', detail: 'Ewon' });
    return answer(reply, await letMove(request.house, deviceId.value, asked.value));
  });
}
