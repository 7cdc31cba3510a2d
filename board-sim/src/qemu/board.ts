import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MINUTE_MS, type Millis, SECOND_MS } from '@ewon-agent/contracts';
import { readLines } from '../process/lines.ts';
import type { BoardImage } from './build-image.ts';
import { qemuArguments } from './command-line.ts';
import type { ConsoleLine, QemuBoard, QemuBoardEvent } from './controls.ts';
import { createGuestShell, type GuestShell } from './guest-shell.ts';
import { createHappenings } from './happenings.ts';
import { type Machine, startMachine } from './machine.ts';
import { startNbdServer } from './nbd-server.ts';
import type { QmpEvent } from './qmp.ts';
import { runTool } from './run-tool.ts';
import { createSlot, type Slot } from './slot.ts';
import { SLOT_HARDWARE } from './slot-hardware.ts';
import { createWatch } from './watch.ts';

export type QemuBoardOptions = {
  readonly image: BoardImage;
  /** What the host gives for /etc/ewon-agent, by file name, such as `config.json`. */
  readonly files?: Readonly<Record<string, string>>;
  /** `off`: no power yet, so that cards can be put in before. Booted unless told. */
  readonly start?: 'boot' | 'off';
  /** What the wall clock shows when the power comes, each time: a board without a battery. */
  readonly clockMs?: Millis;
  /** Is told each line of the console, and each event. */
  readonly tell?: (told: ConsoleLine | QemuBoardEvent) => void;
};

/** Ten seconds on a machine with nothing else to do. */
const BOOT_MS = 3 * MINUTE_MS;
const CONSOLE_LINE_MAX_CHARACTERS = 64 * 1024;
/** A disk whose size never changes: a saved state remembers it. */
const CONFIG_DISK_BYTES = 256 * 1024;

/** Starts a board from its image, with a data disk of its own. */
export async function startQemuBoard(options: QemuBoardOptions): Promise<QemuBoard> {
  const { image, tell = () => {} } = options;
  const dir = await mkdtemp(join(tmpdir(), 'qemu-board-'));
  const dataDisk = join(dir, 'data.img');
  const configDisk = join(dir, 'config.img');
  await runTool('cp', ['--sparse=always', image.data, dataDisk]);
  await writeConfigDisk(dir, configDisk, options.files ?? {});

  const lines = createHappenings<ConsoleLine>(({ line }) => line);
  const events = createHappenings<QemuBoardEvent>(({ on }) => on);
  const happened = (event: QemuBoardEvent) => {
    events.add(event);
    tell(event);
  };
  const complain = (what: string) => lines.add({ atMs: Date.now(), line: `host: ${what}` });
  const nbd = await startNbdServer(join(dir, 'media.sock'), complain);
  const slotOf = (name: keyof typeof SLOT_HARDWARE) => createSlot(name, SLOT_HARDWARE[name], { nbd, complain });
  const slots = { sd0: slotOf('sd0'), usb1: slotOf('usb1'), usb2: slotOf('usb2') };
  const everySlot: readonly Slot[] = Object.values(slots);
  const watch = createWatch();
  let running: { readonly machine: Machine; readonly shell: GuestShell } | undefined;

  const heard = ({ event }: QmpEvent) => {
    if (event === 'RESET') happened({ on: 'reset', atMs: Date.now() });
    if (event === 'WATCHDOG') happened({ on: 'watchdog', atMs: Date.now() });
  };
  const powered = () => {
    if (!running) throw new Error('the board has no power');
    return running;
  };
  const powerOn = async () => {
    if (running) return;
    const machine = await startMachine(qemuArguments({ image, dataDisk, configDisk, clockMs: options.clockMs }), heard);
    const shell = createGuestShell(machine.shell);
    running = { machine, shell };
    watch.powerOn(machine.watch);
    void machine.ended.then((how) => {
      if (running?.machine !== machine) return; // as it was told to
      running = undefined;
      watch.powerOff();
      for (const slot of everySlot) slot.powerOff();
      complain(how);
      happened({ on: 'power', state: 'off', atMs: Date.now() });
    });
    readLines(machine.console, CONSOLE_LINE_MAX_CHARACTERS, (line) => {
      const entry = { atMs: Date.now(), line };
      lines.add(entry);
      tell(entry);
    });
    machine.console.on('error', () => {}); // as the others, it ends with QEMU
    for (const slot of everySlot) await slot.powerOn(machine.qmp);
    await machine.qmp.execute('cont');
    happened({ on: 'power', state: 'on', atMs: Date.now() });
    await shell.untilBoot(0, BOOT_MS);
  };
  const cut = async () => {
    if (!running) return;
    const { machine } = running;
    running = undefined;
    watch.powerOff();
    for (const slot of everySlot) slot.powerOff();
    await machine.kill();
    happened({ on: 'power', state: 'cut', atMs: Date.now() });
  };
  const run: QemuBoard['guest']['run'] = async (command, timeoutMs) => powered().shell.run(command, timeoutMs);
  const link = (state: 'up' | 'down') => async () => {
    await powered().machine.qmp.execute('set_link', { name: 'nic', up: state === 'up' });
  };

  const board: QemuBoard = {
    slots,
    power: { on: powerOn, cut },
    async reboot() {
      const { shell } = powered();
      const { boots } = shell;
      await shell.run('systemctl --no-block reboot');
      await shell.untilBoot(boots, BOOT_MS);
    },
    wan: { up: link('up'), down: link('down') },
    clock: { set: async (atMs) => void (await wellDone(run, `date -u -s @${(atMs / SECOND_MS).toFixed(3)}`)) },
    guest: { run },
    watch,
    console: {
      lines: lines.all,
      until: (pattern, wait) => lines.until(({ line }) => pattern.test(line), { what: String(pattern), ...wait }),
    },
    events: {
      all: events.all,
      until: (on, wait) => events.until((event) => event.on === on, { what: on, ...wait }),
    },
    async configure(files) {
      await writeConfigDisk(dir, configDisk, files);
      if (running) await wellDone(run, '/usr/lib/board/config && systemctl try-restart ewon-agent.service');
    },
    async stop() {
      await cut();
      for (const slot of everySlot) await slot.close();
      await nbd.close();
      await rm(dir, { recursive: true });
    },
  };
  if (options.start !== 'off') {
    try {
      await powerOn();
    } catch (error) {
      await board.stop();
      throw error;
    }
  }
  return board;
}

async function wellDone(run: QemuBoard['guest']['run'], command: string): Promise<void> {
  const { status, stderr } = await run(command);
  if (status !== 0) throw new Error(`${command}: ${stderr.trim()}`);
}

/** The files as a tar archive, in the same file as before: a running QEMU has it open. */
async function writeConfigDisk(dir: string, disk: string, files: Readonly<Record<string, string>>): Promise<void> {
  const place = join(dir, 'config');
  await rm(place, { recursive: true, force: true });
  await mkdir(place);
  for (const [name, text] of Object.entries(files)) await writeFile(join(place, name), text);
  const names = Object.keys(files);
  const what = names.length > 0 ? ['--', ...names] : ['--files-from=/dev/null'];
  const archive = await runTool('tar', ['-C', place, '--owner=0', '--group=0', '--mode=0644', '-cf', '-', ...what]);
  if (archive.length > CONFIG_DISK_BYTES) throw new Error(`more than ${CONFIG_DISK_BYTES} bytes for /etc/ewon-agent`);
  await writeFile(disk, Buffer.concat([archive, Buffer.alloc(CONFIG_DISK_BYTES - archive.length)]));
}
