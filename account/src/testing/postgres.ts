import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '@ewon-agent/contracts/suites/free-port';
import { findProgram } from '@ewon-agent/contracts/testing';

/** A real PostgreSQL of a test, with its data in a temporary folder; never the cluster that Debian's package makes. */
export type TestPostgres = {
  /** What it said on stderr so far. */
  readonly log: readonly string[];
  /** Makes an empty database. @returns its URL, of the superuser, who needs no password */
  createDatabase(): Promise<string>;
  /** Runs one statement in a database of its own. */
  sql(url: string, statement: string): Promise<readonly Record<string, unknown>[]>;
  /** Ends it, at once as in a crash or in order. */
  end(how: 'crash' | 'in order'): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  /** Ends it and deletes its data. */
  remove(): Promise<void>;
};

/** Programs of Debian that a suite with a PostgreSQL needs. */
export const POSTGRES_PROGRAMS = ['postgres', 'initdb', 'setpriv'] as const;

/** A test's data need not survive a power cut, and every commit is several times as fast. */
const SETTINGS = ['fsync=off', 'max_connections=40', 'log_min_messages=warning'];

/** Starts one on a free port of 127.0.0.1. It refuses to run as root: then it runs as the user of Debian's package. */
export async function startPostgres(): Promise<TestPostgres> {
  const [postgres, initdb, setpriv] = POSTGRES_PROGRAMS.map(findProgram);
  if (!postgres || !initdb || !setpriv) throw new Error('PostgreSQL is not installed: name it in "needs"');
  const folder = await mkdtemp(join(tmpdir(), 'postgres-'));
  const data = join(folder, 'data');
  const as = ['--pdeathsig', 'KILL'];
  if (process.getuid?.() === 0) {
    const [uid, gid] = ['-u', '-g'].map((what) =>
      Number(spawnSync('id', [what, 'postgres'], { encoding: 'utf8' }).stdout),
    );
    await chown(folder, uid ?? 0, gid ?? 0);
    as.push('--reuid', String(uid), '--regid', String(gid), '--clear-groups');
  }
  const made = spawnSync(
    setpriv,
    [...as, initdb, '-D', data, '-U', 'test', '--auth=trust', '--no-sync', '--locale=C.UTF-8', '--encoding=UTF8'],
    { encoding: 'utf8', cwd: folder },
  );
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const port = await freePort();
  const log: string[] = [];
  const settings = [...SETTINGS, 'listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${folder}`];
  const run = () =>
    serve(setpriv, [...as, postgres, '-D', data, ...settings.flatMap((setting) => ['-c', setting])], { folder, log });
  const sql: TestPostgres['sql'] = async (url, statement) => {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  };
  const urlOf = (database: string) => `postgres://test@127.0.0.1:${port}/${database}`;
  let end: ((signal: NodeJS.Signals) => Promise<void>) | undefined = await run();
  let databases = 0;
  return {
    log,
    sql,
    async createDatabase() {
      const name = `d${++databases}`;
      await sql(urlOf('postgres'), `create database ${name}`);
      return urlOf(name);
    },
    async end(how) {
      await end?.(how === 'crash' ? 'SIGQUIT' : 'SIGINT');
      end = undefined;
    },
    async start() {
      end = await run();
    },
    async remove() {
      await end?.('SIGQUIT');
      end = undefined;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @returns what ends it; resolves when it takes connections */
async function serve(
  program: string,
  args: readonly string[],
  of: { readonly folder: string; readonly log: string[] },
) {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: of.folder });
  const exit = once(child, 'exit');
  const ready = new Promise<void>((resolve) => {
    createInterface(child.stderr).on('line', (line) => {
      of.log.push(line);
      if (/ready to accept connections/.test(line)) resolve();
    });
  });
  const early = await Promise.race([ready, exit.then(() => 'ended' as const)]);
  if (early) throw new Error(`PostgreSQL did not start:\n${of.log.join('\n')}`);
  return async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exit;
  };
}
