import { isDeepStrictEqual } from 'node:util';
import { type DeviceId, KIB, SECOND_MS } from '@ewon-agent/contracts';
import type { FastifyInstance } from 'fastify';
import type { Change } from '../bus.ts';
import type { Person } from '../core/users.ts';
import type { House } from '../house.ts';
import { USERS_CHANGED } from '../service/user-changes.ts';
import { identify } from './identify.ts';
import { needs } from './needs.ts';
import { seenChanges } from './seen-changes.ts';

/** A comment this often keeps proxies and tunnels from closing a quiet stream. */
const HEARTBEAT_MS = 15 * SECOND_MS;
/** A page that does not read this much is gone or stuck; it connects again and reads the lists anew. */
const UNREAD_MAX_BYTES = 1024 * KIB;

/**
 * Server-sent events: every committed change that the caller may see as `{type, id, row}`, under the event name `type`.
 * A stream ends when its caller may not do the same any more: he connects again as what he is then.
 * @param house without the limits of a caller: what he may see is chosen here
 */
export function eventRoutes(app: FastifyInstance, house: House, adminToken: string): void {
  const streams = new Set<() => void>();
  app.addHook('preClose', async () => {
    for (const end of streams) end();
  });
  app.get('/api/v1/events', needs('anyone'), async (request, reply) => {
    const { person } = request.house;
    // heard from here on, and told when it is known what may be
    let heard: Change[] | undefined = [];
    let see: (change: Change) => Change | undefined = () => undefined;
    const unsubscribe = house.bus.subscribe((change) => {
      if (change.type === 'settings' && change.id === USERS_CHANGED) void lookAgain();
      if (heard) heard.push(change);
      else tell(change);
    });
    reply.hijack();
    const out = reply.raw;
    out.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    const write = (text: string): void => {
      out.write(text);
      if (out.writableLength > UNREAD_MAX_BYTES) out.destroy();
    };
    const tell = (change: Change): void => {
      const seen = see(change);
      if (seen) write(`event: ${seen.type}\ndata: ${JSON.stringify(seen)}\n\n`);
    };
    write(': connected\n\n');
    let cancel = (): void => {};
    const beat = (): void => {
      cancel = house.clock.after(HEARTBEAT_MS, () => {
        write(': still here\n\n');
        void lookAgain();
        beat();
      });
    };
    const end = (): void => {
      cancel();
      unsubscribe();
      streams.delete(end);
      out.end();
    };
    const lookAgain = async (): Promise<void> => {
      const caller = await identify(house, adminToken, request.headers).catch(() => undefined); // asked again at the next beat
      if (caller && !(caller.ok && isSamePerson(caller.value.person, person))) end();
    };
    beat();
    streams.add(end);
    out.once('close', end);
    const poolOf = await poolsOfEwons(house, person).catch((cause: unknown) => {
      house.log.write('error', 'admin', 'a stream of changes ended', { cause: String(cause) });
    });
    if (!poolOf) return end(); // he connects again; a stream that tells nothing would hoard all that it hears
    see = seenChanges(person, poolOf);
    const early = heard;
    heard = undefined;
    for (const change of early) tell(change);
  });
}

function isSamePerson(a: Person, b: Person): boolean {
  return isDeepStrictEqual(
    a.grants.map(({ permissions, pools }) => [permissions, pools]),
    b.grants.map(({ permissions, pools }) => [permissions, pools]),
  );
}

/** The pool of each Ewon, for who has not all: whoever has needs none of them. */
async function poolsOfEwons(house: House, { grants }: Person): Promise<Map<DeviceId, string>> {
  if (grants.every(({ pools }) => pools === 'all')) return new Map();
  return new Map(await house.store.transact((tx) => tx.poolsOfEwons()));
}
