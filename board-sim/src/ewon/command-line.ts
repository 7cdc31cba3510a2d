import { readFile, writeFile } from 'node:fs/promises';
import { describeFault, parseSerial, timestampOf } from '@ewon-agent/contracts';
import { Command, InvalidArgumentError, Option } from 'commander';
import { COMMAND_MAX_CHARACTERS } from '../core/control-command.ts';
import { type EwonCommand, readEwonCommand } from '../core/ewon/ewon-command.ts';
import type { EwonState } from '../core/ewon/ewon-state.ts';
import { firmwareFileName, firmwareImage } from '../core/ewon/firmware-image.ts';
import { MODEM } from '../core/ewon/modem.ts';
import { readSettings } from '../core/ewon/settings.ts';
import { readVersion } from '../core/ewon/version.ts';
import { readLines } from '../process/lines.ts';
import { EWON_DEVICE, type SimulatedEwon, startEwon } from './start-ewon.ts';

type Flags = {
  readonly httpPort: number;
  readonly ftpPort: number;
  readonly serial: string;
  readonly model: string;
  readonly firmware: string;
  readonly passwordFile?: string;
  readonly comcfg?: string;
  readonly tag: Readonly<Record<string, number | string>>;
  readonly modem?: true;
  readonly java?: true;
  readonly json?: true;
  readonly attached?: true;
};

/** What the command tells, one JSON object a line with --json. */
type Told =
  | { readonly on: 'ready'; readonly url: string; readonly ftpPort: number; readonly user: string }
  | { readonly on: 'ewon'; readonly at: EwonState['at']; readonly firmware: string }
  | { readonly on: 'event'; readonly line: string }
  | { readonly on: 'answer'; readonly id?: number | undefined; readonly ok: boolean; readonly error?: string };

const HOW_TO = `
On stdin, one JSON object a line:
  {"do":"tag","name":"Level","value":40.5}          {"do":"link","link":"ethernet","state":"silent"}   up, silent, down
  {"do":"modem","modem":{"signal":7}}               {"do":"account","account":"Made up"}              "" leaves it
  {"do":"reboot"}                                   {"do":"reset","level":2}
  {"do":"power"}  its power is cut for a moment
  {"do":"log","text":"it rains","origin":"me"}      {"do":"stop"}
  {"do":"trouble","trouble":{"http":"dropped","ftp":"diskFull","answerAfterMs":3000,"whenBusy":"refuses"}}
  {"do":"trouble","trouble":{"flash":"settingsLost","pieceAfterMs":500}}   flash: of the next firmware that it takes

Ask it:
  curl -u adm:adm 'http://127.0.0.1:8080/rcgi.bin/ParamForm?AST_Param=$dtES$ftT'
  curl ftp://adm:adm@127.0.0.1:2121/comcfg.txt
`;

/** The command `ewon`: an Ewon by itself, to be asked over HTTP and FTP. */
export function ewonCommand(): Command {
  return new Command('ewon')
    .description('Runs an Ewon on 127.0.0.1, over HTTP and FTP, until "stop" or Ctrl-C.')
    .option('--http-port <port>', 'port of its web server; 0 is a free one', port, 0)
    .option('--ftp-port <port>', 'port of its FTP server; 0 is a free one', port, 0)
    .option(
      '--serial <serial>',
      'its serial number; the last two digits are the product code',
      serial,
      EWON_DEVICE.serial,
    )
    .option('--model <name>', 'its code name', EWON_DEVICE.model)
    .option('--firmware <version>', 'what it runs', version, EWON_DEVICE.firmware)
    .option('--password-file <file>', 'a file with the password of the user adm; "adm" without it, as ex factory')
    .option('--comcfg <file>', 'settings other than those of the factory, as Key:Value lines')
    .addOption(new Option('--tag <name=value>', 'a tag (repeatable)').argParser(tag).default({}, 'none'))
    .option('--modem', 'with a modem, made up')
    .option('--java', 'with a Java program that orders a watchdog and to be started again')
    .option('--json', 'what happens as JSON lines')
    .option('--attached', 'ends when stdin ends, for a program that starts it')
    .addHelpText('after', HOW_TO)
    .exitOverride()
    .action(run);
}

/** The command `ewon-firmware`: an image that a simulated Ewon takes. */
export function ewonFirmwareCommand(): Command {
  return new Command('ewon-firmware')
    .description('Writes firmware that a simulated Ewon takes, and no other Ewon, and prints its name.')
    .argument('<version>', 'such as 15.0s2', version)
    .option('--product <code>', 'the product code that it is made for: 21 is a Flexy 202, 24 a Flexy 205', '21')
    .option('--out <file>', 'where to; a file named as the vendor names it, otherwise')
    .exitOverride()
    .action(async (made: string, { product, out }: { readonly product: string; readonly out?: string }) => {
      const file = out ?? firmwareFileName({ version: made, product });
      await writeFile(file, firmwareImage({ version: made, product }));
      process.stdout.write(`${file}\n`);
    });
}

