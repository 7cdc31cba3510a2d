import { createServer, type Server, type Socket } from 'node:net';
import { listenOn } from './door.ts';

/** The second connection of an FTP session, over which files and lists go. */
export type FtpChannel = {
  /** Begins to listen. @returns the port */
  listen(): Promise<number>;
  /** The connection that came, or comes; undefined when nobody listens, or nobody came in time. */
  connected(): Promise<Socket | undefined>;
  close(): void;
};

/** How long a client may take to connect to the port that it asked for. */
const CONNECT_MAX_MS = 10_000;

/** Makes the channel of a session. */
export function createFtpChannel(): FtpChannel {
  let server: Server | undefined;
  let coming: Promise<Socket | undefined> = Promise.resolve(undefined);
  let inUse: Socket | undefined;
  const close = () => {
    server?.close();
    server = undefined;
    inUse?.destroy(); // who has hung up takes no more, and what was half sent is nothing
    coming.then((socket) => socket?.destroy());
    coming = Promise.resolve(undefined);
  };
  return {
    async listen() {
      close();
      const listening = createServer({ pauseOnConnect: true });
      server = listening;
      coming = firstConnection(listening);
      return listenOn(listening, 0);
    },
    async connected() {
      const socket = await coming;
      server?.close();
      server = undefined;
      coming = Promise.resolve(undefined);
      inUse = socket;
      return socket;
    },
    close,
  };
}

function firstConnection(server: Server): Promise<Socket | undefined> {
  return new Promise((come) => {
    const timer = setTimeout(() => come(undefined), CONNECT_MAX_MS);
    server.once('close', () => come(undefined));
    server.once('connection', (socket) => {
      clearTimeout(timer);
      socket.on('error', () => socket.destroy()); // gone; whoever reads or writes sees "close"
      come(socket);
    });
    server.once('close', () => clearTimeout(timer));
  });
}
