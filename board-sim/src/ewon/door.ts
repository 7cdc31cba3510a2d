import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import type { EwonDoor, EwonWorld } from './ewon-world.ts';

/** Opens a server on 127.0.0.1; port 0 is a free one. */
export async function openDoor(world: EwonWorld, server: Server, askedPort: number): Promise<EwonDoor> {
  const sockets = new Set<Socket>();
  // before the listeners of the server itself: while it boots, nobody is served
  server.prependListener('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    if (world.state().at === 'booting') socket.resetAndDestroy();
  });
  const hangUp = () => sockets.forEach((socket) => void socket.resetAndDestroy());
  const port = await listenOn(server, askedPort);
  return {
    port,
    hangUp,
    async open() {
      if (!server.listening) await listenOn(server, port);
    },
    async shut() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      hangUp();
      await closed;
    },
  };
}

/** Listens on 127.0.0.1. @returns the port; 0 asks for a free one */
export async function listenOn(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}
