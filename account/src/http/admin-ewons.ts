import { Readable } from 'node:stream';
import { err, type Fault, KIB, ok, parseDeviceId } from '@ewon-agent/contracts';
import { splitCsv } from '@ewon-agent/sdcard-tools/adapters/rows-csv-parse';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { BOM } from '../core/csv.ts';
import { nameOf } from '../core/names.ts';
import { type BulkOutcome, onEwons, onRegistrations, tryRegistrations, whoIsMeant } from '../service/bulk.ts';
import { editEwon } from '../service/ewon-edit.ts';
import { ewonPage, exportEwons, importEwons } from '../service/ewon-list.ts';
import { listEwons } from '../service/ewons.ts';
import { candidatesFor, undoableReplacements, undoReplacement } from '../service/replacement.ts';
import { answer } from './admin.ts';
import { readTrying } from './bodies.ts';
import { TEXT_MAX } from './fields.ts';
import {
  readEwonAsk,
  readEwonBulk,
  readEwonChange,
  readEwonExport,
  readRegistrationBulk,
  tokenOf,
} from './list-bodies.ts';
import { type BulkLine, candidateView, type EwonPageView, locatedView, replacementView } from './list-views.ts';
import { needs } from './needs.ts';
import { problemOf, sendProblem } from './problem.ts';
import { ewonView } from './views.ts';

type ById = { Params: { id: string } };

/** Ten thousand device ids take 330 kB; as many lines of a list with all their texts some megabytes. */
const BULK_MAX_BYTES = 512 * KIB;
const IMPORT_MAX_BYTES = 16 * 1024 * KIB;

