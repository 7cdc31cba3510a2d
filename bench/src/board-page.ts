import type { BenchAnswer } from './bench.ts';
import { figure, SPREAD_HEAD, spreadCells, table } from './report.ts';
import { spread } from './statistics.ts';

/** One plug, in milliseconds from before the medium is put in. */
export type BoardRun = {
  readonly slot: 'usb1' | 'sd0';
  /** Until the kernel says that the block device is there. */
  readonly kernelMs: number;
  /** Until the row at the account has been read. */
  readonly pendingMs: number;
};

/** The same loop on both sides of the emulator, in milliseconds. */
export type LoopRun = { readonly hostMs: number; readonly guestMs: number };

const SLOTS = { usb1: 'USB stick', sd0: 'SD card' } as const;

/** Words what was measured. */
export function boardAnswer(runs: readonly BoardRun[], loops: readonly LoopRun[]): BenchAnswer {
  const slots = (Object.keys(SLOTS) as (keyof typeof SLOTS)[]).map((slot) => {
    const of = (ms: (run: BoardRun) => number) => spread(runs.filter((run) => run.slot === slot).map(ms));
    return {
      slot,
      plugToPendingMs: of((run) => run.pendingMs),
      plugToBlockDeviceMs: of((run) => run.kernelMs),
      blockDeviceToPendingMs: of((run) => run.pendingMs - run.kernelMs),
    };
  });
  const hostLoopMs = spread(loops.map((run) => run.hostMs));
  const guestLoopMs = spread(loops.map((run) => run.guestMs));
  const factor = spread(loops.map((run) => run.guestMs / run.hostMs));
  const rows = slots.flatMap((figures) => [
    [`${SLOTS[figures.slot]} in → pending`, ...spreadCells(figures.plugToPendingMs)],
    [`its first part, the kernel's: in → block device`, ...spreadCells(figures.plugToBlockDeviceMs)],
    ['the rest: udev, agent, network, account', ...spreadCells(figures.blockDeviceToPendingMs)],
  ]);
  const machine = [
    ['*machine:* a fixed loop in Node, here', ...spreadCells(hostLoopMs)],
    ['*machine:* the same loop on the board', ...spreadCells(guestLoopMs)],
    ['*machine:* board / here (ratio)', ...spreadCells(factor)],
  ];
  const worth = slots.map(({ slot, blockDeviceToPendingMs }) => {
    const here = figure(blockDeviceToPendingMs.median / factor.median);
    return `${SLOTS[slot]} ${here} ms`;
  });
  return {
    figures: { slots, hostLoopMs, guestLoopMs, factor },
    body: `${METHOD}\n\n${table(['ms', ...SPREAD_HEAD], [...rows, ...machine])}\n\nThe rest divided by that ratio, as a hint of what it would be without the emulator: ${worth.join(', ')}.`,
  };
}

const METHOD = `A Debian with systemd, the kernel of Debian and the agent as its package installs it, in QEMU by software emulation, with
the account on the host. The same card goes into the USB port and into the SD slot by turns; the request is rejected and the card
pulled before the next. The clock starts before QEMU is told; the kernel's share ends with its line on the serial console, the
whole when a witness has read the row at the account's API (asked again after 2 ms). Beside it a fixed loop, by the same Node,
here and on the board.`;
