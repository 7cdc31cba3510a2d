import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { err, type Result } from '@ewon-agent/contracts';
import type { FastifyInstance } from 'fastify';
import type { House } from '../house.ts';
import { type CellImport, countCells, importCells } from '../service/cells.ts';
import { answer } from './admin.ts';
import { readCellQuery } from './bodies.ts';
import { needs } from './needs.ts';
import { sendProblem } from './problem.ts';

/** A table is sent as it is on the disk, however large: it is read as a stream. */
const TABLE_TYPE = 'application/octet-stream';
const GZIP = Buffer.from([0x1f, 0x8b]);

/** The account's own table of cells. */
export function cellRoutes(app: FastifyInstance): void {
  app.addContentTypeParser(TABLE_TYPE, (_, payload, done) => done(null, payload));
  app.get('/api/v1/cells', needs('cells'), async (request) => countCells(request.house));
  app.post('/api/v1/cells', needs('cells'), async (request, reply) => {
    const asked = readCellQuery({ ...Object(request.query) });
    if (!asked.ok) return sendProblem(reply, asked.fault);
    if (!(request.body instanceof Readable)) return sendProblem(reply, { code: 'BAD_REQUEST', detail: TABLE_TYPE });
    const { mcc } = asked.value;
    return answer(reply, await importFrom(request.house, request.body, mcc === undefined ? {} : { mcc: Number(mcc) }));
  });
}

async function importFrom(house: House, body: Readable, only: { readonly mcc?: number }): Promise<Result<CellImport>> {
  const first = await firstPartOf(body);
  const whole = Readable.from(joined(first, body.iterator({ destroyOnReturn: false })));
  const packed = first.subarray(0, 2).equals(GZIP);
  const bytes = packed ? whole.pipe(createGunzip()) : whole;
  // pipe leaves errors where they are
  whole.on('error', (error) => bytes.destroy(error));
  try {
    return await importCells(house, textOf(bytes), only);
  } catch (cause) {
    if (packed && isZlibFault(cause)) return err('CELLS_UNREADABLE', 'damaged gzip', cause);
    throw cause;
  } finally {
    bytes.destroy();
    whole.destroy();
    body.resume(); // who sends hears the answer when it has sent all
  }
}

async function firstPartOf(body: Readable): Promise<Buffer> {
  const { value } = await body.iterator({ destroyOnReturn: false }).next();
  return Buffer.from(value ?? '');
}

async function* joined(first: Buffer, rest: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  yield first;
  yield* rest;
}

/** The table is ASCII; a letter beyond that stands for itself and is refused with its line. */
async function* textOf(bytes: Readable): AsyncIterable<string> {
  for await (const part of bytes) yield Buffer.from(part).toString('latin1');
}

function isZlibFault(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z_');
}
