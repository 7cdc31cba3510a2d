import type { FastifyInstance } from 'fastify';
import { csvText, rawText } from '../core/log-lines.ts';
import { readLogQuery } from './bodies.ts';
import { needs } from './needs.ts';
import { sendProblem } from './problem.ts';
import { logLineView } from './views.ts';

/** Lines answered unless `limit` says otherwise: what a page can show. An export asks for more. */
const LINES_SHOWN = 500;

/** The account's log: detailed (JSON or CSV) and raw (text). */
export function logRoutes(app: FastifyInstance): void {
  app.get('/api/v1/log', needs('log.read'), async (request, reply) => {
    const asked = readLogQuery({ ...Object(request.query) });
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const { form = 'detailed', format = form === 'raw' ? 'text' : 'json', kind, limit } = asked.value;
    const filter = { limit: Number(limit ?? LINES_SHOWN), ...(kind && { kind }) };
    const lines = await request.house.store.transact((tx) => tx.log(filter));
    if (format === 'text') return reply.type('text/plain; charset=utf-8').send(rawText(lines));
    if (format === 'json') return reply.send(lines.map(logLineView));
    reply.header('content-disposition', 'attachment; filename="account-log.csv"');
    return reply.type('text/csv; charset=utf-8').send(csvText(lines));
  });
}
