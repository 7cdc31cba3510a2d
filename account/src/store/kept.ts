import type { Scope } from './scope.ts';

/** Reads once in a transaction what is asked for under a name; see {@link Scope.kept}. */
export async function keptOr<T>({ kept }: Pick<Scope, 'kept'>, name: string, read: () => Promise<T>): Promise<T> {
  if (kept.has(name)) return kept.get(name) as T;
  const value = await read();
  kept.set(name, value);
  return value;
}
