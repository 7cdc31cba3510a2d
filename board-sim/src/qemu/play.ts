import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { timestampOf } from '@ewon-agent/contracts';
import { Command, Option } from 'commander';
import { COMMAND_MAX_CHARACTERS } from '../core/control-command.ts';
import { readLines } from '../process/lines.ts';
import { type QemuBoardOptions, startQemuBoard } from './board.ts';
import { buildBoardImage, newestPackage } from './build-image.ts';
import { controlBoard } from './control-board.ts';
import { SLOT_PATHS } from './controls.ts';

type Flags = {
  readonly deb?: string;
  readonly file: readonly string[];
  readonly start: NonNullable<QemuBoardOptions['start']>;
  readonly console?: true;
  readonly json?: true;
};

const HOW_TO = `
  insert usb1 card.img   put a card in: usb1 (a stick), usb2 (a card reader) or sd0; the file is written
  remove usb1            pull it out                keyboard        plug a keyboard into usb1
  stall usb1             it answers nothing more    resume usb1     it answers again
  network down | up      the cable                  reboot          in good order
  power cut | on         the plug                   stop            ends the board, as Ctrl-C does
  shell COMMAND          as root on the board, e.g.  shell journalctl -u ewon-agent

The same as JSON: {"do":"insert","slot":"usb1","image":"card.img","readOnly":true}, {"do":"clock","atMs":0}.
The board reaches this machine, with all that listens on 127.0.0.1, as 10.0.2.2.
`;

/** The command `boot`: a board with a real kernel to play with. */
export function bootCommand(): Command {
  const repeated = (value: string, previous: readonly string[]) => [...previous, value];
  return new Command('boot')
    .description('Boots a board with a real kernel (QEMU) and does what is said on stdin, until "stop" or Ctrl-C.')
    .option('--deb <file>', "the agent's Debian package (the newest in out/package, otherwise none)")
    .addOption(
      new Option('--file <file>', 'a file for /etc/ewon-agent on the board, such as config.json (repeatable)')
        .argParser(repeated)
        .default([], 'none'),
    )
    .addOption(
      new Option('--start <how>', 'from a saved state, by booting, or without power yet')
        .choices(['snapshot', 'boot', 'off'])
        .default('snapshot'),
    )
    .option('--console', 'shows the console of the board, where its journal goes')
    .option('--json', 'what happens as JSON lines')
    .addHelpText('after', HOW_TO)
    .exitOverride()
    .action(boot);
}

async function boot({ deb, file, start, console, json }: Flags): Promise<void> {
  const say = (what: { readonly on: string }, text: string) => {
    const at = timestampOf(Date.now());
    process.stdout.write(json ? `${JSON.stringify({ at, ...what })}\n` : `${at.slice(11, 23)} ${text}\n`);
  };
  const step = (text: string) => say({ on: 'step', ...{ text } }, text);
  const ended = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ended.resolve());
  process.stdout.on('error', () => ended.resolve()); // whoever listened has gone

  const image = await buildBoardImage({ debPath: deb ?? (await newestPackage()), tell: step });
  const texts = await Promise.all(file.map(async (path) => [basename(path), await readFile(path, 'utf8')] as const));
  step(
    start === 'snapshot' ? 'starting the board; the first time it boots, which takes a while' : 'starting the board',
  );
  const board = await startQemuBoard({
    image,
    files: Object.fromEntries(texts),
    start,
    tell(told) {
      if ('line' in told) {
        if (console) say({ on: 'console', ...told }, `| ${told.line}`);
      } else {
        say(told, told.on === 'power' ? `power ${told.state}` : told.on);
      }
    },
  });
  const ready = { on: 'ready', slots: SLOT_PATHS, host: '10.0.2.2' };
  say(ready, `ready${json ? '' : `\n${HOW_TO}`}`);

  let last: Promise<unknown> = Promise.resolve(); // commands are done in the order they came
  readLines(process.stdin, COMMAND_MAX_CHARACTERS, (line) => {
    if (line.trim() === '') return;
    last = last.then(async () => {
      const { stop, ...answer } = await controlBoard(board, line);
      say(answer, answer.ok ? `done\n${answer.output ?? ''}`.trimEnd() : `refused: ${answer.error}`);
      if (stop) ended.resolve();
    });
  });
  await ended.promise;
  await board.stop();
  process.exit(0);
}
