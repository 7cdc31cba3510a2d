import type { FastifyInstance } from 'fastify';
import { csvText, rawText } from '../core/log-lines.ts';
import { exportLog, keepLog, logKept, noteExport } from '../service/log-list.ts';
import { partsOf, withBom } from './admin-ewons.ts';
import { readLogQuery } from './bodies.ts';
import { readLogAsk, readLogExport, readLogKept, tokenOf } from './list-bodies.ts';
import type { LogPageView } from './list-views.ts';
import { needs } from './needs.ts';
import { sendProblem } from './problem.ts';
import { logLineView } from './views.ts';

/** Lines answered unless `limit` says otherwise: what a page can show. */
const LINES_SHOWN = 500;
const LINES_AT_ONCE = 10_000;
const CSV_TYPE = 'text/csv; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';

/** The account's log: its newest lines, pages of it, and all of it as a file; detailed (JSON or CSV) and raw (text). */
export function logRoutes(app: FastifyInstance): void {
  app.get('/api/v1/log', needs('log.read'), async (request, reply) => {
    const asked = readLogQuery({ ...Object(request.query) });
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const { form = 'detailed', format = form === 'raw' ? 'text' : 'json', kind, limit } = asked.value;
    // so many are not put together in memory: an export has all there are
    if (format !== 'json' && Number(limit) > LINES_AT_ONCE) {
      const all = exportLog(request.house, kind ? { kind } : {}, format);
      return reply.type(format === 'csv' ? CSV_TYPE : TEXT_TYPE).send(partsOf(all));
    }
    const filter = { limit: Number(limit ?? LINES_SHOWN), ...(kind && { kind }) };
    const lines = await request.house.store.transact((tx) => tx.log(filter));
    if (format === 'text') return reply.type(TEXT_TYPE).send(rawText(lines));
    if (format === 'json') return reply.send(lines.map(logLineView));
    await noteExport(request.house, kind ? { kind } : {}, format);
    reply.header('content-disposition', 'attachment; filename="account-log.csv"');
    return reply.type(CSV_TYPE).send(csvText(lines));
  });
  app.get('/api/v1/log/lines', needs('log.read'), async (request, reply) => {
    const asked = readLogAsk({ ...Object(request.query) });
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const { lines, next } = await request.house.store.transact((tx) => tx.logPage(asked.value));
    const view: LogPageView = {
      lines: lines.map(logLineView),
      next: next ? tokenOf(asked.value.sort, next) : null,
    };
    return reply.send(view);
  });
  app.get('/api/v1/log/export', needs('log.read'), async (request, reply) => {
    const asked = readLogExport({ ...Object(request.query) });
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const { where, format, bom } = asked.value;
    const file = format === 'csv' ? 'account-log.csv' : 'account-log.txt';
    reply.header('content-disposition', `attachment; filename="${file}"`);
    reply.type(format === 'csv' ? CSV_TYPE : TEXT_TYPE);
    return reply.send(partsOf(withBom(exportLog(request.house, where, format), bom)));
  });
  app.get('/api/v1/log/retention', needs('log.read'), async (request) => logKept(request.house));
  app.patch('/api/v1/log/retention', needs('policies'), async (request, reply) => {
    const asked = readLogKept(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    return reply.send(await keepLog(request.house, asked.value));
  });
}
