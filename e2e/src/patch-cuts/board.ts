import { closeSync, openSync, readSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { readVersions, type Versions } from '@ewon-agent/agent/core/version-state';
import { countSteps, WRITE_LOG_HEAD_BYTES } from '@ewon-agent/board-sim/core/write-log';
import type { QemuBoard } from '@ewon-agent/board-sim/qemu/controls';
import { type CrashImages, openCrashImages } from '@ewon-agent/board-sim/qemu/crash-images';
import type { DiskRecord } from '@ewon-agent/board-sim/qemu/disks';
import { assertOk, eventually } from '@ewon-agent/contracts/testing';
import { SAMPLES, type SampleName, type Samples } from './samples.ts';

const [VERSIONS, RUN] = ['/var/lib/ewon-agent-versions', '/run/ewon-agent-versions'];
const KEPT = ['state.json', 'tuf.json'];
/** A boot in emulation, an agent that starts; long, because the machine has other things to do. */
const WAIT_MS = 600_000;

// As the agent does it: the whole of a file at once, the target before the order, for its group to read. Perl, because the root of the board has
// no other client.
const PUT_DOWN = `
use Socket;
my ($port, $size, $dir) = @ARGV;
umask 027;
socket(my $host, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
connect($host, pack_sockaddr_in($port, inet_aton("10.0.2.2"))) or die "connect: $!";
my $all = "";
while (sysread($host, $all, 65536, length $all)) {}
sub put {
  my ($name, $bytes) = @_;
  open(my $file, ">", "$dir/$name.new") or die "$name: $!";
  print $file $bytes;
  close $file;
  rename("$dir/$name.new", "$dir/$name") or die "$name: $!";
}
put("target", substr($all, 0, $size)) if $size;
put($ARGV[3], substr($all, $size));`;

/** What is seen at the board when its services have started. */
export type BoardSight = {
  /** What runs, as it says itself. */
  readonly version: string;
  readonly versions: Versions;
  /** What lies in the directories of versions and of orders and belongs to nothing. */
  readonly left: readonly string[];
};

/** When the power is cut: when the disk has done so many writes and flushes since the call, when the board says something on its console, or when something else is so. */
export type CutAt = { readonly steps: number } | { readonly said: RegExp } | { readonly once: Promise<unknown> };

export type PatchBoard = {
  /**
   * Gives it these files of /etc/ewon-agent, with the root of the repository among them, without starting the agent anew.
   * @returns the packaged version
   */
  trusts(files: Readonly<Record<string, string>>): Promise<string>;
  /** Puts an order down as the agent does; root's switch takes it by itself. */
  order(name: SampleName): Promise<void>;
  /** What a version says when it was announced to its account. */
  online(name: SampleName): Promise<void>;
  /** Waits for what the board says from now on. */
  says(pattern: RegExp): Promise<void>;
  /**
   * Cuts the power while it does something. What the disk was not told to flush is gone.
   * @param look is given what earlier cuts would have left, since the board was switched on
   */
  cutWhile(act: () => Promise<unknown>, at: CutAt, look?: (images: CrashImages) => Promise<void>): Promise<void>;
  /** Switches it on; the services may still be starting. */
  powerOn(): Promise<void>;
  /** Switches it on, and waits until the agent has started. */
  start(): Promise<BoardSight>;
  /** Waits until the agent has started, and looks. */
  sight(): Promise<BoardSight>;
  /** Cuts the power and keeps a copy of the disk. */
  keep(): Promise<void>;
  /** Puts the copy in its place; the power must be off. */
  restore(): Promise<void>;
};

/**
 * @param record that of the board
 * @param scratch a file for the disk as a cut leaves it
 */
export function patchBoard(board: QemuBoard, samples: Samples, record: DiskRecord, scratch: string): PatchBoard {
  const succeeds = async (command: string) => {
    const { status, stdout, stderr } = await board.guest.run(command, WAIT_MS);
    if (status !== 0) throw new Error(`${command}: ${status} ${stdout}${stderr}`);
    return stdout;
  };
  const putDown = async (name: string, text: string, target: Uint8Array = Buffer.alloc(0)) => {
    const server = createServer((socket) => {
      socket.on('error', () => {}); // a board without power says nothing more
      socket.end(Buffer.concat([target, Buffer.from(text)]));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const asAgent = 'setpriv --reuid=ewon-agent --regid=ewon-agent --init-groups';
    try {
      await succeeds(`${asAgent} perl -e '${PUT_DOWN}' ${port} ${target.length} ${RUN}/orders ${name}`);
    } finally {
      server.close();
    }
  };
  const says = async (pattern: RegExp) => {
    await board.console.until(pattern, { timeoutMs: WAIT_MS, from: board.console.lines.length });
  };
  const sight = async (): Promise<BoardSight> => {
    // the job is done when the agent has said that it is ready
    const orders = `ls -A ${RUN}/orders && echo --`;
    const kept = `ls -A ${VERSIONS} && echo -- && { cat ${VERSIONS}/state.json || true; }`;
    const said = await succeeds(`systemctl start ewon-agent && ewon-agent --version && ${orders} && ${kept}`);
    const [first = '', entries = '', state = ''] = said.split('--\n');
    const [version = '', ...ordered] = first.trim().split('\n');
    const versions = assertOk(readVersions(state === '' ? undefined : state));
    const known = [...KEPT, versions.blessed?.slot, versions.trial?.slot];
    return { version, versions, left: [...ordered, ...words(entries).filter((name) => !known.includes(name))] };
  };
  /** The disk as it is when all that was not flushed is gone, and a record that begins there. */
  const dropUnflushed = async () => {
    if (stepsOf(record) === 0) return void (await copyFile(record.base, board.disk.path)); // nothing was flushed
    const { points, makeImage } = await openCrashImages(record);
    const last = points.at(-1);
    if (!last) return;
    await makeImage(last, () => false, scratch);
    await copyFile(scratch, board.disk.path);
    await copyFile(scratch, record.base);
  };
  const comes = (at: CutAt): Promise<unknown> => {
    if ('said' in at) return says(at.said);
    if ('once' in at) return at.once;
    return reached(record, stepsOf(record) + at.steps);
  };
  let given: Readonly<Record<string, string>> = {};
  const powerOn = async () => {
    await board.configure(given);
    await board.power.on();
  };
  return {
    says,
    async trusts(files) {
      given = files;
      for (const [name, text] of Object.entries(files)) {
        const written = Buffer.from(text).toString('base64');
        await succeeds(`echo ${written} | base64 -d >/etc/ewon-agent/${name}`);
      }
      return JSON.parse(await succeeds('cat /usr/lib/ewon-agent/about.json')).version;
    },
    sight,
    async order(name) {
      const { target, install } = samples.order(name);
      await putDown('install', install, target);
    },
    online: (name) => putDown('online', JSON.stringify({ version: SAMPLES[name] })),
    async cutWhile(act, at, look) {
      const come = comes(at);
      come.catch(() => {}); // told below, unless what is done fails first
      const acting = act();
      await Promise.race([come, acting.then(() => come)]);
      await board.power.cut();
      await acting.catch((cause: Error) => {
        if (!/power/.test(cause.message)) throw cause; // whatever was asked of the board then
      });
      if (look) await look(await openCrashImages(record));
      await dropUnflushed();
    },
    powerOn,
    async keep() {
      await board.power.cut();
      await dropUnflushed();
      await board.disk.keep();
    },
    async restore() {
      await board.power.cut();
      await board.disk.restore();
      await copyFile(board.disk.path, record.base);
    },
    async start() {
      await powerOn();
      return sight();
    },
  };
}

/** How many writes and flushes the disk has done. The head of the record is written with each flush, so those behind the last one do not count. */
function stepsOf({ log }: DiskRecord): number {
  const file = openSync(log, 'r');
  try {
    const head = Buffer.alloc(WRITE_LOG_HEAD_BYTES);
    return assertOk(countSteps(head.subarray(0, readSync(file, head, 0, head.length, 0)))) ?? 0;
  } finally {
    closeSync(file);
  }
}

async function reached(record: DiskRecord, steps: number): Promise<void> {
  await eventually(() => stepsOf(record) >= steps, { what: `${steps} steps of the disk`, timeoutMs: WAIT_MS });
}

function words(text: string): readonly string[] {
  return text.split('\n').filter((word) => word !== '');
}
