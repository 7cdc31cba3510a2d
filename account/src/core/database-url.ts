import { err, ok, type Result } from '@ewon-agent/contracts';

// Pure: what `--database` names. The rest of the URL (sslmode, sslrootcert, a socket as host) is libpq's and pg's own.

/** Tells whether this is the URL of a PostgreSQL, and nothing that would write a password where others see it. Codes: USAGE. */
export function readDatabaseUrl(text: string): Result<string> {
  const url = URL.parse(text);
  if (url?.protocol !== 'postgres:' && url?.protocol !== 'postgresql:')
    return err('USAGE', 'the database is postgres://user@host:port/name');
  if (url.pathname.length < 2)
    return err('USAGE', 'the URL of the database names none: postgres://user@host:port/name');
  return ok(text);
}

/** Tells whether a URL carries a password: as such, or as a parameter, which pg takes as well. */
export function hasPassword(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.password !== '' || url.searchParams.has('password'));
}

/** The URL as it may be shown: without password and parameters. */
export function shownDatabase(text: string): string {
  const url = URL.parse(text);
  if (!url) return 'a database';
  const user = url.username === '' ? '' : `${url.username}@`;
  return `${url.protocol}//${user}${url.host}${url.pathname}`;
}
