import type { FastifyInstance } from 'fastify';
import { acknowledgeAlarms, listAlarms } from '../service/alarms.ts';
import { readAcknowledge, readAlarmQuery } from './bodies.ts';
import { needs } from './needs.ts';
import { sendProblem } from './problem.ts';

/** What is wrong with Ewons, and that a person has seen it. */
export function alarmRoutes(app: FastifyInstance): void {
  app.get('/api/v1/alarms', needs('ewons.read'), async (request, reply) => {
    const asked = readAlarmQuery({ ...Object(request.query) });
    if (!asked.ok) return sendProblem(reply, asked.fault);
    return listAlarms(request.house, asked.value.ewon);
  });
  app.post('/api/v1/alarms/acknowledge', needs('ewons.edit'), async (request, reply) => {
    const asked = readAcknowledge(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    return reply.send({ acknowledged: await acknowledgeAlarms(request.house, asked.value) });
  });
}
