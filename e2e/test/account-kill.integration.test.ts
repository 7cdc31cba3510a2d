// test-timeout: 12600 s
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAspuFixture } from '@ewon-agent/account/testing/aspu-fixture';
import { POSTGRES_PROGRAMS, startPostgres } from '@ewon-agent/account/testing/postgres';
import { createRandom, freshSeed } from '@ewon-agent/board-sim/sim/random-sim';
import { assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, sameAddresses, startAccountProcess } from '../src/account-process.ts';
import { type Book, closeBook, importAsked, more, newBook } from './account-kill-book.ts';
import { burden } from './account-kill-load.ts';
import { importsWith } from './account-kill-moves.ts';
import { createMovesWatch } from './account-kill-moves-watch.ts';
import { linkSome } from './account-kill-registrations.ts';
import { createTold } from './account-kill-told.ts';
import { admitBoss, startBeside } from './account-kill-travellers.ts';
import { type AskDatabase, askSqlite, assertKept, assertSet, assertWhole } from './account-kill-truth.ts';

// kill -9 of the account server at random moments while people approve, replace, undo that, reject, renew keys, import lists of
// Ewons, move many, add and remove pools, users, groups and tokens and stop rollouts, Ewons are imported from another account and
// by it, and devices register, renew their certificates and go to and fro. ACCOUNT_KILLS=all: 200 of each database, a third of an hour
// each on a machine that has nothing else to do; ACCOUNT_KILLS_ON=SQLite and =PostgreSQL: of that one alone.

const KILLS = process.env['ACCOUNT_KILLS'] === 'all' ? 200 : Number(process.env['ACCOUNT_KILLS'] ?? 5);
/** Ewons that lists are imported for, and a rollout goes to. */
const LISTED = 6;
/** Ewons that the two accounts import from each other. */
const TRAVELLERS = 4;
/** The kill comes after so many more yeses at most, so that a slow machine has as much under way as a fast one; and then within this time. */
const YESES_MAX = 20;
const WITHIN_MS = 50;
/** So many of them come while an import is asked for something: of those there are few, and each takes long. */
const AIMED = 0.5;
const TIMEOUT_MS = KILLS > 20 ? 6_000_000 : 600_000;
const ON = process.env['ACCOUNT_KILLS_ON'];
/** So often a long run tells how far it is. */
const TOLD_EVERY = 10;

const seed = Number(process.env['SEED'] ?? freshSeed());
const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Where an account is kept, seen past its server. */
type Place = {
  readonly args: readonly string[];
  readonly ask: AskDatabase;
  /** Resolves when what the killed server held is free again. */
  free(): Promise<void>;
};

async function killed(stateDir: string, place: Place, moments: readonly number[]): Promise<void> {
  const args = ['--log-level', 'error', '--pending-quota', '10000', ...place.args];
  const start = (before?: AccountProcess) =>
    startAccountProcess(stateDir, [...args, ...(before ? sameAddresses(before) : [])]);
  const chance = createRandom(seed);
  const book = newBook();
  const told = createTold(book);
  let account = await start();
  const starting = startBeside(`${stateDir}-beside`, TRAVELLERS);
  starting.catch(() => {}); // told below, where it is waited for
  const aspu = openAspuFixture({ stateDir, clock: { now: Date.now } });
  try {
    await admitBoss(account, 'Killed');
    const stick = aspu.init();
    const { path } = await aspu.add('agent-1.4.2.tar.gz');
    assertOk(aspu.sign(aspu.keyFiles(stick, 'targets')));
    assertOk(aspu.publish());
    book.listed.push(...(await linkSome(account, LISTED)).keys());
    await account.api.send('POST', '/api/v1/rollouts', { path });
    const beside = await starting;
    const moves = createMovesWatch({ place, beside, book });
    for (const [round, fraction] of moments.entries()) {
      try {
        // so that a renewal makes a certificate, as it does after two months
        await place.ask('update ewon set renewal_allowed_at = created_at');
        const loaded = burden(account, book, chance, path, importsWith(beside));
        await Promise.race([loaded, more(book, 1 + Math.floor(fraction * YESES_MAX))]);
        const isAimed = (fraction * 1e3) % 1 < AIMED;
        const tookMs = isAimed ? await Promise.race([loaded, more(book, YESES_MAX), importAsked(book)]) : undefined;
        await after(((fraction * 1e4) % 1) * (tookMs ?? WITHIN_MS));
        await account.kill('SIGKILL');
        await loaded;
        closeBook(book);
        await place.free();
        await assertWhole(place.ask);
        await told.read(place.ask);
        await assertKept(place.ask, book);
        await moves.read();
        account = await start(account);
        await assertSet(account, book, path);
        const isLast = round + 1 === moments.length;
        if (isLast) await moves.settle({ account, beside, book, chance });
        if ((round + 1) % TOLD_EVERY === 0 || isLast) tell(round + 1, book, moves.told());
      } catch (cause) {
        throw new Error(`SEED=${seed}, kill ${round + 1}`, { cause });
      }
    }
  } finally {
    aspu.close();
    await account.kill('SIGKILL');
    await starting.then(
      ({ close }) => close(),
      () => {}, // nothing to close
    );
  }
}

function tell(kills: number, { yes, others, settings, cut }: Book, imports: string): void {
  const all = Map.groupBy([...yes, ...others], ({ to }) => to);
  const yeses = [...all].map(([to, of]) => `${to} ${of.length}`).join(', ');
  const cutOff = [...cut].map(([what, n]) => `${what} ${n}`).join(', ');
  process.stdout.write(
    `${kills} kills; the account had said yes to: ${yeses}; ${settings.size} settings\n${imports}\ncut off: ${cutOff}\n`,
  );
}

/** Drawn beforehand, so that the same seed kills at the same moments whatever the load draws. */
function momentsOf(name: string): readonly number[] {
  const drawn = createRandom(seed + name.length);
  return Array.from({ length: KILLS }, () => drawn.fraction());
}

if (ON !== 'PostgreSQL')
  suite(`kill -9 of the account server (SEED=${seed})`, { timeoutMs: TIMEOUT_MS }, (test) => {
    test(`${KILLS} times on SQLite: nothing by half, and all is there that it has said yes to`, async () => {
      const dir = mkdtempSync(join(tmpdir(), 'account-kill-'));
      try {
        const stateDir = join(dir, 'killed');
        await killed(stateDir, { args: [], ask: askSqlite(stateDir), free: async () => {} }, momentsOf('sqlite'));
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    });
  });

if (ON !== 'SQLite')
  suite(`kill -9 of the account server (SEED=${seed})`, { needs: POSTGRES_PROGRAMS, timeoutMs: TIMEOUT_MS }, (test) => {
    test(`${KILLS} times on PostgreSQL: nothing by half, and all is there that it has said yes to`, async () => {
      const dir = mkdtempSync(join(tmpdir(), 'account-kill-'));
      const postgres = await startPostgres();
      const url = await postgres.createDatabase();
      const ask: AskDatabase = (sql) => postgres.sql(url, sql);
      const sessions = "select 1 from pg_stat_activity where application_name like 'ewon-account%'";
      const free = async () => {
        await eventually(async () => (await ask(sessions)).length === 0, { what: 'its sessions end' });
      };
      try {
        await killed(join(dir, 'killed'), { args: ['--database', url], ask, free }, momentsOf('postgres'));
      } finally {
        await postgres.remove();
        rmSync(dir, { recursive: true, force: true });
      }
    });
  });
