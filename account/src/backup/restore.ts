import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type ClockPort, err, isCode, ok, type RandomPort, type Result } from '@ewon-agent/contracts';
import { flushFolder, keepFile, makeStateDir } from '../adapters/secret-file.ts';
import { lockFolder } from '../adapters/state-lock.ts';
import { renumber } from '../aspu/online.ts';
import { openOnlineKeys } from '../aspu/online-keys.ts';
import { alone, aspuShelves } from '../aspu/repository.ts';
import { type BackupManifest, DATABASE_NAME, STATE_PREFIX } from '../core/backup-manifest.ts';
import { createVault } from '../secrets/vault.ts';
import { type AsOf, afterRestore } from '../service/after-restore.ts';
import { MIGRATIONS } from '../store/migrations/all.ts';
import { openDatabase } from '../store/open-database.ts';
import { flushFile, type OnBytes, readArchive } from './archive.ts';
import type { OpenedWith } from './keys.ts';
import { emptyPostgres, fillPostgres, mustBeEmpty } from './postgres.ts';

export type RestoreOrder = {
  readonly file: string;
  /** What will be the state directory; not there, or empty. */
  readonly stateDir: string;
  /** An empty PostgreSQL, for a backup of one. */
  readonly databaseUrl?: string;
  readonly opened: OpenedWith;
  /** Ewons (device id or name) that are not let in again: removed after the backup was taken. */
  readonly without: readonly string[];
};

/** What was restored, and whom it lets in. */
export type Restored = AsOf & { readonly manifest: BackupManifest };

const KNOWN = Object.keys(MIGRATIONS);
/** Lies with the account's files until all is done. */
const LOCK = 'lock.sqlite';

/** Reads a backup to its end and compares it with its manifest. Codes: those of `readArchive`. */
export function verifyBackup(file: string, opened: OpenedWith, onBytes?: OnBytes): Promise<Result<BackupManifest>> {
  return readArchive(file, { opened, known: KNOWN, ...(onBytes && { onBytes }) });
}

/**
 * Restores an account into an empty place: as a whole, or not at all. The backup is read twice, so that nothing is written of one
 * that is damaged at its end.
 * Codes: those of `readArchive`, RESTORE_NOT_EMPTY, USAGE, NOT_FOUND (an Ewon of `without`), DATABASE_UNREACHABLE, DATABASE_TOOLS,
 * ACCOUNT_RUNNING_ALREADY.
 */
export async function restoreBackup(
  order: RestoreOrder,
  chance: { readonly clock: ClockPort; readonly random: RandomPort },
  onBytes: (done: number, all: number) => void = () => {},
): Promise<Result<Restored>> {
  const { file, opened, databaseUrl } = order;
  const stateDir = resolve(order.stateDir);
  const free = await mustBeFree(stateDir, databaseUrl);
  if (!free.ok) return free;
  const looked = await verifyBackup(file, opened, (done, all) => onBytes(done, 2 * all));
  if (!looked.ok) return looked;
  const { database } = looked.value;
  if (database === 'postgres' && databaseUrl === undefined)
    return err('USAGE', 'this backup is of a PostgreSQL: name an empty one with --database');
  if (database === 'sqlite' && databaseUrl !== undefined)
    return err('USAGE', 'this backup is of SQLite: leave --database out');

  mkdirSync(dirname(stateDir), { recursive: true });
  const stage = join(dirname(stateDir), `.${basename(stateDir)}.restoring`);
  makeStateDir(stage);
  const locked = lockOrFault(stage);
  if (!locked.ok) return locked;
  let isFilled = false;
  try {
    for (const name of readdirSync(stage)) // of one that was killed
      if (!name.startsWith(LOCK)) rmSync(join(stage, name), { recursive: true });
    const onRead = (done: number, all: number) => onBytes(all + done, 2 * all);
    const read = await readArchive(file, { opened, known: KNOWN, into: stage, onBytes: onRead });
    if (!read.ok) return read;
    if (JSON.stringify(read.value) !== JSON.stringify(looked.value))
      return err('BACKUP_DAMAGED', 'it changed meanwhile');
    const ready = join(stage, STATE_PREFIX);
    makeStateDir(ready);
    if (databaseUrl === undefined) renameSync(join(stage, DATABASE_NAME.sqlite), join(ready, 'account.sqlite'));
    else {
      const filled = await fillPostgres(databaseUrl, join(stage, DATABASE_NAME.postgres));
      if (!filled.ok) return filled;
      isFilled = true;
    }
    const asOf = await putRight(ready, order, read.value, chance);
    if (!asOf.ok) return asOf;
    if (databaseUrl === undefined) flushFile(join(ready, 'account.sqlite'));
    flushFolders(ready);
    renameSync(ready, stateDir); // takes the place of an empty folder, and of nothing else
    isFilled = false;
    flushFolder(dirname(stateDir));
    return ok({ manifest: read.value, ...asOf.value });
  } finally {
    if (isFilled && databaseUrl !== undefined) await emptyPostgres(databaseUrl);
    locked.value();
    rmSync(stage, { recursive: true, force: true });
  }
}

async function mustBeFree(stateDir: string, databaseUrl: string | undefined): Promise<Result<void>> {
  const [there] = existsSync(stateDir) ? readdirSync(stateDir) : [];
  if (there !== undefined) {
    const locked = existsSync(join(stateDir, LOCK)) ? lockOrFault(stateDir) : ok(() => {});
    if (!locked.ok) return locked;
    locked.value();
    return err('RESTORE_NOT_EMPTY', `${stateDir} has ${there}`);
  }
  return databaseUrl === undefined ? ok(undefined) : mustBeEmpty(databaseUrl);
}

function lockOrFault(folder: string): Result<() => void> {
  try {
    return ok(lockFolder(folder, { waitMs: 0, code: 'ACCOUNT_RUNNING_ALREADY' }));
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause) || !isCode(cause.code)) throw cause;
    return err(cause.code, folder, cause);
  }
}

/** Does to the files and the database what must have happened before a server is let to them. */
async function putRight(
  stateDir: string,
  { databaseUrl, without }: RestoreOrder,
  { takenAt }: BackupManifest,
  chance: { readonly clock: ClockPort; readonly random: RandomPort },
): Promise<Result<AsOf>> {
  const masterKey = await keepFile(join(stateDir, 'master.key'), () => {
    throw Object.assign(new Error('the backup has no master.key'), { code: 'BACKUP_DAMAGED' });
  });
  const vault = createVault(masterKey, chance.random);
  const shelves = aspuShelves(stateDir);
  if (existsSync(shelves.draft.folder)) {
    const desk = { ...shelves, keys: openOnlineKeys(shelves.draft, () => vault), nowMs: chance.clock.now() };
    const signed = alone(desk, 0, () => renumber(desk));
    if (!signed.ok) return signed;
  }
  const { store } = await openDatabase({ stateDir, ...(databaseUrl !== undefined && { databaseUrl }), ...chance });
  try {
    const [account] = await store.accounts();
    if (!account) return err('BACKUP_DAMAGED', 'the database has no account');
    return await afterRestore(store.account(account.accountId), { vault, nowMs: chance.clock.now(), takenAt, without });
  } finally {
    await store.close();
  }
}

function flushFolders(folder: string): void {
  const below = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const path of [...below.map((entry) => join(entry.parentPath, entry.name)), folder]) flushFolder(path);
}
