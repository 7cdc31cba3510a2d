import type { QemuBoard } from '@ewon-agent/board-sim/qemu/controls';
import type { Hands, StageTime } from '@ewon-agent/board-sim/scenario/stage';
import type { Millis } from '@ewon-agent/contracts';
import type { MediumFiles } from './medium-files.ts';

/** A read is over by then. */
const PULLED_MS = 10_000;

const pause = (ms: Millis) => new Promise((resolve) => setTimeout(resolve, ms));

/** What a hand does at the board with a real kernel. */
export function boardHands(board: QemuBoard, media: MediumFiles, time: StageTime) {
  const { usb1 } = board.slots;
  let booting: Promise<unknown> = Promise.resolve();
  const slotOf = (slot: string) => {
    if (slot === 'sd0' || slot === 'usb1' || slot === 'usb2') return board.slots[slot];
    throw new Error(`the board has no slot ${slot}`);
  };
  const insert = async (slot: string, card: string, pullAfterReads?: number) => {
    const { path, readOnly, badSectors, stallsAtSector: stallAtSector } = media.of(card);
    const pull = pullAfterReads === undefined ? {} : { pullAfterReads };
    const stall = stallAtSector === undefined ? {} : { stallAtSector };
    await slotOf(slot).insert(path, { readOnly, badSectors, ...stall, ...pull });
  };
  const guest = async (command: string) => {
    await booting;
    const { status, stderr } = await board.guest.run(command);
    if (status !== 0) throw new Error(`${command}: ${stderr.trim()}`);
  };
  /** A hand at a switch does not wait; what goes wrong is told by the first step that needs the board. */
  const switchOn = () => {
    booting = board.power.on();
    booting.catch(() => {});
  };
  return {
    insert: ({ slot, card }) => insert(slot, card),
    replace: ({ slot, card }) => insert(slot, card),
    remove: ({ slot }) => slotOf(slot).remove(),
    async flap({ slot, card, times, everyMs }) {
      const beganMs = time.now(); // by the board's time, or a slow one would have more of it
      const at = (ms: Millis) => time.wait(Math.max(0, beganMs + ms - time.now()));
      for (let plug = 0; plug < times; plug++) {
        await insert(slot, card);
        if (plug === times - 1) return;
        await at((plug + 0.5) * everyMs);
        await slotOf(slot).remove();
        await at((plug + 1) * everyMs);
      }
    },
    async insertAndPull({ slot, card, atRead }) {
      await insert(slot, card, atRead - 1);
      // a small card that the kernel has read ahead of is read whole in fewer reads: then it is pulled afterwards
      const untilMs = performance.now() + PULLED_MS;
      while (slotOf(slot).medium !== undefined && performance.now() < untilMs) await pause(20);
      await slotOf(slot).remove();
    },
    stall: async ({ slot }) => (slot === 'usb2' ? board.slots.usb2 : usb1).stall(),
    resume: async ({ slot }) => (slot === 'usb2' ? board.slots.usb2 : usb1).resume(),
    keyboard: () => usb1.plugKeyboard(),
    powerCut: () => board.power.cut(),
    powerOn: async () => switchOn(),
    async reboot() {
      await board.power.cut();
      switchOn();
    },
    keepDisk: () => board.disk.keep(),
    restoreDisk: () => board.disk.restore(),
    wan: ({ is }) => board.wan[is](),
    clock: ({ jumpMs }) => guest(`date -u -s "@$(($(date +%s) + ${Math.round(jumpMs / 1000)}))"`),
    freezeAgent: () => guest('systemctl kill --signal=STOP --kill-who=main ewon-agent.service'),
    forget: () => guest('ewon-agent forget'),
  } satisfies Hands;
}
