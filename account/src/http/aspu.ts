import type { FileHandle } from 'node:fs/promises';
import { constants, open } from 'node:fs/promises';
import { join } from 'node:path';
import { err, sha256Hex } from '@ewon-agent/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseMetadataFile, parseTargetFile, TARGETS_FOLDER, TIMESTAMP_FILE } from '../core/aspu-names.ts';
import { type ByteRange, readRange } from '../core/byte-range.ts';
import { sendProblem } from './problem.ts';

// The repository of patches, for everybody: what is in it is signed, and secret is nothing of it.

type Named = { Params: { name: string } };

/** Named once and for all. */
const FOR_EVER = 'public, max-age=31536000, immutable';
/** The one file that changes: asked for each time. */
const EACH_TIME = 'no-cache';

/**
 * Serves files of a repository at `/aspu/`, by GET and HEAD; patches also in parts, so that a download goes on where it was
 * interrupted (RFC 9110 §14). A name that is none of TUF's leads nowhere, before anybody looks at the disk.
 */
export function aspuRoutes(app: FastifyInstance, folder: string): void {
  const route = (url: string, answer: (request: FastifyRequest<Named>, reply: FastifyReply) => Promise<FastifyReply>) =>
    app.route<Named>({ method: ['GET', 'HEAD'], url, exposeHeadRoute: false, handler: answer });

  route('/aspu/:name', async (request, reply) => {
    const { name } = request.params;
    const file = name === TIMESTAMP_FILE || parseMetadataFile(name) ? await openFile(join(folder, name)) : undefined;
    if (!file) return notFound(reply);
    try {
      const bytes = await file.readFile();
      const etag = `"${sha256Hex(bytes)}"`;
      reply.headers({ etag, 'cache-control': name === TIMESTAMP_FILE ? EACH_TIME : FOR_EVER });
      if (request.headers['if-none-match'] === etag) return await reply.code(304).send();
      return await reply.type('application/json').send(bytes);
    } finally {
      await file.close();
    }
  });

  route('/aspu/targets/:name', async (request, reply) => {
    const { name } = request.params;
    const target = parseTargetFile(name);
    const file = target && (await openFile(join(folder, TARGETS_FOLDER, name)));
    if (!file) return notFound(reply);
    const etag = `"${target.sha256}"`;
    const { size } = await file.stat();
    reply.headers({ etag, 'accept-ranges': 'bytes', 'cache-control': FOR_EVER });
    reply.type('application/octet-stream');
    const condition = request.headers['if-range'];
    const isAsked = request.method === 'GET' && (condition === undefined || condition === etag);
    const range = isAsked ? readRange(request.headers.range, size) : undefined;
    if (range === 'unsatisfiable') {
      await file.close();
      reply.header('content-range', `bytes */${size}`);
      return sendProblem(reply, err('BAD_REQUEST', `range beyond ${size} bytes`).fault, 416);
    }
    const part: ByteRange = range ?? { from: 0, to: size - 1 };
    if (range) reply.code(206).header('content-range', `bytes ${part.from}-${part.to}/${size}`);
    reply.header('content-length', part.to - part.from + 1);
    if (request.method === 'HEAD' || size === 0) {
      await file.close();
      return reply.send();
    }
    return reply.send(file.createReadStream({ start: part.from, end: part.to })); // closes the file at its end
  });
}

/** Opens a file, and nothing else that bears its name. */
async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
    await file.close();
    return undefined;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(String(cause.code)))
      return undefined;
    throw cause;
  }
}

function notFound(reply: FastifyReply): FastifyReply {
  return sendProblem(reply, err('NOT_FOUND', 'no such file of the repository').fault);
}
