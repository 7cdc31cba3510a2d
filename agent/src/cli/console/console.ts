import { spawnSync } from 'node:child_process';
import type { ReadStream } from 'node:tty';
import type { AgentConfig } from '../../config/schema.ts';
import { startConsole } from '../../shell/console.ts';
import { AGENT_VERSION } from '../../version.ts';
import { recordLocally } from '../console-users.ts';
import { askAgent } from './asks.ts';

/** What a process has that is a console. */
export type ConsoleProcess = {
  readonly stdin: NodeJS.ReadStream | ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** Asked to end by a signal. */
  onSignal(stop: () => void): void;
};

const GREETING = `ewon-agent ${AGENT_VERSION}. "?" says what can be typed, "exit" leaves.`;

/**
 * Talks to who is at the terminal, or to what is piped in, until it leaves. The terminal is raw meanwhile and as before afterwards.
 * @returns exit status: 0, or 3 when a script was refused something
 */
export function runConsole(
  config: AgentConfig,
  { stdin, stdout, onSignal }: ConsoleProcess,
  isScript: boolean,
): Promise<number> {
  const isTerminal = stdin.isTTY === true && stdout.isTTY === true;
  return new Promise((done) => {
    const console = startConsole({
      line: {
        // in the raw mode of Node a terminal still adds the CR
        write: (text) => void stdout.write(isTerminal ? text.replaceAll('\r\n', '\n') : text),
        // a terminal is always read: ^C has to be heard
        hold: (isHeld) => void (isHeld && !isTerminal ? stdin.pause() : stdin.resume()),
        lend() {
          stdin.off('data', typed).off('end', ended);
          if (isTerminal) setOutput('-opost');
          const giveBack = () => {
            if (isTerminal) setOutput('opost');
            stdin.on('data', typed).on('end', ended).resume();
          };
          return { bytes: { input: stdin, output: stdout }, giveBack };
        },
        end(status) {
          if (isTerminal) stdin.setRawMode(false);
          stdin.destroy();
          done(status);
        },
      },
      ask: (order, asking) => askAgent(config, order, asking),
      audit: (command, { name }) => recordLocally(config, 'local', name, command),
      terminal: { isPlain: !isTerminal, isDumb: isScript },
    });
    const typed = (bytes: Buffer) => console.happened({ on: 'typed', bytes });
    const ended = () => console.happened({ on: isTerminal ? 'hungUp' : 'inputEnded' });
    const hungUp = () => console.happened({ on: 'hungUp' });
    if (isTerminal) stdin.setRawMode(true);
    onSignal(hungUp);
    stdout.on('error', hungUp); // who read it is gone
    stdin.on('error', hungUp);
    stdin.on('data', typed).on('end', ended);
    console.happened({ on: 'attached', greeting: GREETING });
  });
}

/** Node's raw mode still makes CR LF of each LF, which a file does not survive, and has no other. Where there is no stty, YMODEM notices. */
function setOutput(how: 'opost' | '-opost'): void {
  spawnSync('stty', [how], { stdio: ['inherit', 'ignore', 'ignore'] });
}
