// The agent's command line. Each command imports what it needs: most need neither MQTT nor a database, and a slow board waits for them
// (without it "slots", which runs before each start, took the time of nine bare Nodes). Exit status: 0 done, 1 the machine failed, 2 wrong use or configuration, 3 refused with a code.
// One file of more than 400 lines: nothing else in the agent may touch `process`.

import { userInfo } from 'node:os';
import { CODES, describeFault, holdsGrk, printable, type Result } from '@ewon-agent/contracts';
import { Argument, Command } from 'commander';
import { DEFAULT_CONFIG } from './cli/places.ts';
import { readConfig, readFileAlone } from './config/read-config.ts';
import type { AgentConfig } from './config/schema.ts';
import { ROLES, type Role } from './core/console/tree.ts';
import { AGENT_VERSION } from './version.ts';

if (process.argv.some(holdsGrk)) {
  // said here, because whatever is said of a wrong argument repeats it
  const detail = 'a key must not be an argument, everybody can see those';
  process.stderr.write(`${describeFault({ code: 'USAGE', detail })}\n`);
  process.exit(2);
}

const program = new Command('ewon-agent')
  .description('Joins an Ewon to its account by itself, and keeps it there.')
  .version(AGENT_VERSION)
  .option('--config <file>', 'configuration file', DEFAULT_CONFIG)
  .configureOutput({ outputError: (text, write) => write(`USAGE: ${text}`) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command('run')
  .description('run the agent until it is told to stop')
  .action(async () => {
    const { startConfigured } = await import('./cli/start.ts');
    // whoever waits for notices starts it again as well (Restart= of the unit)
    const restart = process.env['NOTIFY_SOCKET'] ? () => process.kill(process.pid, 'SIGTERM') : undefined;
    const started = await startConfigured(program.opts<{ config: string }>().config, restart);
    if (!started.ok) return fail(started);
    const stop = () => void started.value.stop().then(() => process.exit(0));
    process.once('SIGTERM', stop).once('SIGINT', stop);
  });

program
  .command('status')
  .description('say how far registration and uplink have come; exit status 0 while the agent runs')
  .option('--json', 'print JSON')
  .action(async ({ json }: { json?: true }) => {
    const { readStatus, statusText } = await import('./cli/status.ts');
    const status = await readStatus(config());
    if (!status.ok) return fail(status);
    process.stdout.write(`${json ? JSON.stringify(status.value, null, 2) : statusText(status.value)}\n`);
    process.exitCode = status.value.running ? 0 : 1;
  });

program
  .command('policy')
  .description(
    'say what is allowed on this Ewon, and who decided that: the account, the configuration, a file at the board',
  )
  .option('--json', 'print JSON')
  .action(async ({ json }: { json?: true }) => {
    const { policyText, readPolicyStatus } = await import('./cli/policy.ts');
    const policy = await readPolicyStatus(config());
    if (!policy.ok) return fail(policy);
    process.stdout.write(`${json ? JSON.stringify(policy.value, null, 2) : policyText(policy.value)}\n`);
  });

const wan = program
  .command('wan')
  .description('say how the way to the account stands, over which link, and what is known of each link and from whom')
  .option('--json', 'print JSON')
  .action(async ({ json }: { json?: true }) => {
    const { readWan, wanText } = await import('./cli/wan.ts');
    const wan = await readWan(config());
    if (!wan.ok) return fail(wan);
    process.stdout.write(`${json ? JSON.stringify(wan.value, null, 2) : wanText(wan.value)}\n`);
    process.exitCode = wan.value.state === 'online' || wan.value.state === 'disabled' ? 0 : 1;
  });

wan
  .command('drill')
  .description(
    'prove the way to the account over each link, also over those that are not taken now; nothing is switched',
  )
  .action(async () => {
    const { drillText, drillWan } = await import('./cli/wan.ts');
    const drilled = await drillWan(config());
    if (!drilled.ok) return fail(drilled);
    const { json } = wan.opts<{ json?: true }>();
    process.stdout.write(`${json ? JSON.stringify(drilled.value, null, 2) : drillText(drilled.value)}\n`);
    process.exitCode = drilled.value.length > 0 && drilled.value.every(({ whole }) => whole) ? 0 : 1;
  });

const location = program
  .command('location')
  .description(
    'say whether this Ewon may be located and who decided, what was read and sent, and what the account knows',
  )
  .option('--json', 'print JSON')
  .action(async ({ json }: { json?: true }) => {
    const { locationText, readLocation } = await import('./cli/location.ts');
    const location = await readLocation(config());
    if (!location.ok) return fail(location);
    process.stdout.write(`${json ? JSON.stringify(location.value, null, 2) : locationText(location.value)}\n`);
  });

for (const to of ['on', 'off'] as const)
  location
    .command(to)
    .description(
      to === 'off'
        ? 'locate this Ewon no more, from now on: nothing more is read or sent'
        : 'take "location off" back; says who else decides',
    )
    .action(async () => {
      const { locationSwitchedText, setLocation } = await import('./cli/device.ts');
      const done = await setLocation(config(), to === 'on', 'shell');
      if (!done.ok) return fail(done);
      const { json } = location.opts<{ json?: true }>();
      process.stdout.write(`${json ? JSON.stringify(done.value) : locationSwitchedText(done.value)}\n`);
    });

program
  .command('config')
  .description('what this agent is configured with')
  .command('show', { isDefault: true })
  .description('say of each value where it comes from: the default, the file, or the console, and who set it when')
  .option('--json', 'print JSON')
  .action(async ({ json }: { json?: true }) => {
    const { explainConfig, sourcesText } = await import('./cli/config-explain.ts');
    const sources = explainConfig(config());
    if (!sources.ok) return fail(sources);
    process.stdout.write(`${json ? JSON.stringify(sources.value, null, 2) : sourcesText(sources.value)}\n`);
  });

const patch = program
  .command('patch')
  .description('security patches: how they stand, and what a person can do about them');

patch
  .command('status', { isDefault: true })
  .description(
    'say which patch there is and what it waits for; exit status 0 nothing to do or installed, 20 waiting, 21 under way, 22 failed, 23 off',
  )
  .option('--json', 'print JSON')
  .action(async ({ json }: { json?: true }) => {
    const { patchExit, patchText, readPatch } = await import('./cli/patch.ts');
    const known = await readPatch(config());
    if (!known.ok) return fail(known);
    process.stdout.write(`${json ? JSON.stringify(known.value, null, 2) : patchText(known.value)}\n`);
    process.exitCode = patchExit(known.value);
  });

patch
  .command('confirm')
  .description('say yes to the patch that waits, where the account wants a person to')
  .action(async () => {
    const { orderPatch } = await import('./cli/patch.ts');
    const done = await orderPatch(config(), 'patchConfirm');
    if (!done.ok) return fail(done);
    process.stdout.write('Confirmed; see "ewon-agent patch status".\n');
  });

patch
  .command('install')
  .description('install the patch that waits now, whatever the window says; never while the machine is at work')
  .action(async () => {
    const { orderPatch } = await import('./cli/patch.ts');
    const done = await orderPatch(config(), 'patchInstall');
    if (!done.ok) return fail(done);
    process.stdout.write('It is begun as soon as the machine is free; see "ewon-agent patch status".\n');
  });

patch
  .command('defer')
  .description('put the patch that waits off, for 1 to 72 hours, by default a day; seven days in all')
  .argument('[hours]', 'how long', '24')
  .action(async (hours: string) => {
    const { orderPatch } = await import('./cli/patch.ts');
    if (!/^[1-9]\d?$/.test(hours) || Number(hours) > 72) patch.error('hours must be 1 to 72\n');
    const done = await orderPatch(config(), { defer: Number(hours) });
    if (!done.ok) return fail(done);
    process.stdout.write(`Put off for ${hours} h; the account is told.\n`);
  });

patch
  .command('download')
  .description('look for patches now, and bring them also over a way that is paid by volume')
  .action(async () => {
    const { orderPatch } = await import('./cli/patch.ts');
    const done = await orderPatch(config(), 'patchLook');
    if (!done.ok) return fail(done);
    process.stdout.write('The repository is being read; see "ewon-agent patch status".\n');
  });

program
  .command('console')
  .description('talk to the agent as on its serial console; exit status 3 when a script was refused something')
  .option('--script', 'one line of JSON and a status word for each command')
  .action(async ({ script }: { script?: true }) => {
    const { runConsole } = await import('./cli/console/console.ts');
    const onSignal = (stop: () => void) =>
      void process.once('SIGTERM', stop).once('SIGINT', stop).once('SIGHUP', stop).once('exit', stop);
    const { stdin, stdout } = process;
    process.exitCode = await runConsole(config(), { stdin, stdout, onSignal }, script === true);
  });

const consoleUser = program
  .command('console-user')
  .description(
    'who may log in at the serial console; needs no running agent, and is the way back when all passwords are lost',
  );

const changeUser =
  (
    command: string,
    change: (
      users: typeof import('./cli/console-users.ts'),
      config: AgentConfig,
    ) => Promise<Result<void>> | Result<void>,
  ) =>
  async () => {
    const users = await import('./cli/console-users.ts');
    const read = config();
    const done = await change(users, read);
    if (!done.ok) return fail(done);
    users.recordLocally(read, 'shell', userInfo().username, command);
    process.stdout.write('Done.\n');
  };
/** At the terminal, or the first line of a pipe: never an argument, everybody can see those. */
const newPassword = async () => {
  const { typedLines } = await import('./cli/typed.ts');
  const twice = process.stdin.isTTY ? [{ label: 'Again', isSecret: true as const }] : [];
  const [password = '', again = password] =
    (await typedLines(process, [{ label: 'New password', isSecret: true }, ...twice])) ?? [];
  return [password, again] as const;
};

consoleUser
  .command('list', { isDefault: true })
  .description('say who may log in, and as what')
  .option('--json', 'print JSON')
  .action(async ({ json }: { json?: true }) => {
    const { consoleUsers } = await import('./cli/console-users.ts');
    const users = consoleUsers(config());
    if (!users.ok) return fail(users);
    const shown = users.value.map(({ name, role }) => ({ name, role }));
    const text = shown.map(({ name, role }) => `${name.padEnd(32)} ${role}\n`).join('');
    process.stdout.write(json ? `${JSON.stringify(shown, null, 2)}\n` : text);
  });

consoleUser
  .command('add')
  .description('let somebody in; the password is asked for, or is the first line of standard input')
  .argument('<name>')
  .addArgument(new Argument('<role>').choices(ROLES))
  .action((name: string, role: Role) =>
    changeUser(`add ${name} ${role}`, async ({ addUser }, read) => addUser(read, name, role, await newPassword()))(),
  );

consoleUser
  .command('password')
  .description('give somebody a new password, and end the pauses after failed logins')
  .argument('<name>')
  .action((name: string) =>
    changeUser(`password ${name}`, async ({ setPassword }, read) => setPassword(read, name, await newPassword()))(),
  );

consoleUser
  .command('role')
  .description('change what somebody may')
  .argument('<name>')
  .addArgument(new Argument('<role>').choices(ROLES))
  .action((name: string, role: Role) =>
    changeUser(`role ${name} ${role}`, ({ setRole }, read) => setRole(read, name, role))(),
  );

consoleUser
  .command('remove')
  .description('let somebody in no more')
  .argument('<name>')
  .action((name: string) => changeUser(`remove ${name}`, ({ removeUser }, read) => removeUser(read, name))());

consoleUser
  .command('unlock')
  .description('end the pauses after failed logins')
  .action(() => changeUser('unlock', ({ endPauses }, read) => endPauses(read))());

program
  .command('forget')
  .description('unlink this Ewon from its account, on both sides')
  .option('--json', 'print JSON')
  .action(async ({ json }: { json?: true }) => {
    const { forgetLink } = await import('./cli/forget.ts');
    const done = await forgetLink(config());
    if (!done.ok) return fail(done);
    const text =
      done.value === 'ordered'
        ? 'The Ewon is being unlinked; see "ewon-agent status".'
        : 'Saved: the account is told when the agent runs next.';
    process.stdout.write(`${json ? JSON.stringify({ outcome: 'FORGOTTEN', told: done.value }) : text}\n`);
  });

program
  .command('register')
  .description('ask the account with a registration key, which is typed in or comes by standard input')
  .option('--move', 'leave the present account for it')
  .option('--json', 'print JSON')
  .action(async ({ move, json }: { move?: true; json?: true }) => {
    const [{ JOINED, registerBy }, { typedLines }] = await Promise.all([
      import('./cli/register.ts'),
      import('./cli/typed.ts'),
    ]);
    const how = move ? 'move' : 'join';
    const read = config();
    const [key = ''] = (await typedLines(process, [{ label: 'Key', isSecret: true }])) ?? [];
    const done = await registerBy(read, key, how);
    if (!done.ok) return fail(done);
    const told = { outcome: move ? 'MOVING' : 'REGISTRATION_SENT', told: done.value };
    process.stdout.write(`${json ? JSON.stringify(told) : JOINED[how][done.value]}\n`);
  });

program
  .command('wizard')
  .description(
    'have a user of the account add this Ewon; what it needs is typed in, or comes as lines of standard input',
  )
  .option('--json', 'print JSON')
  .action(async ({ json }: { json?: true }) => {
    const [{ runWizard, wizardAnswers, wizardText }, { typedLines }, { WIZARD_PROMPTS }] = await Promise.all([
      import('./cli/wizard.ts'),
      import('./cli/typed.ts'),
      import('./core/console/commands/registration.ts'),
    ]);
    const read = config();
    const done = await runWizard(read, wizardAnswers((await typedLines(process, WIZARD_PROMPTS)) ?? []));
    if (!done.ok) return fail(done);
    process.stdout.write(`${json ? JSON.stringify(done.value) : wizardText(done.value)}\n`);
  });

program
  .command('move')
  .description('move this Ewon to the account of a T2M.txt (with T2M.json beside it)')
  .argument('<T2M.txt>')
  .option('--json', 'print JSON')
  .action(async (file: string, { json }: { json?: true }) => {
    const { moveAccount } = await import('./cli/move.ts');
    const done = await moveAccount(config(), file);
    if (!done.ok) return fail(done);
    const text =
      done.value === 'ordered'
        ? 'The Ewon leaves its account and asks the other one; see "ewon-agent status".'
        : 'Saved: it is carried out when the agent runs next.';
    process.stdout.write(`${json ? JSON.stringify({ outcome: 'MOVING', told: done.value }) : text}\n`);
  });

program
  .command('slots')
  .description('say what could be a slot on this board, what is in it, and how to write it into the configuration')
  .option('--json', 'print JSON')
  .option('--udev-rules', 'print the rules of udev for the configured slots and serial ports instead')
  .action(async ({ json, udevRules }: { json?: true; udevRules?: true }) => {
    const { portRules, slotRules, surveySlots, surveyText } = await import('./cli/slots.ts');
    if (udevRules) {
      const file = readFileAlone(program.opts<{ config: string }>().config);
      if (!file.ok) return fail(file);
      return void process.stdout.write(`${await slotRules(file.value.slots)}${portRules(file.value)}`);
    }
    const survey = await surveySlots(configuredSlots());
    process.stdout.write(`${json ? JSON.stringify(survey, null, 2) : surveyText(survey)}\n`);
  });

program
  .command('diag')
  .description('print what support needs to see, as JSON without secrets')
  .action(async () => {
    const { diagnose } = await import('./cli/diag.ts');
    process.stdout.write(`${JSON.stringify(await diagnose(config()), null, 2)}\n`);
  });

// as others test a TUF client (docs/patches.md); exit status 0 or 1, as they ask for it
const tuf = program
  .command('tuf')
  .description('read a repository of TUF by itself, with the arguments of the TUF conformance suite')
  .requiredOption('--metadata-dir <dir>', 'where trusted metadata is kept')
  .option('--metadata-url <url>', 'where the metadata of the repository is')
  .option('--target-name <path>', 'the target to download')
  .option('--target-base-url <url>', 'where the targets of the repository are')
  .option('--target-dir <dir>', 'where targets are kept');

type TufOptions = Readonly<
  Record<'metadataDir' | 'metadataUrl' | 'targetName' | 'targetBaseUrl' | 'targetDir', string>
>;
const tufDone = (done: Result<unknown>) => {
  if (!done.ok) process.stderr.write(`${describeFault(done.fault)}\n`);
  process.exitCode = done.ok ? 0 : 1;
};

tuf
  .command('init')
  .description('trust a root')
  .argument('<root.json>')
  .action(async (root: string) => {
    const { tufInit } = await import('./cli/tuf.ts');
    tufDone(tufInit(tufOptions('metadataDir').metadataDir, root));
  });

tuf
  .command('refresh')
  .description('bring the metadata up to date')
  .action(async () => {
    const { tufRefresh } = await import('./cli/tuf.ts');
    tufDone(await tufRefresh(tufOptions('metadataDir', 'metadataUrl')));
  });

tuf
  .command('download')
  .description('bring the metadata up to date, and then a target')
  .action(async () => {
    const { tufDownload } = await import('./cli/tuf.ts');
    const options = tufOptions('metadataDir', 'metadataUrl', 'targetName', 'targetBaseUrl', 'targetDir');
    tufDone(await tufDownload(options, options));
  });

/** The options of "tuf", of which the named ones are needed. */
function tufOptions(...needed: readonly (keyof TufOptions)[]): TufOptions {
  const options = tuf.opts<TufOptions>();
  const missing = needed.find((name) => options[name] === undefined);
  if (missing) tuf.error(`missing --${missing.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}\n`);
  return options;
}

function config(): AgentConfig {
  const read = readConfig(program.opts<{ config: string }>().config);
  if (!read.ok) fail(read);
  return read.ok ? read.value : process.exit(2);
}

/** Without a configuration, or with a bad one, a person still chooses slots for it. */
function configuredSlots(): AgentConfig['slots'] {
  const read = readConfig(program.opts<{ config: string }>().config);
  if (!read.ok) process.stderr.write(`${describeFault(read.fault)}\n`);
  return read.ok ? read.value.slots : {};
}

function fail({ fault }: Result<unknown> & { ok: false }): void {
  const { code, detail } = fault;
  // each fault of a configuration on its own line: describeFault shows one line of a value
  const lines = code === 'CONFIG_INVALID' ? detail.split('; ').map((line) => `\n  ${printable(line)}`) : [];
  const text = describeFault(lines.length > 0 ? { code } : fault);
  process.stderr.write(`${text}${lines.join('')}\n`);
  process.exitCode = code === 'CONFIG_INVALID' ? 2 : CODES[code].severity === 'error' ? 3 : 1;
  if (code === 'AGENT_NOT_RUNNING') process.exitCode = 1;
}

process.umask(0o077); // state and socket are this user's alone, whatever the shell says
await program.parseAsync();
