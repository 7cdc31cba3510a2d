import { parseDeviceId } from '@ewon-agent/contracts';
import type { FastifyInstance } from 'fastify';
import { readTelemetryQuery } from './bodies.ts';
import { needs } from './needs.ts';
import { sendProblem } from './problem.ts';
import type { TelemetryView } from './views.ts';

/** Messages answered unless `limit` says otherwise. */
const MESSAGES_SHOWN = 100;

type ById = { Params: { id: string } };

/** What an Ewon measured: the newest messages, in the order they came. */
export function telemetryRoutes(app: FastifyInstance): void {
  app.get<ById>('/api/v1/ewons/:id/telemetry', needs('ewons.read'), async (request, reply) => {
    const asked = readTelemetryQuery({ ...Object(request.query) });
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const deviceId = parseDeviceId(request.params.id);
    if (!deviceId.ok) return sendProblem(reply, { code: 'NOT_FOUND', detail: 'Ewon' });
    const filter = { deviceId: deviceId.value, limit: Number(asked.value.limit ?? MESSAGES_SHOWN) };
    const messages = await request.house.store.transact(async (tx) =>
      (await tx.ewon(filter.deviceId)) ? tx.telemetry(filter) : undefined,
    );
    if (!messages) return sendProblem(reply, { code: 'NOT_FOUND', detail: 'Ewon' });
    return reply.send(messages.map(({ deviceId: _, ...view }): TelemetryView => view));
  });
}
