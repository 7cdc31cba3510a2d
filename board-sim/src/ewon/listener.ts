import { once } from 'node:events';
import type { Server } from 'node:net';

/** Opens a server on 127.0.0.1. @returns its port; 0 asks for a free one */
export async function listenOn(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

/** Shuts a server; `drop` ends its connections. */
export async function shutServer(server: Server, drop: () => void): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  drop();
  await closed;
}
