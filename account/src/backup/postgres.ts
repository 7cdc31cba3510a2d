import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { err, ok, type Result } from '@ewon-agent/contracts';
import type { Client } from 'pg';
import { shownDatabase } from '../core/database-url.ts';
import { postgresClients } from '../store/open-postgres.ts';
import { type AccountFacts, readFacts } from './facts.ts';

// PostgreSQL is copied and filled by its own programs, which know every version of it. A password reaches them by the
// environment: everybody can see arguments.

/** More of what a program says helps nobody. */
const SAID_MAX_CHARACTERS = 2000;

const TABLES = `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'S') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;

/** Copies the database at one moment, beside servers that write. Codes: DATABASE_UNREACHABLE, DATABASE_TOOLS. */
export async function dumpPostgres(url: string, to: string): Promise<Result<AccountFacts>> {
  return withClient(url, async (client) => {
    // this client stands still while pg_dump works, and its transaction is what both look at
    await client.query('set idle_in_transaction_session_timeout = 0');
    await client.query('begin transaction isolation level repeatable read, read only');
    const { rows } = await client.query('select pg_export_snapshot() as snapshot');
    const facts = await readFacts(async (sql) => (await client.query(sql)).rows);
    const options = [
      '--format=custom',
      '--no-owner',
      '--no-privileges',
      `--snapshot=${rows[0]?.snapshot}`,
      `--file=${to}`,
    ];
    const done = await runTool('pg_dump', url, options);
    return done.ok ? ok(facts) : done;
  });
}

/** Fills an empty database, as a whole or not at all. Codes: RESTORE_NOT_EMPTY, DATABASE_UNREACHABLE, DATABASE_TOOLS. */
export async function fillPostgres(url: string, from: string): Promise<Result<void>> {
  const empty = await mustBeEmpty(url);
  if (!empty.ok) return empty;
  return runTool('pg_restore', url, ['--single-transaction', '--exit-on-error', '--no-owner', '--no-privileges', from]);
}

/** Codes: RESTORE_NOT_EMPTY, DATABASE_UNREACHABLE. */
export async function mustBeEmpty(url: string): Promise<Result<void>> {
  return withClient(url, async (client) => {
    const { rows } = await client.query(TABLES);
    return rows.length === 0 ? ok(undefined) : err('RESTORE_NOT_EMPTY', `${shownDatabase(url)} has ${rows[0]?.name}`);
  });
}

/** Takes away what was filled in: the database was empty before. */
export async function emptyPostgres(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const { rows } = await client.query(`${TABLES} and c.relkind in ('r', 'p')`);
    if (rows.length > 0) await client.query(`drop table ${rows.map(({ name }) => name).join(', ')} cascade`);
    return ok(undefined);
  });
}

async function withClient<T>(url: string, work: (client: Client) => Promise<Result<T>>): Promise<Result<T>> {
  const client = (await postgresClients(url))();
  client.on('error', () => {}); // what was asked of it rejects as well
  try {
    await client.connect();
  } catch (cause) {
    return err(
      'DATABASE_UNREACHABLE',
      `${shownDatabase(url)}: ${cause instanceof Error ? cause.message : 'refused'}`,
      cause,
    );
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function runTool(program: string, url: string, args: readonly string[]): Promise<Result<void>> {
  const { password, argument } = withoutPassword(url);
  const child = spawn(program, ['--no-password', `--dbname=${argument}`, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...(password !== '' && { PGPASSWORD: password }) },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-SAID_MAX_CHARACTERS);
  });
  try {
    const [status] = await once(child, 'close');
    return status === 0
      ? ok(undefined)
      : err('DATABASE_TOOLS', `${program}: ${said.trim().split('\n').at(0) ?? status}`);
  } catch (cause) {
    return err('DATABASE_TOOLS', `${program} cannot be run`, cause);
  }
}

function withoutPassword(url: string): { readonly argument: string; readonly password: string } {
  const parsed = new URL(url);
  const password = decodeURIComponent(parsed.password) || (parsed.searchParams.get('password') ?? '');
  parsed.password = '';
  parsed.searchParams.delete('password');
  return { argument: parsed.href, password };
}
