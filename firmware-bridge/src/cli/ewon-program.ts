import { type Command, Option } from 'commander';
import { backup } from './backup.ts';
import { type Ewon, type EwonOptions, ewonAt } from './ewon.ts';
import { info } from './info.ts';
import { type ExitStatus, type Form, type Io, sayFault } from './io.ts';
import { events, get, tags } from './read.ts';
import { reboot } from './reboot.ts';
import { set } from './set.ts';
import { setTag } from './tags-set.ts';
import { upload } from './upload.ts';

const HOST = 'name or address of the Ewon, perhaps with :PORT of its web server';

/** Adds the commands that ask an Ewon. */
export function addEwonCommands(program: Command, io: Io, form: Form, done: (status: ExitStatus) => void): void {
  const shaped = (command: Command, ...shown: readonly string[]): Command =>
    command
      .addOption(new Option('--user <name>', 'user of the Ewon').default('adm'))
      .option('--password-file <file>', 'a file of one line; without it EWON_PASSWORD of the environment')
      .addOption(new Option('--ftp-port <port>', 'port of its FTP server').default('21'))
      .addOption(new Option('--timeout <seconds>', 'for each step in which nothing moves').default('10'))
      .option('--json', 'answer in JSON')
      .addHelpText('after', helpAfter(shown));
  const over = async (host: string, options: EwonOptions, run: (ewon: Ewon) => Promise<ExitStatus>) => {
    const ewon = ewonAt(io, host, options);
    done(ewon.ok ? await run(ewon.value) : sayFault(io, form, ewon.fault));
  };
  const command = (name: string, description: string, ...shown: readonly string[]) =>
    shaped(program.command(name).description(description), ...shown).argument('<host>', HOST);

  command(
    'info',
    'Says who the Ewon is, its firmware, WAN, VPN and modem.',
    'info 10.0.0.53',
    'info 10.0.0.53 --all --json',
  )
    .option('--all', 'every key of its status')
    .action((host: string, options: EwonOptions & { all?: true }) =>
      over(host, options, (ewon) => info(io, form, ewon, options.all ? 'all' : 'main')),
    );
  command(
    'get',
    'Prints settings: KEY of comcfg.txt, SECTION.KEY of config.txt, or all of a file.',
    'get 10.0.0.53 WANCnx System.Identification',
  )
    .argument('[key...]', 'such as WANCnx or System.Identification')
    .addOption(
      new Option('--file <name>', 'which file, where no key is named').choices(['comcfg', 'config']).default('comcfg'),
    )
    .action((host: string, names: readonly string[], options: EwonOptions & { file: 'comcfg' | 'config' }) =>
      over(host, options, (ewon) => get(io, form, { ewon, names, file: options.file })),
    );
  command(
    'set',
    'Changes settings, reads them again and says what became of each; nothing else is touched.',
    'set 10.0.0.53 WANCnx=1 WANItfProt=1 --dry-run',
    'set 10.0.0.53 --value-file WifiPSK=psk.txt',
  )
    .argument('[key=value...]', 'such as WANCnx=1 or System.Identification=press-4')
    .option(
      '--value-file <key=file>',
      'a value from a file of one line, for passwords; may stand several times',
      collect,
    )
    .option('--dry-run', 'say what would change, write nothing')
    .action(
      (
        host: string,
        wishes: readonly string[],
        options: EwonOptions & { valueFile?: readonly string[]; dryRun?: true },
      ) =>
        over(host, options, (ewon) =>
          set(io, form, {
            ewon,
            wishes,
            fromFiles: options.valueFile ?? [],
            mode: options.dryRun ? 'dry run' : 'write',
          }),
        ),
    );
  command('events', 'Prints what the Ewon wrote into its events.', 'events 10.0.0.53 --since 10m')
    .option('--since <time>', 'of the last 90s, 10m, 2h or 3d only')
    .action((host: string, options: EwonOptions & { since?: string }) =>
      over(host, options, (ewon) => events(io, form, ewon, options.since)),
    );
  const tag = program.command('tags').description('Prints the values of tags, or sets one.');
  const list = tag.command('list', { isDefault: true }).description('Prints the value of every tag.');
  shaped(list, 'tags 10.0.0.53', 'tags 10.0.0.53 --json')
    .argument('<host>', HOST)
    .action((host: string, options: EwonOptions) => over(host, options, (ewon) => tags(io, form, ewon)));
  shaped(tag.command('set').description('Sets the value of a tag and reads it again.'), 'tags set 10.0.0.53 Level 40.5')
    .argument('<host>', HOST)
    .argument('<tag>', 'its name')
    .argument('<value>', 'a number or text; -- before one that begins with -')
    .action((host: string, name: string, value: string, options: EwonOptions) =>
      over(host, options, (ewon) => setTag(io, form, { ewon, tag: name, value })),
    );
  command('backup', 'Reads backup.tar, with all that is configured, into a file.', 'backup 10.0.0.53 press-4.tar')
    .argument('<file>', 'where it goes; replaced when it is there')
    .action((host: string, file: string, options: EwonOptions) =>
      over(host, options, (ewon) => backup(io, form, ewon, file)),
    );
  command(
    'upload',
    'Sends firmware (.edf, .edfs), comcfg.txt, config.txt, program.bas or backup.tar.',
    'upload 10.0.0.53 er15_0s4p21_ma.edfs',
  )
    .argument('<file>', 'its name says what it is')
    .option('--force', 'send firmware although its name says that it does not fit')
    .option('--erase', 'send backup.tar, before which an Ewon erases itself')
    .action((host: string, path: string, options: EwonOptions & { force?: true; erase?: true }) =>
      over(host, options, (ewon) =>
        upload(io, form, {
          ...{ ewon, path, doubts: options.force ? 'leave to the Ewon' : 'refuse' },
          erasing: options.erase ? 'allow' : 'refuse',
        }),
      ),
    );
  command('reboot', 'Restarts the Ewon and waits until it answers again.', 'reboot 10.0.0.53')
    .option('--no-wait', 'only ask for it')
    .action((host: string, options: EwonOptions & { wait: boolean }) =>
      over(host, options, (ewon) => reboot(io, form, ewon, options.wait ? 'wait' : 'go on')),
    );
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function helpAfter(shown: readonly string[]): string {
  return [
    '',
    'The password comes from EWON_PASSWORD or --password-file and goes over the line in the clear, as an Ewon wants it.',
    'Exit status: 0 done, 1 the Ewon did not answer or a file here failed, 2 wrong use, 3 the Ewon said no.',
    '',
    'Examples:',
    ...shown.map((example) => `  ewon-bridge ${example}`),
  ].join('\n');
}
