import type { FastifyInstance } from 'fastify';
import type { House } from '../house.ts';
import { acknowledgeAlarms, listAlarms } from '../service/alarms.ts';
import { readAcknowledge } from './bodies.ts';
import { sendProblem } from './problem.ts';

/** What is wrong with Ewons, and that a person has seen it. */
export function alarmRoutes(app: FastifyInstance, house: House): void {
  app.get('/api/v1/alarms', async () => listAlarms(house));
  app.post('/api/v1/alarms/acknowledge', async (request, reply) => {
    const asked = readAcknowledge(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    return reply.send({ acknowledged: await acknowledgeAlarms(house, asked.value) });
  });
}
