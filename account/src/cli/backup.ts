import { readFileSync, statSync } from 'node:fs';
import { err, ok, type Result, toUtf8 } from '@ewon-agent/contracts';
import { createClockSystem } from '../adapters/clock-system.ts';
import { createRandomNode } from '../adapters/random-node.ts';
import type { BackupManifest } from '../core/backup-manifest.ts';
import { say, sayFault } from './answer.ts';
import { caughtLater } from './aspu-desk.ts';
import { type DatabaseChoice, databaseUrlOf } from './database.ts';
import type { ExitStatus, Form, Io } from './io.ts';
import { tenths } from './progress.ts';

/** How a backup is locked or opened, as the command line names it. */
export type KeyChoice = {
  readonly passphraseFile?: string;
  readonly identityFile?: string;
  readonly recipient?: readonly string[];
};

const FOR_OTHERS = 0o007;
/** Names shown; the log of the account and `account ewons` have all. */
const NAMES_SHOWN = 20;

/** `account backup` */
export async function backUp(
  io: Io,
  form: Form,
  order: KeyChoice & DatabaseChoice & { readonly state: string; readonly keys?: string; readonly out: string },
): Promise<ExitStatus> {
  const { state, keys, out, recipient } = order;
  const databaseUrl = databaseUrlOf(order);
  if (!databaseUrl.ok) return sayFault(io, form, databaseUrl.fault);
  const passphrase = await passphraseOf(io, order.passphraseFile);
  if (!passphrase.ok) return sayFault(io, form, passphrase.fault);
  if (passphrase.value === undefined && !recipient)
    return sayFault(io, form, err('USAGE', 'a backup is locked: --passphrase-file FILE, or --recipient age1…').fault);
  const { takeBackup } = await import('../backup/take.ts');
  const taken = await settled(() =>
    takeBackup(
      {
        stateDir: state,
        out,
        ...(keys !== undefined && { keysDir: keys }),
        ...(databaseUrl.value !== undefined && { databaseUrl: databaseUrl.value }),
        locked: passphrase.value !== undefined ? { passphrase: passphrase.value } : { recipients: recipient ?? [] },
      },
      tenths(io),
    ),
  );
  const answer = taken.ok
    ? ok({ file: out, sizeBytes: taken.value.sizeBytes, ...summary(taken.value.manifest) })
    : taken;
  return say(io, form, answer, (view) => `wrote ${out}, ${view.sizeBytes} bytes\n${inWords(view)}`);
}

/** `account backup verify FILE` */
export async function verify(io: Io, form: Form, file: string, choice: KeyChoice): Promise<ExitStatus> {
  const opened = await openedWith(io, choice);
  if (!opened.ok) return sayFault(io, form, opened.fault);
  const { verifyBackup } = await import('../backup/restore.ts');
  const read = await settled(() => verifyBackup(file, opened.value, tenths(io)));
  return say(
    io,
    form,
    read.ok ? ok({ file, ...summary(read.value) }) : read,
    (view) => `${file} is whole\n${inWords(view)}`,
  );
}

/** `account backup key FILE` */
export async function makeBackupKey(io: Io, form: Form, file: string): Promise<ExitStatus> {
  const { makeKeyPair } = await import('../backup/keys.ts');
  const { keepFile } = await import('../adapters/secret-file.ts');
  if (statSync(file, { throwIfNoEntry: false }))
    return sayFault(io, form, err('USAGE', `${file} is there already`).fault);
  const { identity, recipient } = await makeKeyPair();
  const kept = await caughtLater(() => keepFile(file, () => toUtf8(`# public key: ${recipient}\n${identity}\n`)));
  return say(io, form, kept.ok ? ok({ file, recipient }) : kept, () =>
    [
      `the secret key is in ${file}: keep it where the account is not, without it no backup can be read`,
      `account backup --state DIR --out FILE --recipient ${recipient}`,
    ].join('\n'),
  );
}

