import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a PostgreSQL, and cuts one connection at a COMMIT. */
export type CuttingProxy = {
  readonly port: number;
  /** Cuts the next connection over which a COMMIT comes: the server is given it first, or never. */
  cutAtCommit(when: 'before the server has it' | 'after the server has it'): void;
  close(): Promise<void>;
};

/** @param port of the PostgreSQL, on 127.0.0.1 */
export async function startCuttingProxy(port: number): Promise<CuttingProxy> {
  const open = new Set<Socket>();
  let cut: 'before the server has it' | 'after the server has it' | undefined;
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => {}); // it is closed, and that is what counts
      socket.on('close', () => open.delete(socket));
    }
    client.on('data', (bytes: Buffer) => {
      if (cut === undefined || !bytes.includes('commit')) return void upstream.write(bytes);
      const when = cut;
      cut = undefined;
      if (when === 'before the server has it') {
        client.destroy();
        upstream.destroy();
        return undefined;
      }
      // the answer comes when it is carried out, and does not reach the client
      upstream.removeAllListeners('data');
      upstream.once('data', () => {
        client.destroy();
        upstream.destroy();
      });
      upstream.write(bytes);
      return undefined;
    });
    upstream.on('data', (bytes) => void client.write(bytes));
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cutAtCommit(when) {
      cut = when;
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
