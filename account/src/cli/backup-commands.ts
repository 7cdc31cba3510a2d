import { err } from '@ewon-agent/contracts';
import { type Command, Option } from 'commander';
import { sayFault } from './answer.ts';
import { backUp, type KeyChoice, makeBackupKey, restore, verify } from './backup.ts';
import type { DatabaseChoice } from './database.ts';
import type { CommandKit } from './program.ts';

type BackupOptions = KeyChoice &
  DatabaseChoice & { readonly state?: string; readonly keys?: string; readonly out?: string };
type RestoreOptions = KeyChoice &
  DatabaseChoice & { readonly in: string; readonly state: string; readonly revoke: readonly string[] };

const PASSPHRASE = 'file with the passphrase, "-" for standard input';

/** Adds `backup` and `restore`. They work on the folders and the database, through no server. */
export function backupCommands(program: Command, { io, form, done }: CommandKit): void {
  const database = (command: Command): Command =>
    command
      .addOption(
        new Option(
          '--database <url>',
          'PostgreSQL of the account; SQLite in the state directory unless given',
        ).conflicts('databaseFile'),
      )
      .option('--database-file <file>', 'file that holds the URL of the database, for one with a password')
      .option('--json', 'answer in JSON');
  const opening = (command: Command): Command =>
    command
      .addOption(new Option('--passphrase-file <file>', PASSPHRASE).conflicts('identityFile'))
      .option('--identity-file <file>', 'file with the secret key of age that opens it');

  const backup = database(program.command('backup').description('take a backup of the account, while it serves or not'))
    .option('--state <dir>', 'state directory of the server')
    .option('--keys <dir>', 'keys of the account, where its server was started with --keys')
    .option('--out <file>', 'file to write, which is not there yet')
    .addOption(new Option('--passphrase-file <file>', PASSPHRASE).conflicts('recipient'))
    .option('--recipient <keys...>', 'public keys of age ("age1…"): who has the secret one opens it')
    .action(async ({ state, out, ...options }: BackupOptions) => {
      if (state === undefined || out === undefined)
        return done(sayFault(io, form, err('USAGE', 'account backup --state DIR --out FILE').fault));
      done(await backUp(io, form, { state, out, ...options }));
    });
  opening(backup.command('verify <file>').description('read a backup to its end and compare all that is in it'))
    .option('--json', 'answer in JSON')
    .action(async (file: string, _: object, command: Command) =>
      done(await verify(io, form, file, command.optsWithGlobals())),
    );
  backup
    .command('key <file>')
    .description('make a secret key, write it into a file, and say the public one')
    .option('--json', 'answer in JSON')
    .action(async (file: string) => done(await makeBackupKey(io, form, file)));

  opening(database(program.command('restore').description('restore an account from a backup into an empty place')))
    .requiredOption('--in <file>', 'the backup')
    .requiredOption('--state <dir>', 'state directory to be; not there, or empty')
    .option('--revoke <ewons...>', 'Ewons (device id or name) that were removed after the backup: not let in again', [])
    .action(async (options: RestoreOptions) => done(await restore(io, form, options)));
}
