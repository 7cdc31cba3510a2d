import { isDeepStrictEqual } from 'node:util';
import { err, KIB, SECOND_MS } from '@ewon-agent/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Person } from '../core/users.ts';
import type { House } from '../house.ts';
import { hashOf } from '../secrets/token-hash.ts';
import { USERS_CHANGED } from '../service/user-changes.ts';
import { identify } from './identify.ts';
import { needs } from './needs.ts';
import { type Placed, watchPools } from './pool-watch.ts';
import { sendProblem } from './problem.ts';
import { seenChanges } from './seen-changes.ts';

/** A comment this often keeps proxies and tunnels from closing a quiet stream. */
const HEARTBEAT_MS = 15 * SECOND_MS;
/** A page that does not read this much is gone or stuck; it connects again and reads the lists anew. */
const UNREAD_MAX_BYTES = 1024 * KIB;
/** Of one session or token: more pages than a person keeps open in a browser, and few enough that many callers have room. */
const STREAMS_MAX = 16;

/**
 * Server-sent events: every committed change that the caller may see as `{type, id, row}`, under the event name `type`.
 * A stream ends when its caller may not do the same any more: he connects again as what he is then.
 * Codes: STREAMS_FULL.
 * @param house without the limits of a caller: what he may see is chosen here
 */
export function eventRoutes(app: FastifyInstance, house: House, adminToken: string): void {
  /** What ends each, by who called. */
  const streams = new Map<string, Set<() => void>>();
  const watch = watchPools(house);
  app.addHook('preClose', async () => {
    for (const ends of [...streams.values()]) for (const end of [...ends]) end();
  });
  app.get('/api/v1/events', needs('anyone'), async (request, reply) => {
    const { person } = request.house;
    const by = callerOf(request);
    const ofCaller = streams.get(by) ?? new Set();
    if (ofCaller.size >= STREAMS_MAX) return sendProblem(reply, err('STREAMS_FULL', `${STREAMS_MAX} streams`).fault);
    streams.set(by, ofCaller);
    const hasAll = person.grants.every(({ pools }) => pools === 'all');
    reply.hijack();
    const out = reply.raw;
    out.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    const write = (text: string): void => {
      out.write(text);
      if (out.writableLength > UNREAD_MAX_BYTES) out.destroy();
    };
    const see = seenChanges(person, watch.poolOf);
    const tell = (placed: Placed): void => {
      const seen = see(placed);
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
      if (!ofCaller.delete(end)) return; // closed after it was ended: others may have opened since
      if (ofCaller.size === 0) streams.delete(by);
      cancel();
      unsubscribe();
      unfollow();
      out.end();
    };
    const lookAgain = async (): Promise<void> => {
      const caller = await identify(house, adminToken, request.headers).catch(() => undefined); // asked again at the next beat
      if (caller && !(caller.ok && isSamePerson(caller.value.person, person))) end();
    };
    beat();
    ofCaller.add(end);
    out.once('close', end);
    const unsubscribe = house.bus.subscribe((change) => {
      if (change.type === 'settings' && change.id === USERS_CHANGED) void lookAgain();
      if (hasAll) tell({ change });
    });
    // whoever connects again is told anew; a stream that tells nothing would hoard all that it hears
    const unfollow = hasAll ? () => {} : watch.follow(tell, end);
  });
}

function isSamePerson(a: Person, b: Person): boolean {
  return isDeepStrictEqual(
    a.grants.map(({ permissions, pools }) => [permissions, pools]),
    b.grants.map(({ permissions, pools }) => [permissions, pools]),
  );
}

/** One session, or one token. */
function callerOf({ sessionToken, headers }: FastifyRequest): string {
  return hashOf(sessionToken ?? (headers.authorization ?? '').replace(/^Bearer /i, ''));
}
