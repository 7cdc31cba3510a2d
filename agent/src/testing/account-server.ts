import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { AccountBehaviour, AccountServer, SeenRequest } from '@ewon-agent/contracts/suites/account-link-suite';
import type { ServerIdentity } from './test-pki.ts';

/** A server on loopback that behaves as told, good or bad. */
export type TestServer = AccountServer & { close(): Promise<void> };

/** How often something drips: many times within the patience of a test. */
const DRIP_MS = 20;

/** Starts a server on a free port of 127.0.0.1. */
export async function startServer(behaviour: AccountBehaviour, identity: ServerIdentity): Promise<TestServer> {
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const server = serverFor(behaviour, { cert: identity.certificate, key: identity.privateKey }, requests);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy()); // the client went away, as it should
  });
  server.on('tlsClientError', () => {}); // a client that does not trust us says so with an alert
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  if (behaviour.does === 'refuse') await close();
  return { url: `https://127.0.0.1:${port}`, requests, connections: () => sockets.size, close };
}

type Tls = { readonly cert: string; readonly key: string };

function serverFor(behaviour: AccountBehaviour, tls: Tls, requests: SeenRequest[]): Server {
  switch (behaviour.does) {
    case 'notTls':
      return createTcpServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    case 'notHttp':
      return raw(tls, (socket) => socket.write(Buffer.from([0x20, 0x02, 0x00, 0x00, 0x0d, 0x0a, 0x0d, 0x0a])));
    case 'hangUp':
      return raw(tls, (socket) => socket.end());
    case 'endlessHeaders':
      return raw(tls, (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        flood(socket, `X-Fill: ${'x'.repeat(8000)}\r\n`);
      });
    case 'dripHeaders':
      return raw(tls, (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nX-Slow: ');
        drip(socket);
      });
    case 'dripBody':
      return raw(tls, (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n');
        drip(socket);
      });
    case 'cutBody':
      return raw(tls, (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this'));
    case 'endlessBody':
      return raw(tls, (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
        flood(socket, `10000\r\n${'x'.repeat(0x10000)}\r\n`);
      });
    case 'switchProtocol':
      return raw(tls, (socket) =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n'),
      );
    default:
      // by itself the server keeps connections for longer than a test lasts: closing them is the client's business
      return createHttpsServer({ ...tls, keepAliveTimeout: 60_000 }, answering(behaviour, requests));
  }
}

function answering(behaviour: AccountBehaviour, requests: SeenRequest[]): RequestListener {
  return async (request, response) => {
    requests.push(await seen(request));
    if (behaviour.does === 'silent') return;
    if (behaviour.does !== 'answer') return void response.end('nobody should get this far');
    response.writeHead(behaviour.status, behaviour.headers);
    response.end(behaviour.body);
  };
}

async function seen(request: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, `${value}`]));
  return { method: request.method ?? '', path: request.url ?? '', headers, body: Buffer.concat(chunks).toString() };
}

/** TLS, and then whatever `then` does once the client has spoken. */
function raw(tls: Tls, then: (socket: TLSSocket) => void): Server {
  return createTlsServer(tls, (socket) => {
    socket.on('error', () => socket.destroy()); // the client went away, as it should
    socket.once('data', () => then(socket));
  });
}

function drip(socket: TLSSocket): void {
  const timer = setInterval(() => socket.write('x'), DRIP_MS);
  socket.once('close', () => clearInterval(timer));
}

/** Sends for as long as the other side takes it. */
function flood(socket: TLSSocket, piece: string): void {
  const pour = () => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', pour);
  pour();
}
