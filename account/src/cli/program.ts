import { err, holdsGrk, PENDING_QUOTA_PER_GRK, wrongUseOf } from '@ewon-agent/contracts';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type AdminClient, openAdmin } from './admin-client.ts';
import { acknowledge, showAlarms } from './alarms.ts';
import { say, sayFault } from './answer.ts';
import { aspuCommands } from './aspu-commands.ts';
import { backupCommands } from './backup-commands.ts';
import { type DatabaseChoice, databaseUrlOf } from './database.ts';
import { type GeolocateChoice, geolocateOf } from './geolocate.ts';
import { releaseOne, renewOne } from './identity.ts';
import { importCommands } from './import-commands.ts';
import { EXIT, type ExitStatus, type Form, type Io } from './io.ts';
import { exportKey, importKey, renewKey, showKeys } from './keys.ts';
import { grkCommands, listCommands } from './list-commands.ts';
import { locationCommands } from './location-commands.ts';
import { writeMosquittoFiles } from './mosquitto-files.ts';
import { orderCommands } from './order-commands.ts';
import { userPolicyCommands } from './policy-commands.ts';
import { type ApproveOptions, approveOne, rejectMany, rejectOne, replaceOne, showPending } from './registrations.ts';
import { serve } from './serve.ts';
import { autoRegistration, pools, removeOne } from './settings.ts';
import { showTelemetry } from './telemetry.ts';
import { accountCommands, groupCommands, userCommands } from './user-commands.ts';
import { showWan } from './wan.ts';

/**
 * Runs the `account` command.
 * @param argv what stands after the name of the command
 * @returns the exit status, see EXIT
 */
