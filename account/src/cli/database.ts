import { readFileSync, statSync } from 'node:fs';
import { err, ok, type Result } from '@ewon-agent/contracts';
import { hasPassword, readDatabaseUrl } from '../core/database-url.ts';

/** Which database the command line names. */
export type DatabaseChoice = { readonly database?: string; readonly databaseFile?: string };

const FOR_OTHERS = 0o007;

/**
 * The URL of the PostgreSQL that was named, from an argument or from a file; undefined when none was.
 * A URL with a password must come from a file that other users cannot read: everybody can see arguments.
 * Codes: USAGE.
 */
export function databaseUrlOf({ database, databaseFile }: DatabaseChoice): Result<string | undefined> {
  if (database !== undefined) {
    if (hasPassword(database))
      return err('USAGE', 'a password must not be an argument: --database-file, PGPASSWORD or ~/.pgpass');
    return readDatabaseUrl(database);
  }
  if (databaseFile === undefined) return ok(undefined);
  let text: string;
  try {
    if (statSync(databaseFile).mode & FOR_OTHERS)
      return err('USAGE', `${databaseFile} is open to all users: chmod 600`);
    text = readFileSync(databaseFile, 'utf8').trim();
  } catch (cause) {
    return err('USAGE', `${databaseFile} cannot be read`, cause);
  }
  const url = readDatabaseUrl(text);
  return url.ok ? url : err('USAGE', `${databaseFile}: ${url.fault.detail}`);
}
