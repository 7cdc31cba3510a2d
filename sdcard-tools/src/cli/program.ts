import { err } from '@ewon-agent/contracts';
import { Command, CommanderError, Option } from 'commander';
import { EXIT, type ExitStatus } from '../core/exit-status.ts';
import { type Form, sayFault } from './answer.ts';
import { exportCard, type KeyOptions, keySourceOf } from './export.ts';
import { inspect, verify } from './inspect.ts';
import type { Io } from './io.ts';
import { looksLikeKey } from './key-file.ts';
import { listDrives } from './list.ts';
import { makeImageFile } from './make-image.ts';
import { wipeCard } from './wipe.ts';

const TARGET = 'a card image, a drive such as /dev/sdb, or a directory';

/**
 * Runs the `sdcard` command.
 * @param argv what stands after the name of the command
 * @returns the exit status: 0 a usable card, 1 the machine failed, 2 wrong use, 3 the card is refused
 */
export async function runSdcard(argv: readonly string[], io: Io): Promise<ExitStatus> {
  const form = argv.includes('--json') ? 'json' : 'text';
  if (argv.some(looksLikeKey)) {
    return sayFault(
      io,
      form,
      err('USAGE', 'a key must not be an argument, everybody can see those; use --key-file').fault,
    );
  }
  let status: ExitStatus = EXIT.usable;
  const program = programOver(io, form, (s) => {
    status = s;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.usable; // help that was asked for
    const what = error.code === 'commander.help' ? 'no command' : error.message.replace(/^error: /, '');
    return sayFault(io, form, err('USAGE', what).fault);
  }
}

function programOver(io: Io, form: Form, done: (status: ExitStatus) => void): Command {
  const program = new Command('sdcard')
    .description('Writes and checks cards that register an Ewon (T2M.txt on FAT32), without mounting them.')
    // what is wrong is said once, by runSdcard
    .configureOutput({
      writeOut: (text) => io.stdout(text),
      writeErr: (text) => io.stderr(text),
      outputError: () => {},
    })
    .exitOverride();

  program
    .command('list')
    .description('list the drives of this machine, and why a card cannot be written to one')
    .option('--json', 'answer in JSON')
    .action(async () => done(await listDrives(io, form)));
  program
    .command('export')
    .description('write a registration key onto a card')
    .argument('<target>', TARGET)
    .addOption(
      new Option('--key-file <file>', 'file that holds the key and nothing else; - for standard input').conflicts([
        ...['account', 'tokenFile', 'keyId', 'receipt', 'wipe'],
      ]),
    )
    .option(
      '--account <url>',
      'take key and signature from an account server: http://127.0.0.1:PORT or its state directory',
    )
    .option(
      '--token-file <file>',
      'holds what opens that server, admin-token of its state directory; needed beside an address',
    )
    .option('--key-id <id>', 'which of its keys; the present one unless given')
    .option('--note <text>', 'what people see in the list of waiting Ewons, at most 140 characters', '')
    .option('--receipt', 'the card asks the Ewon for a line in RESULT.TXT; needs --account, which signs it')
    .option('--wipe', 'the card asks the Ewon to wipe the key once it is linked; needs --account')
    .option('--force', 'replace another registration that is on the card')
    .option('--json', 'answer in JSON')
    .action(async (target: string, options: KeyOptions & { note: string; force?: true }) => {
      const { note, force } = options;
      const source = keySourceOf(options);
      if (!source.ok) return done(sayFault(io, form, source.fault));
      const request = { target, source: source.value, note, onTaken: force ? 'replace' : 'refuse' } as const;
      done(await exportCard(io, request, form));
    });
  program
    .command('inspect')
    .description('say what is on a card; never the key')
    .argument('<target>', TARGET)
    .option('--json', 'answer in JSON')
    .action(async (target: string) => done(await inspect(io, target, form)));
  program
    .command('verify')
    .description('say in one line whether a card is usable')
    .argument('<target>', TARGET)
    .option('--json', 'answer in JSON')
    .action(async (target: string) => done(await verify(io, target, form)));
  program
    .command('wipe')
    .description('remove key and signature from a card, so that they cannot be read there any more')
    .argument('<target>', TARGET)
    .option('--full', 'overwrite free space as well, and look through the whole medium for keys; takes long')
    .option('--json', 'answer in JSON')
    .action(async (target: string, { full }: { full?: true }) =>
      done(await wipeCard(io, target, full ? 'full' : 'files', form)),
    );
  program
    .command('make-image')
    .description('make an empty card image')
    .argument('<file>', 'the image')
    .requiredOption('--size <size>', 'such as 64M')
    .option('--force', 'replace an ordinary file of that name')
    .option('--json', 'answer in JSON')
    .action(async (path: string, options: { size: string; force?: true }) => {
      const { size, force } = options;
      done(await makeImageFile(io, { path, size, ifThere: force ? 'replace' : 'refuse' }, form));
    });
  return program;
}