async function run(flags: Flags): Promise<void> {
  const tell = (told: Told) => {
    const at = timestampOf(Date.now());
    const line = flags.json ? JSON.stringify({ at, ...told }) : inWords(told);
    if (line !== undefined) process.stdout.write(flags.json ? `${line}\n` : `${at.slice(11, 23)} ${line}\n`);
  };
  const ended = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ended.resolve());
  process.stdout.on('error', () => ended.resolve()); // whoever listened has gone
  const password = flags.passwordFile && (await readFile(flags.passwordFile, 'utf8')).replace(/\r?\n$/, '');
  const comcfg = flags.comcfg ? readSettings(await readFile(flags.comcfg, 'latin1')) : new Map<string, string>();
  const { httpPort, ftpPort, serial: number, model, firmware, tag: tags } = flags;
  const ewon = await startEwon({
    ...{ httpPort, ftpPort, serial: number, model, firmware, tags },
    comcfg: Object.fromEntries(comcfg),
    ...(password !== undefined && { password }),
    ...(flags.modem && { modem: MODEM }),
    ...(flags.java && { java: { watchdog: 'on', restart: 'on' } as const }),
    changed: (now, before) => changesOf(now, before).forEach(tell),
  });
  tell({ on: 'ready', url: ewon.url, ftpPort: ewon.ftpPort, user: ewon.user });
  let last: Promise<unknown> = Promise.resolve(); // commands are done in the order they came
  readLines(process.stdin, COMMAND_MAX_CHARACTERS, (line) => {
    if (line.trim() === '') return;
    last = last.then(async () => {
      const command = readEwonCommand(line);
      if (!command.ok) return tell({ on: 'answer', ok: false, error: describeFault(command.fault) });
      if (command.value.do === 'stop') ended.resolve();
      else await obey(ewon, command.value);
      return tell({ on: 'answer', id: command.value.id, ok: true });
    });
  });
  if (flags.attached) process.stdin.on('end', () => ended.resolve());
  await ended.promise;
  await ewon.close();
  process.exit(0);
}

async function obey(ewon: SimulatedEwon, command: Exclude<EwonCommand, { do: 'stop' }>): Promise<void> {
  switch (command.do) {
    case 'tag':
      return ewon.tag(command.name, command.value, command.quality);
    case 'link':
      return ewon.happen({ on: 'linkChanged', link: command.link, state: command.state });
    case 'modem':
      return ewon.happen({ on: 'modemChanged', modem: command.modem });
    case 'account':
      return ewon.happen({ on: 'accountChanged', account: command.account });
    case 'reset':
      return ewon.happen({ on: 'factoryReset', level: command.level });
    case 'reboot':
      return ewon.happen({ on: 'rebootAsked', reason: 'Power on' });
    case 'power':
      return ewon.happen({ on: 'powerCut' });
    case 'log': {
      const { text, origin = 'ewon', event = INFORMATION } = command;
      return ewon.happen({ on: 'logged', text, origin, id: event });
    }
    case 'trouble':
      return ewon.trouble(command.trouble);
  }
}

/** Bit 30: no error. */
const INFORMATION = 2 ** 30;

function changesOf(now: EwonState, before: EwonState): readonly Told[] {
  const known = new Set(before.events.entries);
  return [
    ...now.events.entries
      .filter((entry) => !known.has(entry))
      .map(({ line }) => ({ on: 'event', line: line.trimEnd() }) as const),
    ...(now.at === before.at ? [] : [{ on: 'ewon', at: now.at, firmware: now.device.firmware } as const]),
  ];
}

function inWords(told: Told): string | undefined {
  switch (told.on) {
    case 'ready':
      return `ready   ${told.url} and ftp://127.0.0.1:${told.ftpPort}, user ${told.user}`;
    case 'ewon':
      return `ewon    ${told.at} (${told.firmware})`;
    case 'event':
      return `event   ${told.line}`;
    case 'answer':
      return told.ok ? undefined : `refused ${told.error}`;
  }
}

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('A port is 0 to 65535.');
  return Number(text);
}

function serial(text: string): string {
  const parsed = parseSerial(text);
  if (!parsed.ok) throw new InvalidArgumentError('A serial number looks like 1524-0071-21.');
  return parsed.value;
}

function version(text: string): string {
  if (!readVersion(text)) throw new InvalidArgumentError('A version looks like 14.6s0.');
  return text;
}

function tag(text: string, previous: Readonly<Record<string, number | string>>): Record<string, number | string> {
  const [, name, value] = /^([^=]{1,64})=(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('It looks like Level=40.5.');
  return { ...previous, [name]: value !== '' && Number.isFinite(Number(value)) ? Number(value) : value };
}
