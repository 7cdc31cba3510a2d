import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@ewon-agent/contracts/suites/assertions';
import { runCommand } from './command.ts';

// A laptop before the cabinet: a cable to the console's port, and a person at a terminal program. Needs socat and expect.

export type Laptop = {
  /** The port of the board; there while the cable is plugged in. */
  readonly device: string;
  /** The port of the laptop. */
  readonly port: string;
  plug(): Promise<void>;
  unplug(): Promise<void>;
  /**
   * A person, in the words of expect; `want TEXT` waits for a text, `act NAME` for something that is done away from the laptop.
   * @param folder where the terminal program runs
   * @returns all that was on the screen
   */
  person(steps: readonly string[], acts?: (name: string) => Promise<unknown>, folder?: string): Promise<string>;
};

const HELPERS = [
  'set timeout 30',
  'set stty_init "rows 24 cols 80"',
  'proc want {args} { set what [lindex $args end]',
  'expect -re $what {} timeout { leave "MISSED $what" } eof { leave "ENDED $what" } }',
  'proc act {name} { puts stderr "ACT $name"; if {[gets stdin] ne "done"} { leave "FAILED $name" } }',
  // a terminal program that is killed lets its line fall, as one whose window is closed
  'proc leave {why} { global spawn_id; catch { exec kill -KILL [exp_pid] }; puts "\n$why"; exit [expr {$why ne ""}] }',
];

export function createLaptop(dir: string): Laptop {
  const [device, port] = [join(dir, 'console'), join(dir, 'laptop')];
  let cable: ChildProcess | undefined;
  return {
    ...{ device, port },
    async plug() {
      const end = (link: string) => `PTY,raw,echo=0,link=${link}`;
      cable = spawn('socat', [end(device), end(port)], { stdio: 'ignore' });
      await eventually(() => existsSync(port), { what: port, timeoutMs: 10_000 });
    },
    async unplug() {
      if (cable && cable.exitCode === null && cable.signalCode === null) {
        cable.kill();
        await once(cable, 'exit');
      }
      cable = undefined;
    },
    async person(steps, acts, folder = dir) {
      const script = [...HELPERS, ...steps, 'leave ""'];
      mkdirSync(join(dir, 'screens'), { recursive: true, mode: 0o700 });
      const env = { ...process.env, TERM: 'vt100', SCREENDIR: join(dir, 'screens'), HOME: dir };
      const child = spawn('expect', ['-c', script.join('\n')], { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'], env });
      let said = '';
      child.stdin.on('error', () => {}); // it ended, which its status tells
      child.stdout.setEncoding('latin1').on('data', (text: string) => {
        said += text;
      });
      let failed: unknown;
      child.stderr.setEncoding('latin1').on('data', (text: string) => {
        said += text;
        const name = /^ACT (.*)$/m.exec(text)?.[1];
        if (name === undefined) return;
        void (acts?.(name) ?? Promise.reject(new Error(`nobody does ${name}`))).then(
          () => child.stdin.write('done\n'),
          (cause: unknown) => {
            failed = cause;
            child.stdin.write('failed\n');
          },
        );
      });
      const [status] = await once(child, 'close');
      if (failed) throw failed;
      if (status !== 0) throw new Error(said.slice(-2500));
      return said;
    },
  };
}

/** Makes a user of the console from a shell of the board. */
export async function addConsoleUser(configFile: string, name: string, role: string, password: string): Promise<void> {
  const added = await runCommand(
    'ewon-agent',
    ['--config', configFile, 'console-user', 'add', name, role],
    `${password}\n`,
  );
  if (added.status !== 0) throw new Error(added.stderr);
}
