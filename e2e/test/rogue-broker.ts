import { once } from 'node:events';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Identity } from '@ewon-agent/account/testing/test-pki';

/** What a server that is not quite a broker does with a connection; `raw` is the TCP socket below TLS. */
export type Behaviour = (socket: Socket, raw: Socket | undefined) => void;

export type RogueBroker = {
  readonly url: string;
  /** The newest connection. */
  readonly socket: Socket | undefined;
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

/** Listens on 127.0.0.1; over TLS when an identity is given. */
export async function startRogueBroker(identity: Identity | undefined, behave: Behaviour): Promise<RogueBroker> {
  const sockets = new Set<Socket>();
  let newest: Socket | undefined;
  const below = new Map<number | undefined, Socket>();
  const met = (socket: Socket) => {
    newest = socket;
    sockets.add(socket);
    socket.on('error', () => {}); // the other side hangs up; that is what is tested
    socket.on('close', () => sockets.delete(socket));
    behave(socket, below.get(socket.remotePort));
  };
  const server: Server = identity
    ? createTlsServer({ cert: identity.certificate, key: identity.privateKey }, met)
    : createTcpServer(met);
  server.on('connection', (raw) => below.set(raw.remotePort, raw));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('this is a bug: no port');
  return {
    url: `mqtts://127.0.0.1:${address.port}`,
    get socket() {
      return newest;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
