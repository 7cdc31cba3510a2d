import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import type { Identity } from '@ewon-agent/account/testing/test-pki';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';

/** What a server that is not quite a broker does with a connection; `raw` is the TCP socket below TLS. */
export type Behaviour = (socket: Duplex, raw: Socket | undefined) => void;

/** How MQTT is spoken: on TLS, or on a WebSocket in it. */
export type Carrier = 'tls' | 'websocket';

export type RogueBroker = {
  readonly url: string;
  /** The newest connection. */
  readonly socket: Duplex | undefined;
  /** The WebSocket of the newest connection, where there is one. */
  readonly webSocket: WebSocket | undefined;
  close(): Promise<void>;
};

const CONNACK_ACCEPTED = Uint8Array.of(0x20, 0x03, 0x00, 0x00, 0x00);

/** Accepts CONNECT (MQTT 5) and says nothing else, whatever comes. */
export const acceptAndIgnore: Behaviour = (socket) => void socket.once('data', () => socket.write(CONNACK_ACCEPTED));

/** Answers CONNECT with these bytes. */
export function answerWith(...bytes: readonly number[]): Behaviour {
  return (socket) => void socket.once('data', () => socket.write(Uint8Array.from(bytes)));
}

/** Answers CONNECT with a TCP reset: what is left of a TLS alert when the server closes with our CONNECT unread. */
export const answerWithReset: Behaviour = (socket, raw) => void socket.once('data', () => raw?.resetAndDestroy());

/** Listens on 127.0.0.1; over TLS when an identity is given, and then with that carrier. */
export async function startRogueBroker(
  identity: Identity | undefined,
  behave: Behaviour,
  carrier: Carrier = 'tls',
): Promise<RogueBroker> {
  const sockets = new Set<Socket>();
  const below = new Map<number | undefined, Socket>();
  let newest: Duplex | undefined;
  let webSocket: WebSocket | undefined;
  const met = (socket: Duplex, remotePort: number | undefined) => {
    newest = socket;
    socket.on('error', () => {}); // the other side hangs up; that is what is tested
    behave(socket, below.get(remotePort));
  };
  const server = serverFor(identity, carrier, met, (opened) => {
    webSocket = opened;
  });
  server.on('connection', (raw: Socket) => {
    below.set(raw.remotePort, raw);
    sockets.add(raw);
    raw.on('error', () => {}); // as above
    raw.on('close', () => sockets.delete(raw));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('this is a bug: no port');
  return {
    url: `${carrier === 'tls' ? 'mqtts' : 'wss'}://127.0.0.1:${address.port}${carrier === 'tls' ? '' : '/mqtt'}`,
    get socket() {
      return newest;
    },
    get webSocket() {
      return webSocket;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

type Met = (socket: Duplex, remotePort: number | undefined) => void;

function serverFor(
  identity: Identity | undefined,
  carrier: Carrier,
  met: Met,
  opened: (webSocket: WebSocket) => void,
): Server {
  if (!identity) return createTcpServer((socket) => met(socket, socket.remotePort));
  const tls = { cert: identity.certificate, key: identity.privateKey };
  if (carrier === 'tls') return createTlsServer(tls, (socket) => met(socket, socket.remotePort));
  const server = createHttpsServer(tls);
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (webSocket, { socket }) => {
    opened(webSocket);
    met(createWebSocketStream(webSocket), socket.remotePort);
  });
  return server;
}
