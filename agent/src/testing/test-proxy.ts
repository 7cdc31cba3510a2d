import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { ServerIdentity } from './test-pki.ts';

/** What a proxy does with CONNECT; all but `tunnel` were met in the field or are an attack. */
export type ProxyBehaviour =
  | { readonly does: 'tunnel' }
  | { readonly does: 'silent' | 'hangUp' | 'endlessHeaders' | 'dripHeaders' | 'endlessInterim' }
  /** Writes this and waits. */
  | { readonly does: 'write'; readonly text: string }
  /** Says yes, and then speaks TLS itself. */
  | { readonly does: 'openTls'; readonly identity: ServerIdentity };

export type TestProxy = {
  readonly host: string;
  readonly port: number;
  /** The head of each request, as it came. */
  readonly heads: readonly string[];
  /** Connections that are open now. */
  connections(): number;
  close(): Promise<void>;
};

const ESTABLISHED = 'HTTP/1.1 200 Connection established\r\n\r\n';
/** How often something drips: many times within the patience of a test. */
const DRIP_MS = 20;

/** Starts a proxy on a free port of 127.0.0.1 that behaves as told. */
export async function startProxy(behaviour: ProxyBehaviour): Promise<TestProxy> {
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  const inner = behaviour.does === 'openTls' ? await startInterceptor(behaviour.identity) : undefined;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy()); // the client went away, as it should
    socket.once('data', (bytes) => {
      const head = bytes.toString('latin1');
      heads.push(head);
      behave(behaviour, socket, inner?.port ?? Number(/^CONNECT \S+:(\d+) /.exec(head)?.[1]));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    host: '127.0.0.1',
    port: typeof address === 'object' && address ? address.port : 0,
    heads,
    connections: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await Promise.all([once(server, 'close'), inner?.close()]);
    },
  };
}

function behave(behaviour: ProxyBehaviour, socket: Socket, port: number): void {
  switch (behaviour.does) {
    case 'tunnel':
    case 'openTls': {
      const onward = connect(port, '127.0.0.1', () => {
        socket.write(ESTABLISHED);
        socket.pipe(onward).pipe(socket);
      });
      socket.once('close', () => onward.destroy());
      return void onward.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    }
    case 'write':
      return void socket.write(behaviour.text);
    case 'hangUp':
      return void socket.end();
    case 'endlessHeaders':
      socket.write('HTTP/1.1 200 OK\r\n');
      return void flood(socket, `X-Fill: ${'x'.repeat(8000)}\r\n`);
    case 'endlessInterim':
      return void flood(socket, 'HTTP/1.1 100 Continue\r\n\r\n');
    case 'dripHeaders': {
      socket.write('HTTP/1.1 200 OK\r\nX-Slow: ');
      const timer = setInterval(() => socket.write('x'), DRIP_MS);
      return void socket.once('close', () => clearInterval(timer));
    }
    case 'silent':
      return;
  }
}

/** Sends for as long as the other side takes it. */
function flood(socket: Socket, piece: string): void {
  const pour = () => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', pour);
  pour();
}

async function startInterceptor({ certificate, privateKey }: ServerIdentity) {
  const server = createTlsServer({ cert: certificate, key: privateKey }, (socket) => {
    socket.on('error', () => socket.destroy()); // the client does not believe us
  });
  server.on('tlsClientError', () => {}); // it says so with an alert
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}
