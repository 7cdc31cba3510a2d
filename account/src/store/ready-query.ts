import { isDeepStrictEqual } from 'node:util';
import type { Compilable, CompiledQuery, QueryResult } from 'kysely';
import type { Scope } from './scope.ts';

/**
 * Runs a statement that every device causes: it is written down once, and then only given other values.
 * @param name of its own within the store, another one for each form of the statement
 * @param parameters the values in the order in which the statement has them
 */
export async function runReady<O>(
  { db, ready }: Scope,
  name: string,
  parameters: readonly unknown[],
  write: () => Compilable<O>,
): Promise<QueryResult<O>> {
  let statement = ready.get(name);
  if (!statement) {
    statement = write().compile();
    if (!isDeepStrictEqual(statement.parameters, parameters)) throw new Error(`this is a bug: values of ${name}`);
    ready.set(name, statement);
  }
  return db.executeQuery<O>({ ...(statement as CompiledQuery<O>), parameters });
}

/** The same for a statement that finds one row at most. */
export async function findReady<O>(...asked: Parameters<typeof runReady<O>>): Promise<O | undefined> {
  return (await runReady<O>(...asked)).rows[0];
}
