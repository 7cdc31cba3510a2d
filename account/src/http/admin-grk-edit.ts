import { err, ok, parseGrkId, type Result, timestampOf } from '@ewon-agent/contracts';
import type { FastifyInstance } from 'fastify';
import { addGrk, editGrk, type GrkSettings, revokeGrk, worthOf } from '../service/grk-edit.ts';
import { answer } from './admin.ts';
import { readGrkSettings } from './bodies.ts';
import { needs } from './needs.ts';
import { grkView } from './views.ts';

type ById = { Params: { id: string } };

/** Making, changing and revoking registration keys, and what hangs on one. */
export function grkEditRoutes(app: FastifyInstance): void {
  app.post('/api/v1/grks', needs('keys.manage'), async (request, reply) => {
    const asked = settingsOf(request.body ?? {});
    const made = asked.ok ? await addGrk(request.house, asked.value) : asked;
    return answer(reply, made.ok ? ok(grkView(made.value, 0)) : made);
  });
  app.patch<ById>('/api/v1/grks/:id', needs('keys.manage'), async (request, reply) => {
    const grkId = parseGrkId(request.params.id);
    if (!grkId.ok) return answer(reply, err('NOT_FOUND', 'registration key'));
    const asked = settingsOf(request.body ?? {});
    const done = asked.ok ? await editGrk(request.house, grkId.value, asked.value) : asked;
    if (!done.ok) return answer(reply, done);
    const waiting = { state: 'pending', grkId: grkId.value } as const;
    return reply.send(grkView(done.value, await request.house.store.transact((tx) => tx.countRegistrations(waiting))));
  });
  app.delete<ById>('/api/v1/grks/:id', needs('keys.manage'), async (request, reply) => {
    const grkId = parseGrkId(request.params.id);
    return answer(reply, grkId.ok ? await revokeGrk(request.house, grkId.value) : err('NOT_FOUND', 'registration key'));
  });
  app.get<ById>('/api/v1/grks/:id/worth', needs('keys.manage'), async (request, reply) => {
    const grkId = parseGrkId(request.params.id);
    return answer(reply, grkId.ok ? await worthOf(request.house, grkId.value) : err('NOT_FOUND', 'registration key'));
  });
}

function settingsOf(given: unknown): Result<Partial<GrkSettings>> {
  const asked = readGrkSettings(given);
  if (!asked.ok || typeof asked.value.expiresAt !== 'string') return asked;
  return ok({ ...asked.value, expiresAt: timestampOf(Date.parse(asked.value.expiresAt)) });
}
