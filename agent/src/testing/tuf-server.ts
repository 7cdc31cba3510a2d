import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { ServerIdentity } from './test-pki.ts';

/** Answers in another way than a good server; true when it did. */
export type Answers = (request: IncomingMessage, response: ServerResponse, path: string) => boolean;
export type TufServer = Awaited<ReturnType<typeof startTufServer>>;

/** A server on loopback, of plain HTTP without an identity, that serves files below `/aspu/`, in parts when asked, until it is told to answer otherwise. */
export async function startTufServer(files: ReadonlyMap<string, Buffer>, identity?: ServerIdentity) {
  const asked: string[] = [];
  const otherwise: { answers: Answers } = { answers: () => false };
  const sockets = new Set<Socket>();
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const path = decodeURIComponent(request.url ?? '').replace('/aspu/', '');
    asked.push(request.headers.range ? `${path} ${request.headers.range}` : path);
    if (!otherwise.answers(request, response, path)) serveFile(files.get(path), request, response);
  };
  const server = identity
    ? createHttpsServer({ cert: identity.certificate, key: identity.privateKey }, listener)
    : createHttpServer(listener);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy()); // the client went away, as it should
  });
  server.on('tlsClientError', () => {}); // a client that does not trust us says so with an alert
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    ...{ asked, otherwise },
    base: `http${identity ? 's' : ''}://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/aspu/`,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function serveFile(bytes: Buffer | undefined, request: IncomingMessage, response: ServerResponse): void {
  if (!bytes) return void response.writeHead(404).end('no such file');
  const [, first] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  if (first === undefined) return void response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  if (Number(first) >= bytes.length) return void response.writeHead(416).end();
  const part = bytes.subarray(Number(first));
  response.writeHead(206, {
    'content-length': part.length,
    'content-range': `bytes ${first}-${bytes.length - 1}/${bytes.length}`,
  });
  response.end(part);
}
