import { KIB, SECOND_MS } from '@ewon-agent/contracts';
import type { FastifyInstance } from 'fastify';
import type { House } from '../house.ts';

/** A comment this often keeps proxies and tunnels from closing a quiet stream. */
const HEARTBEAT_MS = 15 * SECOND_MS;
/** A page that does not read this much is gone or stuck; it connects again and reads the lists anew. */
const UNREAD_MAX_BYTES = 1024 * KIB;

/** Server-sent events: every committed change as `{type, id, row}`, under the event name `type`. */
export function eventRoutes(app: FastifyInstance, house: House): void {
  const streams = new Set<() => void>();
  app.addHook('preClose', async () => {
    for (const end of streams) end();
  });
  app.get('/api/v1/events', (_, reply) => {
    reply.hijack();
    const out = reply.raw;
    out.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    const write = (text: string): void => {
      out.write(text);
      if (out.writableLength > UNREAD_MAX_BYTES) out.destroy();
    };
    write(': connected\n\n');
    const unsubscribe = house.bus.subscribe((change) =>
      write(`event: ${change.type}\ndata: ${JSON.stringify(change)}\n\n`),
    );
    let cancel = (): void => {};
    const beat = (): void => {
      cancel = house.clock.after(HEARTBEAT_MS, () => {
        write(': still here\n\n');
        beat();
      });
    };
    beat();
    const end = (): void => {
      cancel();
      unsubscribe();
      streams.delete(end);
      out.end();
    };
    streams.add(end);
    out.once('close', end);
  });
}
