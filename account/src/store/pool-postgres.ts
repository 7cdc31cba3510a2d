import type { Millis } from '@ewon-agent/contracts';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { Client, QueryResult } from 'pg';
import { CONNECTION_LOST } from '../core/store-failure.ts';

/** Makes a client that is not connected yet. `answerWithinMs` is the longest that an answer may take, when not the usual. */
export type MakeClient = (answerWithinMs?: Millis) => Client;

/**
 * One connection, lent to one at a time in the order they asked. More would stand idle: transactions take turns over
 * all processes (see transact-postgres.ts). Made when it is first needed, and anew after it was lost.
 */
export function singleConnection(makeClient: MakeClient): PostgresPool {
  let turn: Promise<unknown> = Promise.resolve();
  let open: Client | undefined;
  let ended = false;

  async function connected(): Promise<Client> {
    if (open) return open;
    const client = makeClient();
    // pg tells a loss here as well as to the query that runs; without a listener it would end the process
    client.on('error', () => forget(client));
    client.on('end', () => forget(client));
    try {
      await client.connect();
    } catch (cause) {
      destroy(client);
      throw lostUnlessRefused(cause);
    }
    open = client;
    return client;
  }
  function forget(client: Client): void {
    if (open === client) open = undefined;
  }
  function destroy(client: Client): void {
    forget(client);
    client.end().catch(() => {}); // it was broken already: that is why it goes
  }

  return {
    options: {},
    connect() {
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const mine = turn.then(async (): Promise<PostgresPoolClient> => {
        if (ended) throw new Error('this is a bug: the store is closed');
        const client = await connected();
        const query = async (text: string, values: readonly unknown[]): Promise<QueryResult> => {
          try {
            return await client.query(text, [...values]);
          } catch (cause) {
            const failure = lostUnlessRefused(cause);
            if (failure !== cause) destroy(client);
            throw failure;
          }
        };
        return {
          query: query as unknown as PostgresPoolClient['query'], // nobody asks for a cursor
          release(isBroken) {
            if (isBroken) destroy(client);
            release();
          },
        };
      });
      mine.catch(release);
      turn = released;
      return mine;
    },
    async end() {
      ended = true;
      await turn;
      await open?.end();
    },
  };
}

/** An answer of the server in which the session goes on, as it is; anything else as the loss of the connection. */
function lostUnlessRefused(cause: unknown): unknown {
  const answered = cause instanceof Error && 'severity' in cause;
  if (answered && cause.severity === 'ERROR') return cause;
  if (answered && 'code' in cause && isNoUse(cause.code)) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return Object.assign(new Error(`PostgreSQL: ${why}`, { cause }), { code: CONNECTION_LOST });
}

/** Wrong password, no such role, no such database: to ask again does not help. */
function isNoUse(code: unknown): boolean {
  return typeof code === 'string' && /^(28|3D)/.test(code);
}
