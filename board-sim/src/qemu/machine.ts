import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { QEMU_CHANNELS } from './command-line.ts';
import { connectQmp, type Qmp, type QmpEvent } from './qmp.ts';

/** One run of QEMU, from power on to power off. */
export type Machine = {
  readonly pid: number;
  readonly qmp: Qmp;
  readonly console: Duplex;
  readonly shell: Duplex;
  readonly watch: Duplex;
  readonly serial: Duplex;
  /** Resolves with how it ended, when it has. */
  readonly ended: Promise<string>;
  /** SIGKILL: what QEMU has written to its disks is there, what the guest has not is lost. */
  kill(): Promise<void>;
};

const PROGRAM = 'qemu-system-x86_64';
const SAID_MAX_CHARACTERS = 2000;

/**
 * Starts QEMU and greets it; the machine waits for `cont`. It is killed with this process, whatever ends that one.
 * Rejects with what QEMU said when it ends before it could be greeted.
 */
export async function startMachine(args: readonly string[], tell: (event: QmpEvent) => void): Promise<Machine> {
  const channels = Object.keys(QEMU_CHANNELS).map(() => 'pipe' as const); // socket pairs, in fact, which QEMU insists on
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', PROGRAM, ...args], {
    stdio: ['ignore', 'ignore', 'pipe', ...channels],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-SAID_MAX_CHARACTERS);
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message)); // never started
    child.once('close', (status, signal) => resolve(`QEMU ended with ${signal ?? status}. ${said.trim()}`));
  });
  const qmp = await connectQmp(channelOf(child, QEMU_CHANNELS.qmp), tell).catch(async (error: unknown) => {
    child.kill('SIGKILL'); // it has ended, or is none that we can speak to
    throw new Error(await ended, { cause: error });
  });
  return {
    pid: child.pid ?? 0,
    qmp,
    console: channelOf(child, QEMU_CHANNELS.console),
    shell: channelOf(child, QEMU_CHANNELS.shell),
    watch: channelOf(child, QEMU_CHANNELS.watch),
    serial: channelOf(child, QEMU_CHANNELS.serial),
    ended,
    async kill() {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }
    },
  };
}

/** The host's end of a channel. */
function channelOf(child: ChildProcess, descriptor: number): Duplex {
  const stream: unknown = child.stdio[descriptor];
  if (stream === null || typeof stream !== 'object' || !('write' in stream && 'read' in stream)) {
    throw new Error(`this is a bug: descriptor ${descriptor} is no channel`);
  }
  return stream as Duplex;
}
