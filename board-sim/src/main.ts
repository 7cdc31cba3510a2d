import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bareHost, parseSerial, timestampOf } from '@ewon-agent/contracts';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type BoardEvent, eventLine } from './core/board-event.ts';
import { COMMAND_MAX_CHARACTERS } from './core/control-command.ts';
import { ewonCommand, ewonFirmwareCommand } from './ewon/command-line.ts';
import type { ClockKind } from './process/board-clock.ts';
import type { ForwardOptions } from './process/forward.ts';
import { readLines } from './process/lines.ts';
import { runBoard } from './process/run-board.ts';
import { bootCommand } from './qemu/play.ts';

type Flags = {
  readonly dir?: string;
  readonly serial: string;
  readonly model: string;
  readonly firmware: string;
  readonly forward: readonly ForwardOptions[];
  readonly clock?: ClockKind;
  readonly json?: true;
  readonly attached?: true;
};

/** Runs the `board-sim` command; the only place of this package that ends the process. */
export async function main(): Promise<void> {
  const program = new Command('board-sim')
    .description('A board you can break: slots, a LED, an Ewon and a network, as files and ports of this machine.')
    .exitOverride();
  program
    .command('run')
    .description('Runs a board until Ctrl-C. Control: one JSON object a line on stdin and on DIR/control.sock.')
    .usage('[options] [-- COMMAND ARGS...]')
    .option('--dir <dir>', 'where slots, leds and control.sock are (a temporary directory, deleted at the end)')
    .option('--serial <serial>', 'serial number of the Ewon', serial, '1524-0071-21')
    .option('--model <name>', 'code name of the Ewon', 'Flexy 203')
    .option('--firmware <version>', 'firmware version of the Ewon', '14.6s0')
    .addOption(
      new Option(
        '--forward <port:host:port>',
        'a port that the network of the board opens and shuts, and where it leads; port 0 is a free one (repeatable)',
      )
        .argParser(forward)
        .default([], 'none'),
    )
    .addOption(
      new Option(
        '--clock <kind>',
        'gives the program a wall clock that can jump: its own, or one that is lost to 1970 at each start (libfaketime)',
      ).choices(['own', 'lost']),
    )
    .option('--json', 'events as JSON lines')
    .option('--attached', 'ends when stdin ends, for a program that starts the board')
    .argument(
      '[command...]',
      'what runs on the board; {DIR}, {SLOTS_DIR}, {LEDS_DIR}, {EWON_URL}, {FORWARD_1} … are replaced',
    )
    .exitOverride()
    .action(run);
  program.addCommand(bootCommand());
  program.addCommand(ewonCommand());
  program.addCommand(ewonFirmwareCommand());
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) process.stderr.write(`board-sim: ${reason(error)}\n`);
    process.exit(error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : 1);
  }
}

async function run(command: readonly string[], flags: Flags): Promise<void> {
  const dir = flags.dir ?? (await mkdtemp(join(tmpdir(), 'board-sim-')));
  const tell = (event: BoardEvent) => {
    const at = timestampOf(Date.now());
    const line = flags.json ? JSON.stringify({ at, ...event }) : eventLine(event);
    if (line !== undefined) process.stdout.write(flags.json ? `${line}\n` : `${at.slice(11, 23)} ${line}\n`);
  };
  const ended = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ended.resolve());
  process.stdout.on('error', () => ended.resolve()); // whoever listened has gone
  const board = await runBoard({ ...flags, dir, command, forwards: flags.forward }, tell);
  let last: Promise<unknown> = Promise.resolve(); // commands are done in the order they came
  readLines(process.stdin, COMMAND_MAX_CHARACTERS, (line) => {
    if (line.trim() !== '') last = last.then(async () => tell(await board.control(line)));
  });
  if (flags.attached) process.stdin.on('end', () => ended.resolve());
  await Promise.race([ended.promise, board.stopped]);
  await board.close();
  if (!flags.dir) await rm(dir, { recursive: true });
  process.exit(0);
}

function serial(text: string): string {
  const parsed = parseSerial(text);
  if (!parsed.ok) throw new InvalidArgumentError('A serial number looks like 1524-0071-21.');
  return parsed.value;
}

function forward(text: string, previous: readonly ForwardOptions[]): readonly ForwardOptions[] {
  const [, port, host, targetPort] = /^(\d{1,5}):([^:]+|\[[^\]]+\]):(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || host === undefined || targetPort === undefined || Number(targetPort) > 65_535) {
    throw new InvalidArgumentError('It looks like 8443:127.0.0.1:443.');
  }
  return [...previous, { port: Number(port), host: bareHost(host), targetPort: Number(targetPort) }];
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