/** The list of Ewons: searched, filtered, sorted, page by page; edited one by one, many at once, or by a file. */
export function ewonListRoutes(app: FastifyInstance): void {
  app.addContentTypeParser('text/csv', { parseAs: 'buffer', bodyLimit: IMPORT_MAX_BYTES }, (_, bytes, done) =>
    done(null, bytes),
  );

  // without a question the whole list, as it was before there were pages
  app.get('/api/v1/ewons', needs('ewons.read'), async (request, reply) => {
    const query = { ...Object(request.query) };
    if (Object.keys(query).length === 0) return listEwons(request.house);
    const asked = readEwonAsk(query);
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const { rows, total, next } = await ewonPage(request.house, asked.value);
    const view: EwonPageView = { rows, total, next: next ? tokenOf(asked.value.sort, next) : null };
    return reply.send(view);
  });
  app.get('/api/v1/ewons/counts', needs('ewons.read'), async (request) =>
    request.house.store.transact(async (tx) => ({ ...(await tx.ewonCounts()), fields: await tx.ewonFieldNames() })),
  );
  app.get('/api/v1/ewons/places', needs('ewons.read'), async (request) =>
    (await request.house.store.transact((tx) => tx.locatedEwons())).map(locatedView),
  );
  app.get('/api/v1/ewons/export', needs('ewons.read'), async (request, reply) => {
    const asked = readEwonExport({ ...Object(request.query) });
    if (!asked.ok) return sendProblem(reply, asked.fault);
    reply.header('content-disposition', 'attachment; filename="ewons.csv"').type('text/csv; charset=utf-8');
    return reply.send(partsOf(withBom(exportEwons(request.house, asked.value.where), asked.value.bom)));
  });
  app.post('/api/v1/ewons/import', { bodyLimit: IMPORT_MAX_BYTES, ...needs('ewons.edit') }, async (request, reply) => {
    const query = readTrying({ ...Object(request.query) });
    if (!query.ok) return sendProblem(reply, query.fault);
    if (!Buffer.isBuffer(request.body)) return sendProblem(reply, err('BAD_REQUEST', 'text/csv').fault);
    const rows = splitCsv(request.body);
    if (!rows.ok) return sendProblem(reply, ofEwons(rows.fault));
    const how = query.value.dryRun === '1' ? 'try' : 'do';
    return answer(reply, await importEwons(request.house, rows.value, TEXT_MAX, how));
  });
  // who may change Ewons may not for that reason forget them
  for (const [path, need] of Object.entries({ bulk: 'ewons.edit', 'bulk-forget': 'ewons.forget' } as const))
    app.post(`/api/v1/ewons/${path}`, { bodyLimit: BULK_MAX_BYTES, ...needs(need) }, async (request, reply) => {
      const asked = readEwonBulk(request.body);
      if (!asked.ok) return sendProblem(reply, asked.fault);
      const { order, on } = asked.value;
      if ((order.do === 'forget') !== (path === 'bulk-forget'))
        return sendProblem(reply, { code: 'BAD_REQUEST', detail: 'do: "forget" goes to ewons/bulk-forget' });
      const { house } = request;
      const ids = await whoIsMeant(house, on);
      if (!ids.ok) return sendProblem(reply, ids.fault);
      return sendOutcomes(reply, onEwons(house, ids.value, order), ids.value.length);
    });
  app.patch<ById>('/api/v1/ewons/:id', needs('ewons.edit'), async (request, reply) => {
    const deviceId = parseDeviceId(request.params.id);
    if (!deviceId.ok) return sendProblem(reply, { code: 'NOT_FOUND', detail: 'Ewon' });
    const asked = readEwonChange(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const done = await editEwon(request.house, deviceId.value, asked.value);
    return answer(reply, done.ok ? ok(ewonView(done.value)) : done);
  });
  app.post<ById>('/api/v1/ewons/:id/undo-replacement', needs('registrations.decide'), async (request, reply) => {
    const deviceId = parseDeviceId(request.params.id);
    if (!deviceId.ok) return sendProblem(reply, { code: 'NOT_FOUND', detail: 'replacement' });
    const done = await undoReplacement(request.house, deviceId.value);
    return answer(reply, done.ok ? ok({ back: ewonView(done.value.back), by: ewonView(done.value.by) }) : done);
  });

  app.get('/api/v1/replacements', needs('registrations.decide'), async (request) =>
    (await undoableReplacements(request.house)).map(replacementView),
  );
  app.get<ById>('/api/v1/registrations/:id/candidates', needs('registrations.read'), async (request, reply) => {
    const found = await candidatesFor(request.house, request.params.id);
    return answer(reply, found.ok ? ok(found.value.map(candidateView)) : found);
  });
  app.post(
    '/api/v1/registrations/bulk',
    { bodyLimit: BULK_MAX_BYTES, ...needs('registrations.decide') },
    async (request, reply) => {
      const asked = readRegistrationBulk(request.body);
      const query = readTrying({ ...Object(request.query) });
      if (!asked.ok) return sendProblem(reply, asked.fault);
      if (!query.ok) return sendProblem(reply, query.fault);
      const { order, on } = asked.value;
      const isName = (name: string) => nameOf(name) === name;
      if (query.value.dryRun !== '1')
        return sendOutcomes(reply, onRegistrations(request.house, on, order, isName), on.length);
      if (order.do === 'reject')
        return sendProblem(reply, { code: 'BAD_REQUEST', detail: 'dryRun: goes with approve' });
      return sendOutcomes(reply, tryRegistrations(request.house, on, order, isName), on.length);
    },
  );
}

/** The tool that writes cards has lists of another kind, and another word for a bad one. */
function ofEwons(fault: Fault): Fault {
  return fault.code === 'CSV_BAD' ? { ...fault, code: 'EWON_LIST_BAD' } : fault;
}

/** An answer that is made as it is sent, one part ahead. */
export function partsOf(parts: AsyncIterable<string>): Readable {
  return Readable.from(parts, { highWaterMark: 1 });
}

/** Puts the mark of UTF-8 before a text, where it is asked for. */
export async function* withBom(parts: AsyncIterable<string>, bom: boolean): AsyncGenerator<string> {
  if (bom) yield BOM;
  yield* parts;
}

/** One line of JSON for each, as soon as it is done. Who closes the connection ends it after the one at hand. */
function sendOutcomes(reply: FastifyReply, outcomes: AsyncGenerator<BulkOutcome>, of: number): FastifyReply {
  return reply.type('application/x-ndjson').send(partsOf(linesOf(outcomes, of)));
}

async function* linesOf(outcomes: AsyncGenerator<BulkOutcome>, of: number): AsyncGenerator<string> {
  let done = 0;
  for await (const { id, result } of outcomes) {
    done += 1;
    const became = result.ok ? { ok: true, name: result.value.name } : { ok: false, problem: problemOf(result.fault) };
    const line = { id, done, of, ...became } as BulkLine;
    yield `${JSON.stringify(line)}\n`;
  }
}
