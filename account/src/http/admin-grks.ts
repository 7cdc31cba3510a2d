import { err, type GrkId, ok, parseGrk, parseGrkId, type Result } from '@ewon-agent/contracts';
import type { FastifyInstance } from 'fastify';
import { type CardFacts, type CardPair, exportCard, exportPair } from '../service/card-export.ts';
import { importGrk, renewGrk, showGrk } from '../service/grks.ts';
import { answer } from './admin.ts';
import { readExportQuery, readImport, readRenew } from './bodies.ts';
import { needs } from './needs.ts';
import { sendProblem } from './problem.ts';
import { type GrkView, grkView } from './views.ts';

type ById = { Params: { id: string } };

/** Registration keys: listed by id; a key itself is answered to who asks for just that. */
export function grkRoutes(app: FastifyInstance, card: () => Promise<CardFacts>): void {
  // who manages keys does so in all pools, which is more than he may export in
  app.get('/api/v1/grks', needs('keys.manage', 'keys.export'), async (request) =>
    request.house.store.transact(async (tx) => {
      const views: GrkView[] = [];
      for (const key of await tx.grks())
        views.push(grkView(key, await tx.countRegistrations({ state: 'pending', grkId: key.grkId })));
      return views;
    }),
  );
  app.get<ById>('/api/v1/grks/:id/key', needs('keys.export'), async (request, reply) => {
    const grkId = idOf(request.params.id);
    if (!grkId.ok) return sendProblem(reply, grkId.fault);
    const shown = await showGrk(request.house, grkId.value);
    return answer(reply, shown.ok ? ok({ key: shown.value }) : shown);
  });
  app.get<ById>('/api/v1/grks/:id/export', needs('keys.export'), async (request, reply) => {
    const grkId = idOf(request.params.id);
    const asked = readExportQuery({ ...Object(request.query) });
    if (!grkId.ok) return sendProblem(reply, grkId.fault);
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const { form, note = '', receipt, wipe } = asked.value;
    const order = { grkId: grkId.value, note, wishes: { receipt: receipt === '1', wipe: wipe === '1' } };
    if (form === 'files') {
      const pair = await exportPair(request.house, await card(), order);
      return answer(reply, pair.ok ? ok(inBase64(pair.value)) : pair);
    }
    const made = await exportCard(request.house, await card(), { ...order, form });
    if (!made.ok) return sendProblem(reply, made.fault);
    reply.header('content-disposition', `attachment; filename="${made.value.fileName}"`);
    return reply.type('application/octet-stream').send(Buffer.from(made.value.bytes));
  });
  app.post('/api/v1/grks/renew', needs('keys.manage'), async (request, reply) => {
    const asked = readRenew(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const done = await renewGrk(request.house, asked.value.grkId);
    if (!done.ok) return sendProblem(reply, done.fault);
    return reply.send({ ...grkView(done.value.made, 0), revoked: done.value.revoked, voided: done.value.voided });
  });
  app.post('/api/v1/grks/import', needs('keys.manage'), async (request, reply) => {
    const asked = readImport(request.body);
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const { note = '', expiresAt } = asked.value;
    const grk = parseGrk(asked.value.key.trim());
    if (!grk.ok) return sendProblem(reply, grk.fault);
    const done = await importGrk(request.house, grk.value, { note, ...(expiresAt !== undefined && { expiresAt }) });
    return answer(reply, done.ok ? ok(grkView(done.value, 0)) : done);
  });
}

function inBase64({ t2mTxt, t2mJson }: CardPair): Record<keyof CardPair, string> {
  return { t2mTxt: Buffer.from(t2mTxt).toString('base64'), t2mJson: Buffer.from(t2mJson).toString('base64') };
}

function idOf(text: string): Result<GrkId> {
  const grkId = parseGrkId(text);
  return grkId.ok ? grkId : err('NOT_FOUND', 'registration key');
}
