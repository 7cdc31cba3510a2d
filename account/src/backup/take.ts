import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { err, isCode, ok, type Result, timestampOf } from '@ewon-agent/contracts';
import { lockFolder } from '../adapters/state-lock.ts';
import { alone, aspuShelves } from '../aspu/repository.ts';
import { type BackupManifest, DATABASE_NAME, isKept, isStateName, STATE_PREFIX } from '../core/backup-manifest.ts';
import { ADDRESS_FILE } from '../server.ts';
import { measure, type OnBytes, writeArchive } from './archive.ts';
import type { LockedWith } from './keys.ts';
import { dumpPostgres } from './postgres.ts';
import { copySqlite } from './sqlite.ts';

export type BackupOrder = {
  readonly stateDir: string;
  /** Keys of the account, where they are not in the state directory. */
  readonly keysDir?: string;
  readonly databaseUrl?: string;
  readonly out: string;
  readonly locked: LockedWith;
};

export type Backup = { readonly manifest: BackupManifest; readonly sizeBytes: number };

/** Folder of the state directory where things lie until they are in the backup. Begins with a dot, so it is in none. */
const STAGE = '.backup';
/** A publication is done within this time. */
const ASPU_WAIT_MS = 30_000;
const SQLITE_FILE = 'account.sqlite';

/**
 * Takes a backup of an account, whether its server runs or not.
 * Codes: USAGE, CONFLICT (another backup runs), DATABASE_UNREACHABLE, DATABASE_TOOLS.
 */
export async function takeBackup(order: BackupOrder, onBytes?: OnBytes): Promise<Result<Backup>> {
  const { stateDir, databaseUrl, out, locked } = order;
  const wrong = wrongPlace(order);
  if (!wrong.ok) return wrong;
  const stage = join(stateDir, STAGE);
  mkdirSync(stage, { recursive: true, mode: 0o700 });
  let unlock: () => void;
  try {
    unlock = lockFolder(stage, { waitMs: 0, code: 'CONFLICT' });
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause) || !isCode(cause.code)) throw cause;
    return err(cause.code, `another backup of ${stateDir} runs`, cause);
  }
  const folder = join(stage, 'files');
  try {
    rmSync(folder, { recursive: true, force: true }); // of one that was killed
    const database = databaseUrl === undefined ? 'sqlite' : 'postgres';
    const databaseFile = DATABASE_NAME[database];
    mkdirSync(dirname(join(folder, databaseFile)), { recursive: true, mode: 0o700 });
    const takenAt = timestampOf(Date.now());
    const facts =
      databaseUrl === undefined
        ? ok(await copySqlite(join(stateDir, SQLITE_FILE), join(folder, databaseFile)))
        : await dumpPostgres(databaseUrl, join(folder, databaseFile));
    if (!facts.ok) return facts;
    // after the database: whatever it names is there by now, and files of keys are never written again
    const names = [databaseFile, ...stageFiles(order, folder)];
    const files = [];
    for (const name of names) files.push(await measure(join(folder, name), name));
    const manifest: BackupManifest = { v: 1, takenAt, ...facts.value, database, files };
    const written = await writeArchive(out, { manifest, folder, locked }, onBytes);
    return written.ok ? ok({ manifest, ...written.value }) : written;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    unlock(); // its file stays: taken away it could be taken from who has it next
  }
}

function wrongPlace({ stateDir, databaseUrl, out }: BackupOrder): Result<void> {
  if (existsSync(out)) return err('USAGE', `${out} is there already`);
  if (!existsSync(dirname(out))) return err('USAGE', `${dirname(out)} is not there`);
  if (databaseUrl !== undefined) return existsSync(stateDir) ? ok(undefined) : err('USAGE', `${stateDir} is not there`);
  if (!existsSync(join(stateDir, SQLITE_FILE)))
    return err('USAGE', `${stateDir} has no ${SQLITE_FILE}; --database names a PostgreSQL`);
  return servesPostgres(stateDir)
    ? err('USAGE', 'the server that runs there has its account in PostgreSQL: name it with --database')
    : ok(undefined);
}

function servesPostgres(stateDir: string): boolean {
  const address = join(stateDir, ADDRESS_FILE);
  return existsSync(address) && JSON.parse(readFileSync(address, 'utf8')).database === 'postgres';
}

/** Puts what belongs into a backup beside the database, at one moment: nobody publishes a patch meanwhile. @returns the names */
function stageFiles({ stateDir, keysDir }: BackupOrder, folder: string): readonly string[] {
  const shelves = aspuShelves(stateDir);
  const stage = () => {
    const sources = [stateDir, ...(keysDir === undefined ? [] : [keysDir])];
    const staged = new Map(sources.flatMap((source) => filesBelow(source).map((name) => [name, join(source, name)])));
    for (const [name, path] of staged) linkOrCopy(path, join(folder, STATE_PREFIX, name));
    return [...staged.keys()].toSorted().map((name) => STATE_PREFIX + name);
  };
  return existsSync(shelves.draft.folder) ? alone(shelves, ASPU_WAIT_MS, stage) : stage();
}

function filesBelow(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length))
    .filter((name) => isKept(name) && isStateName(STATE_PREFIX + name));
}

/** Our files are never changed, only replaced: a second name keeps the content of this moment, however large. */
function linkOrCopy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to); // on another file system; what is wrong otherwise is told by this
  }
}