export async function runAccount(argv: readonly string[], io: Io): Promise<ExitStatus> {
  const form = argv.includes('--json') ? 'json' : 'text';
  if (argv.some(holdsGrk))
    return sayFault(io, form, err('USAGE', 'a key must not be an argument, everybody can see those').fault);
  let status: ExitStatus = EXIT.done;
  const program = programOver(io, form, (s) => {
    status = s;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return status;
  } catch (error) {
    const wrong = wrongUseOf(error);
    return wrong ? sayFault(io, form, wrong) : EXIT.done;
  }
}

type WithState = { readonly state: string };

function programOver(io: Io, form: Form, done: (status: ExitStatus) => void): Command {
  const program = new Command('account')
    .description('The account server: registrations, Ewons, keys, log.')
    .configureOutput({
      writeOut: (text) => io.stdout(text),
      writeErr: (text) => io.stderr(text),
      outputError: () => {}, // what is wrong is said once, by runAccount
    })
    .enablePositionalOptions() // lists have options and commands below them with the same ones
    .exitOverride();
  /** A command that talks to the running server. */
  const command = (over: Command, words: string, description: string): Command =>
    over
      .command(words)
      .description(description)
      .requiredOption('--state <dir>', 'state directory of the server')
      .option('--json', 'answer in JSON');
  const asking = async (state: string, ask: (admin: AdminClient) => Promise<ExitStatus>): Promise<void> => {
    const admin = openAdmin(state);
    done(admin.ok ? await ask(admin.value) : sayFault(io, form, admin.fault));
  };

  serving(program, io, form, done);
  command(program, 'sign-in', 'print another one-time sign-in link').action(({ state }: WithState) =>
    asking(state, async (admin) => {
      const made = await admin.ask<{ readonly once: string }>('POST', 'one-time-links');
      return say(io, form, made, ({ once }) => `${admin.adminUrl}/#once=${once}`);
    }),
  );
  command(program, 'pending', 'list the Ewons that wait for approval').action(({ state }: WithState) =>
    asking(state, (admin) => showPending(io, form, admin)),
  );
  command(program, 'approve [which]', 'approve an Ewon: id, serial or fingerprint; without it the only one that waits')
    .option('--name <name>', 'name of the Ewon; its serial unless given')
    .option('--pool <pool>')
    .option('--description <text>')
    .option('--custom <fields...>', 'up to three custom fields')
    .action((which: string | undefined, { state, name, pool, description, custom }: WithState & ApproveOptions) => {
      const given = Object.entries({ name, pool, description, custom }).filter(([, value]) => value !== undefined);
      return asking(state, (admin) => approveOne(io, form, admin, { which, set: Object.fromEntries(given) }));
    });
  command(program, 'replace <which> <ewon>', 'give an Ewon that waits the place of another: device id or name').action(
    (which: string, ewon: string, { state }: WithState) =>
      asking(state, (admin) => replaceOne(io, form, admin, { which, ewon })),
  );
  command(program, 'reject [which]', 'reject an Ewon, or all of a key or of a network')
    .addOption(new Option('--key <id>', 'all that wait with this key').conflicts('network'))
    .option('--network <net>', 'all that wait from this network, such as 192.0.2.0/24')
    .action((which: string | undefined, { state, key, network }: WithState & { key?: string; network?: string }) =>
      asking(state, (admin) => {
        if (key !== undefined) return rejectMany(io, form, admin, { grkId: key });
        return network !== undefined ? rejectMany(io, form, admin, { network }) : rejectOne(io, form, admin, which);
      }),
    );
  command(program, 'remove <ewon>', 'remove an Ewon: device id or name').action((ewon: string, { state }: WithState) =>
    asking(state, (admin) => removeOne(io, form, admin, ewon)),
  );
  command(
    program,
    'renew <ewon>',
    'allow a new certificate to an Ewon that was away too long: device id or name',
  ).action((ewon: string, { state }: WithState) => asking(state, (admin) => renewOne(io, form, admin, ewon)));
  command(program, 'release <ewon>', 'let a quarantined Ewon in again: device id or name').action(
    (ewon: string, { state }: WithState) => asking(state, (admin) => releaseOne(io, form, admin, ewon)),
  );
  command(program, 'telemetry <ewon>', "show values of an Ewon's tags: device id or name")
    .option('--tag <tag>', 'this tag only')
    .option('--limit <messages>', 'newest messages to look into, 9999 at most', wholeNumber, 100)
    .action((ewon: string, { state, tag, limit }: WithState & { tag?: string; limit: number }) =>
      asking(state, (admin) => showTelemetry(io, form, admin, { ewon, limit, ...(tag !== undefined && { tag }) })),
    );
  command(program, 'wan <ewon>', "show how an Ewon's way to the account stands: device id or name").action(
    (ewon: string, { state }: WithState) => asking(state, (admin) => showWan(io, form, admin, ewon)),
  );
  const alarms = program.command('alarms').description('what is wrong with Ewons');
  command(alarms, 'list', 'list the open alarms').action(({ state }: WithState) =>
    asking(state, (admin) => showAlarms(io, form, admin)),
  );
  command(alarms, 'ack [ewon]', 'close the alarms of an Ewon (device id or name), or of all')
    .option('--code <code>', 'those with this code only')
    .action((ewon: string | undefined, { state, code }: WithState & { code?: string }) =>
      asking(state, (admin) =>
        acknowledge(io, form, admin, { ...(ewon !== undefined && { ewon }), ...(code !== undefined && { code }) }),
      ),
    );
  command(program, 'auto-registration [on|off]', 'show or switch auto-registration')
    .option('--pool <pool>', 'pool of new Ewons')
    .action((to: string | undefined, { state, pool }: WithState & { pool?: string }) => {
      if (to !== undefined && to !== 'on' && to !== 'off')
        return done(sayFault(io, form, err('USAGE', 'on or off').fault));
      return asking(state, (admin) =>
        autoRegistration(io, form, admin, { ...(to && { to }), ...(pool !== undefined && { pool }) }),
      );
    });
  command(program, 'pool [add|remove] [name]', 'list, add or remove pools').action(
    (order: string | undefined, name: string | undefined, { state }: WithState) => {
      if (order === undefined) return asking(state, (admin) => pools(io, form, admin, { do: 'list' }));
      if ((order !== 'add' && order !== 'remove') || name === undefined)
        return done(sayFault(io, form, err('USAGE', 'pool add NAME, or pool remove NAME').fault));
      return asking(state, (admin) => pools(io, form, admin, { do: order, name }));
    },
  );
  const kit: CommandKit = { io, form, command, asking, done, wholeNumber };
  listCommands(program, kit);
  const grk = program.command('grk').description('registration keys (GRK)');
  grkCommands(grk, kit);
  keyCommands(grk, kit);
  orderCommands(program, kit);
  locationCommands(program, kit);
  aspuCommands(program, kit);
  userCommands(program, kit);
  groupCommands(program, kit);
  accountCommands(program, kit);
  userPolicyCommands(program, kit);
  backupCommands(program, kit);
  importCommands(program, kit);
  return program;
}

/** What the commands of one subject are made with. */
export type CommandKit = {
  readonly io: Io;
  readonly form: Form;
  /** A command that talks to the running server. */
  readonly command: (over: Command, words: string, description: string) => Command;
  readonly asking: (state: string, ask: (admin: AdminClient) => Promise<ExitStatus>) => Promise<void>;
  readonly done: (status: ExitStatus) => void;
  readonly wholeNumber: (text: string) => number;
};

function keyCommands(grk: Command, { io, form, command, asking }: CommandKit): void {
  command(grk, 'show [id]', 'list the keys by their ids; with --key print a key itself')
    .option('--key', 'print the key: a secret')
    .action((id: string | undefined, { state, key }: WithState & { key?: true }) =>
      asking(state, (admin) => showKeys(io, form, admin, key && (id === undefined ? {} : { id }))),
    );
  command(
    grk,
    'renew [id]',
    'tell what revoking a key (the active one, if there is one only) and making a new one would end; do it with --yes',
  )
    .option('--yes', 'do it')
    .action((id: string | undefined, { state, yes }: WithState & { yes?: true }) =>
      asking(state, (admin) => renewKey(io, form, admin, { isSure: yes === true, ...(id !== undefined && { id }) })),
    );
  command(grk, 'import <stdin>', 'import a key that is read from standard input; write "-"')
    .option('--note <text>', '', '')
    .option('--expires <time>', 'RFC 3339, UTC')
    .action((from: string, { state, note, expires }: WithState & { note: string; expires?: string }) => {
      if (from !== '-') throw new InvalidArgumentError('the key is read from standard input: write "-"');
      return asking(state, (admin) => importKey(io, form, admin, { note, ...(expires !== undefined && { expires }) }));
    });
  command(grk, 'export <file>', 'write T2M.txt, or an image of a whole card')
    .option('--id <id>', 'key to export; the youngest active one unless given')
    .addOption(new Option('--form <form>').choices(['txt', 'image']).default('image'))
    .option('--note <text>', 'what people see in the list of waiting Ewons', '')
    .option('--receipt', 'the card asks the Ewon for a line in RESULT.TXT; image only')
    .option('--wipe', 'the card asks the Ewon to wipe the key once it is linked; image only')
    .action((file: string, { state, ...order }: WithState & Omit<Parameters<typeof exportKey>[3], 'file'>) =>
      asking(state, (admin) => exportKey(io, form, admin, { ...order, file })),
    );
}

function serving(program: Command, io: Io, form: Form, done: (status: ExitStatus) => void): void {
  program
    .command('serve')
    .description('serve devices (HTTPS), the page and this command (HTTP on loopback)')
    .requiredOption('--state <dir>', "this server's own directory, made at the first start")
    .option('--keys <dir>', 'keys of the account, the same for all its servers; the state directory unless given')
    .addOption(
      new Option(
        '--database <url>',
        'postgres://user@host:port/name; SQLite in the state directory unless given',
      ).conflicts('databaseFile'),
    )
    .option('--database-file <file>', 'file that holds the URL of the database, for one with a password')
    .option('--host <address>', 'where devices come in', '127.0.0.1')
    .option('--port <number>', '0 is a free one, the same at the next start', wholeNumber, 0)
    .option('--public-port <number>', 'the port devices are told, where a load balancer stands before', wholeNumber)
    .option('--admin-host <address>', 'where people come in', '127.0.0.1')
    .option('--admin-port <number>', '0 is a free one', wholeNumber, 0)
    .option('--name <hosts...>', 'how devices call this server; the first is written on cards', [])
    .option('--broker <broker>', '"embedded", or mqtts://host:port of a Mosquitto', 'embedded')
    .option(
      '--device-broker <urls...>',
      'how devices call that Mosquitto, the preferred one first, where this server calls it otherwise',
      [],
    )
    .option(
      '--broker-port <number>',
      'of the embedded broker; 0 is a free one, the same at the next start',
      wholeNumber,
      0,
    )
    .option(
      '--pending-quota <number>',
      'Ewons that may wait with one key, and half as many from one network',
      wholeNumber,
      PENDING_QUOTA_PER_GRK,
    )
    .option('--geolocate-url <url>', 'service that knows where access points and cells are, of the /v1/geolocate form')
    .option('--geolocate-key-file <file>', 'file that holds the key of that service')
    .addOption(new Option('--log-level <level>').choices(['debug', 'info', 'warn', 'error']).default('info'))
    .option('--json', 'answer in JSON')
    .action(
      async (
        options: Omit<Parameters<typeof serve>[2], 'databaseUrl' | 'geolocate'> & DatabaseChoice & GeolocateChoice,
      ) => {
        const isUrl = (url: string) => /^mqtts:\/\/[^\s/]+$/.test(url);
        if (options.broker !== 'embedded' && !isUrl(options.broker))
          return done(sayFault(io, form, err('USAGE', '--broker is "embedded" or mqtts://host:port').fault));
        const isDeviceUrl = (url: string) => isUrl(url) || /^wss:\/\/[^\s/]+(\/\S*)?$/.test(url);
        if (!options.deviceBroker.every(isDeviceUrl))
          return done(
            sayFault(io, form, err('USAGE', '--device-broker is mqtts://host:port or wss://host:port').fault),
          );
        if (options.deviceBroker.length > 0 && options.broker === 'embedded')
          return done(sayFault(io, form, err('USAGE', '--device-broker goes with --broker mqtts://host:port').fault));
        const databaseUrl = databaseUrlOf(options);
        if (!databaseUrl.ok) return done(sayFault(io, form, databaseUrl.fault));
        const geolocate = geolocateOf(options);
        if (!geolocate.ok) return done(sayFault(io, form, geolocate.fault));
        done(
          await serve(io, form, {
            ...options,
            ...(geolocate.value && { geolocate: geolocate.value }),
            ...(databaseUrl.value !== undefined && { databaseUrl: databaseUrl.value }),
          }),
        );
      },
    );
  program
    .command('mosquitto-files')
    .description(
      'write mosquitto.conf, certificates and the first dynamic-security.json for a Mosquitto of this account',
    )
    .requiredOption('--state <dir>', 'state directory of the server')
    .option('--keys <dir>', 'keys of the account, as given to "account serve"')
    .requiredOption('--out <dir>', 'folder for the files; Mosquitto must be able to read and write there')
    .option('--host <address>', 'where Mosquitto listens', '127.0.0.1')
    .option('--port <number>', '', wholeNumber, 8883)
    .option(
      '--web-socket-port <number>',
      'MQTT over WebSocket as well, for networks with port 443 alone',
      wholeNumber,
      0,
    )
    .option('--name <hosts...>', 'how devices call it', [])
    .option('--user <user>', 'user Mosquitto runs as when it is started as root')
    .option('--plugin <file>', 'mosquitto_dynamic_security.so')
    .option('--json', 'answer in JSON')
    .action(async (options: Parameters<typeof writeMosquittoFiles>[0]) => {
      const written = await writeMosquittoFiles(options);
      done(say(io, form, written, ({ config }) => `wrote ${config}; start it with: mosquitto -c ${config}`));
    });
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('a whole number');
  return Number(text);
}
