import { join } from 'node:path';
import { MINUTE_MS, type Millis } from '@ewon-agent/contracts';
import { readLines } from '../process/lines.ts';
import type { BoardImage } from './build-image.ts';
import { qemuArguments } from './command-line.ts';
import type { ConsoleLine, QemuBoard, QemuBoardEvent } from './controls.ts';
import { type BoardDisks, giveFiles, keepDisk, restoreDisk } from './disks.ts';
import { createGuestShell, type GuestShell } from './guest-shell.ts';
import { createHappenings } from './happenings.ts';
import { type Machine, startMachine } from './machine.ts';
import { startNbdServer } from './nbd-server.ts';
import type { QmpEvent } from './qmp.ts';
import { createSerialCable } from './serial-cable.ts';
import { createSlot, type Slot } from './slot.ts';
import { SLOT_HARDWARE } from './slot-hardware.ts';
import { afterRestore, BEFORE_SAVE, loadState, saveState, setClock } from './state.ts';
import { createWatch } from './watch.ts';

export type Parts = {
  readonly image: BoardImage;
  /** The board's own directory, below a path that is short enough for a socket. */
  readonly dir: string;
  readonly disks: BoardDisks;
  /** What the wall clock shows when the power comes, each time: a board without a battery. */
  readonly clockMs?: Millis | undefined;
  readonly time?: 'host' | 'board' | undefined;
  /** Is told each line of the console, and each event. */
  readonly tell?: ((told: ConsoleLine | QemuBoardEvent) => void) | undefined;
};

export type AssembledBoard = {
  /** It has no power yet. */
  readonly board: QemuBoard;
  /** Goes on from a saved state instead of booting; the power must be off, the data disk the one that was saved. */
  restore(state: string): Promise<void>;
  /** Saves the state of the running board, which ends with that. */
  save(state: string): Promise<void>;
};

/** Half a minute on a machine with nothing else to do. */
const BOOT_MS = 10 * MINUTE_MS;
const AGENT_START_MS = 5 * MINUTE_MS;
const CONSOLE_LINE_MAX_CHARACTERS = 64 * 1024;

/** An agent that had given up because its configuration was wrong starts as well; a board without one has nothing to start. */
const NEW_FILES =
  '/usr/lib/board/config && if systemctl -q is-enabled ewon-agent.service; then systemctl restart ewon-agent.service; fi';

/** Puts a board together from its parts. */
export async function assembleBoard({
  image,
  dir,
  disks,
  clockMs,
  time,
  tell = () => {},
}: Parts): Promise<AssembledBoard> {
  const lines = createHappenings<ConsoleLine>(({ line }) => line);
  const events = createHappenings<QemuBoardEvent>(({ on }) => on);
  const happened = (event: QemuBoardEvent) => {
    events.add(event);
    tell(event);
  };
  const complain = (what: string) => lines.add({ atMs: Date.now(), line: `host: ${what}` });
  let running: { readonly machine: Machine; readonly shell: GuestShell } | undefined;
  let starting: Promise<unknown> = Promise.resolve();

  const powered = () => {
    if (!running) throw new Error('the board has no power');
    return running;
  };
  const run: QemuBoard['guest']['run'] = async (command, timeoutMs) => powered().shell.run(command, timeoutMs);
  const nbd = await startNbdServer(join(dir, 'media.sock'), complain);
  const slotOf = (name: keyof typeof SLOT_HARDWARE) => createSlot(name, SLOT_HARDWARE[name], { nbd, run, complain });
  const slots = { sd0: slotOf('sd0'), usb1: slotOf('usb1'), usb2: slotOf('usb2') };
  const everySlot: readonly Slot[] = Object.values(slots);
  const watch = createWatch();
  const serial = createSerialCable();

  let resetAfter = -1;
  const heard = ({ event }: QmpEvent) => {
    const boots = running?.shell.boots ?? 0;
    if (event === 'RESET' && boots !== resetAfter) {
      resetAfter = boots; // QEMU tells it three times
      happened({ on: 'reset', atMs: Date.now() });
    }
    if (event === 'WATCHDOG') happened({ on: 'watchdog', atMs: Date.now() });
  };
  /** Starts a machine that waits. */
  const start = async (from: 'boot' | 'state') => {
    const started = startMachine(qemuArguments({ image, disks, clockMs, time, from }), heard);
    starting = started;
    const machine = await started;
    const shell = createGuestShell(machine.shell);
    running = { machine, shell };
    watch.powerOn(machine.watch);
    serial.powerOn(machine.serial, machine.qmp);
    void machine.ended.then((how) => {
      if (running?.machine !== machine) return; // as it was told to
      running = undefined;
      watch.powerOff();
      serial.powerOff();
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
    return running;
  };
  const goOn = async ({ qmp }: Machine) => {
    for (const slot of everySlot) await slot.powerOn(qmp);
    await qmp.execute('cont');
    happened({ on: 'power', state: 'on', atMs: Date.now() });
  };
  const powerOn = async () => {
    if (running) return;
    resetAfter = -1;
    const { machine, shell } = await start('boot');
    await goOn(machine);
    await shell.untilBoot(0, BOOT_MS);
  };
  const cut = async () => {
    await starting.catch(() => {}); // whoever switched it on is told
    if (!running) return;
    const { machine } = running;
    running = undefined;
    watch.powerOff();
    serial.powerOff();
    for (const slot of everySlot) slot.powerOff();
    await machine.kill();
    happened({ on: 'power', state: 'cut', atMs: Date.now() });
  };
  const unpowered = async (act: (disks: BoardDisks) => Promise<void>) => {
    if (running) throw new Error('the board has power, and writes to its disk');
    await act(disks);
  };
  const link = (state: 'up' | 'down') => async () => {
    await powered().machine.qmp.execute('set_link', { name: 'nic', up: state === 'up' });
  };

  const board: QemuBoard = {
    slots,
    power: { on: powerOn, cut },
    disk: { path: disks.data, keep: () => unpowered(keepDisk), restore: () => unpowered(restoreDisk) },
    async reboot() {
      const { shell } = powered();
      const { boots } = shell;
      await shell.run('systemctl --no-block reboot');
      await shell.untilBoot(boots, BOOT_MS);
    },
    wan: { up: link('up'), down: link('down') },
    clock: { set: async (atMs) => wellDone(run, setClock(atMs)) },
    guest: { run },
    watch,
    serial,
    console: {
      lines: lines.all,
      until: (pattern, wait) => lines.until(({ line }) => pattern.test(line), { what: String(pattern), ...wait }),
    },
    events: {
      all: events.all,
      until: (on, wait) => events.until((event) => event.on === on, { what: on, ...wait }),
    },
    async configure(files) {
      await giveFiles(disks, files);
      if (running) await wellDone(run, NEW_FILES, AGENT_START_MS);
    },
    async stop() {
      await cut();
      for (const slot of everySlot) await slot.close();
      await nbd.close();
    },
  };
  return {
    board,
    async restore(state) {
      const { machine } = await start('state');
      await loadState(machine.qmp, state);
      await goOn(machine);
      await wellDone(run, afterRestore());
      await watch.begin(); // tells what it told the host of the saved board
    },
    async save(state) {
      await wellDone(run, BEFORE_SAVE);
      await saveState(powered().machine.qmp, state);
      await cut();
    },
  };
}

async function wellDone(run: QemuBoard['guest']['run'], command: string, timeoutMs?: Millis): Promise<void> {
  const { status, stderr } = await run(command, timeoutMs);
  if (status !== 0) throw new Error(`${command}: ${stderr.trim()}`);
}
