import { err, holdsGrk, wrongUseOf } from '@ewon-agent/contracts';
import { Command, Option } from 'commander';
import { EXIT, type ExitStatus } from '../core/exit-status.ts';
import { type Form, sayFault } from './answer.ts';
import { exportCard } from './export.ts';
import { inspect, verify } from './inspect.ts';
import type { Io } from './io.ts';
import { type KeyOptions, keySourceOf } from './key-source.ts';
import { listDrives } from './list.ts';
import { makeFleet } from './make-fleet.ts';
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
  if (argv.some(holdsGrk)) {
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
    const wrong = wrongUseOf(error);
    return wrong ? sayFault(io, form, wrong) : EXIT.usable;
  }
}

function programOver(io: Io, form: Form, done: (status: ExitStatus) => void): Command {
  const program = new Command('sdcard')
    .description('Writes and checks cards that register an Ewon (T2M.txt on FAT32), without mounting them.')
    .addHelpText('after', examples('list', 'export --key-file key.txt --note "line 4, press" /dev/sdb', 'help export'))
    // what is wrong is said once, by runSdcard
    .configureOutput({
      writeOut: (text) => io.stdout(text),
      writeErr: (text) => io.stderr(text),
      outputError: () => {},
    })
    .exitOverride();
  const command = (name: string, description: string, ...shown: readonly string[]): Command =>
    program
      .command(name)
      .description(description)
      .option('--json', 'answer in JSON')
      .addHelpText('after', examples(...shown));

  command('list', 'list the drives of this machine, and why a card cannot be written to one', 'list', 'list --json') //
    .action(async () => done(await listDrives(io, form)));
  takingKeys(
    command(
      'export',
      'write a registration key onto a card',
      'export --key-file key.txt --note "line 4, press" /dev/sdb',
      'export --account /var/lib/account --receipt --wipe card.img',
    ).argument('<target>', TARGET),
  )
    .option('--note <text>', 'what people see in the list of waiting Ewons, at most 140 characters', '')
    .option('--force', 'replace another registration that is on the card; a drive of the system stays refused')
    .action(async (target: string, options: KeyOptions & { note: string; force?: true }) => {
      const { note, force } = options;
      const source = keySourceOf(options);
      if (!source.ok) return done(sayFault(io, form, source.fault));
      const request = { target, source: source.value, note, onTaken: force ? 'replace' : 'refuse' } as const;
      done(await exportCard(io, request, form));
    });
  command('inspect', 'say what is on a card; never the key', 'inspect /dev/sdb', 'inspect card.img --json')
    .argument('<target>', TARGET)
    .action(async (target: string) => done(await inspect(io, target, form)));
  command('verify', 'say in one line whether a card is usable', 'verify /dev/sdb')
    .argument('<target>', TARGET)
    .action(async (target: string) => done(await verify(io, target, form)));
  command('wipe', 'remove key and signature from a card for good', 'wipe /dev/sdb', 'wipe --full card.img')
    .argument('<target>', TARGET)
    .option('--full', 'overwrite free space as well, and look through the whole medium for keys; takes long')
    .action(async (target: string, { full }: { full?: true }) =>
      done(await wipeCard(io, target, full ? 'full' : 'files', form)),
    );
  takingKeys(
    command(
      'make-image',
      'make an empty card image, or one with a key for each row of a list',
      'make-image card.img --size 64M',
      'make-image --csv devices.csv --out cards --size 64M --account /var/lib/account',
    ).argument('[file]', 'the image'),
  )
    .requiredOption('--size <size>', 'of an image, such as 64M')
    .option('--csv <file>', 'list of devices: columns name, and as needed note, key-file, key-id, receipt, wipe')
    .option('--out <dir>', 'where the images of the list go')
    .option('--force', 'replace ordinary files of these names')
    .action(async (path: string | undefined, options: ImageOptions) => done(await makeImages(io, form, path, options)));
  return program;
}

type ImageOptions = KeyOptions & { size: string; csv?: string; out?: string; force?: true };

async function makeImages(io: Io, form: Form, path: string | undefined, options: ImageOptions): Promise<ExitStatus> {
  const { size, csv, out } = options;
  const ifThere = options.force ? 'replace' : 'refuse';
  const named = options.keyFile !== undefined || options.account !== undefined;
  const others =
    named || [options.tokenFile, options.ca, options.keyId, options.receipt, options.wipe].some((o) => o !== undefined);
  const wrong = (what: string) => sayFault(io, form, err('USAGE', what).fault);
  if (csv === undefined) {
    if (path === undefined) return wrong('make-image needs the name of an image, or --csv with --out');
    if (out !== undefined || others) return wrong('an empty image takes no key: write it with export, or give --csv');
    return makeImageFile(io, { path, size, ifThere }, form);
  }
  if (path !== undefined || out === undefined) return wrong('--csv needs --out and no name of an image');
  const source = named ? keySourceOf(options) : undefined;
  if (source?.ok === false) return sayFault(io, form, source.fault);
  if (!source && others) return wrong('--token-file, --ca, --key-id, --receipt and --wipe need --account');
  return makeFleet(io, { csv, out, size, source: source?.value, ifThere }, form);
}

/** Adds the options that say where keys come from. */
function takingKeys(command: Command): Command {
  return command
    .addOption(
      new Option('--key-file <file>', 'file that holds the key and nothing else; - for standard input').conflicts([
        ...['account', 'tokenFile', 'ca', 'keyId', 'receipt', 'wipe'],
      ]),
    )
    .option(
      '--account <url>',
      'take key and signature from an account server: https://HOST, http://127.0.0.1:PORT or its state directory',
    )
    .option(
      '--token-file <file>',
      'holds an API token that may export keys, or is admin-token of the state directory; needed beside an address',
    )
    .option('--ca <file>', 'PEM: trust this CA for https:// as well, beside those of the system')
    .option('--key-id <id>', 'which of its keys; the present one unless given')
    .option('--receipt', 'the card asks the Ewon for a line in RESULT.TXT; needs --account, which signs it')
    .option('--wipe', 'the card asks the Ewon to wipe the key once the account has its request; needs --account');
}

function examples(...shown: readonly string[]): string {
  return ['', 'Examples:', ...shown.map((words) => `  sdcard ${words}`)].join('\n');
}