/** `account restore` */
export async function restore(
  io: Io,
  form: Form,
  order: KeyChoice &
    DatabaseChoice & { readonly in: string; readonly state: string; readonly revoke: readonly string[] },
): Promise<ExitStatus> {
  const databaseUrl = databaseUrlOf(order);
  if (!databaseUrl.ok) return sayFault(io, form, databaseUrl.fault);
  const opened = await openedWith(io, order);
  if (!opened.ok) return sayFault(io, form, opened.fault);
  const { restoreBackup } = await import('../backup/restore.ts');
  const chance = { clock: createClockSystem(), random: createRandomNode() };
  const done = await settled(() =>
    restoreBackup(
      {
        ...{ file: order.in, stateDir: order.state, opened: opened.value, without: order.revoke },
        ...(databaseUrl.value !== undefined && { databaseUrl: databaseUrl.value }),
      },
      chance,
      tenths(io),
    ),
  );
  if (!done.ok) return sayFault(io, form, done.fault);
  const { manifest, ...asOf } = done.value;
  return say(io, form, ok({ state: order.state, ...summary(manifest), ...asOf }), (view) =>
    [
      `restored into ${order.state}`,
      inWords(view),
      '',
      `What happened after ${view.takenAt} is not known any more:`,
      `  let in again        ${view.letIn.length} Ewons: ${some(view.letIn)}`,
      `  removed now         ${some(view.notLetIn)}`,
      `  keys that are good  ${some(view.activeKeys)}`,
      `  users               ${some(view.users)}`,
      `  API tokens          ${some(view.tokens)}`,
      'Remove the Ewons, users and API tokens and renew the keys that were taken out of use since then; see docs/backup.md.',
      `Next: account serve --state ${order.state}, with the options of before; never beside the old server`,
    ].join('\n'),
  );
}

function summary({ takenAt, accountId, accountName, database, counts, files }: BackupManifest) {
  const sizes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { takenAt, accountId, accountName, database, counts, files: files.length, contentBytes: sizes };
}

function inWords({
  accountId,
  accountName,
  takenAt,
  database,
  counts,
  files,
  contentBytes,
}: ReturnType<typeof summary>): string {
  return [
    `account ${accountId} "${accountName}" as of ${takenAt}, ${database}`,
    `${counts.linked} Ewons linked, ${counts.pending} waiting, ${counts.activeKeys} active keys, ${counts.logLines} lines of log`,
    `${files} files, ${contentBytes} bytes`,
  ].join('\n');
}

function some(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const more = names.length > NAMES_SHOWN ? `, and ${names.length - NAMES_SHOWN} more` : '';
  return names.slice(0, NAMES_SHOWN).join(', ') + more;
}

async function openedWith(io: Io, { passphraseFile, identityFile }: KeyChoice) {
  if (identityFile !== undefined) {
    const read = readSecret(identityFile);
    if (!read.ok) return read;
    const lines = read.value.split('\n').map((line) => line.trim());
    return ok({ identities: lines.filter((line) => line !== '' && !line.startsWith('#')) });
  }
  const passphrase = await passphraseOf(io, passphraseFile);
  if (!passphrase.ok) return passphrase;
  return passphrase.value === undefined
    ? err('USAGE', 'a backup is locked: --passphrase-file FILE, or --identity-file FILE')
    : ok({ passphrase: passphrase.value });
}

/** The first line, without its end. Never from an argument: everybody can see those. */
async function passphraseOf(io: Io, file: string | undefined): Promise<Result<string | undefined>> {
  if (file === undefined) return ok(undefined);
  const read = file === '-' ? ok(await allOf(io.stdin)) : readSecret(file);
  return read.ok ? ok(read.value.split(/\r?\n/)[0] ?? '') : read;
}

async function allOf(stdin: Io['stdin']): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of stdin) parts.push(typeof part === 'string' ? toUtf8(part) : part);
  return Buffer.concat(parts).toString('utf8');
}

function readSecret(file: string): Result<string> {
  try {
    if (statSync(file).mode & FOR_OTHERS) return err('USAGE', `${file} is open to all users: chmod 600`);
    return ok(readFileSync(file, 'utf8'));
  } catch (cause) {
    return err('USAGE', `${file} cannot be read`, cause);
  }
}

/** What is thrown is told by its code, or by what the file system says. */
async function settled<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  const done = await caughtLater(work);
  return done.ok ? done.value : done;
}
