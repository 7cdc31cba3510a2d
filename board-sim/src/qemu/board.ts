import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Millis } from '@ewon-agent/contracts';
import { assembleBoard } from './assemble.ts';
import type { BoardImage } from './build-image.ts';
import type { ConsoleLine, QemuBoard, QemuBoardEvent } from './controls.ts';
import { type DiskRecord, type GivenFiles, layDisks } from './disks.ts';
import { snapshotOf } from './snapshot.ts';

export type QemuBoardOptions = {
  readonly image: BoardImage;
  /** What the host gives for /etc/ewon-agent, such as `config.json`. */
  readonly files?: GivenFiles;
  /**
   * `snapshot`: goes on from a board with the same image and files that had booted, and is made when there is none;
   * `boot`: boots (ten seconds or more); `off`: has no power yet, so that cards can be put in before.
   */
  readonly start?: 'snapshot' | 'boot' | 'off';
  /** Whose time goes by: this machine's unless told, or the board's own, which does not notice how busy this machine is. */
  readonly time?: 'host' | 'board';
  /** What the wall clock shows when the power comes, each time: a board without a battery. Not with `snapshot`. */
  readonly clockMs?: Millis;
  /** Records what the board writes to its disk until its power is cut: QEMU begins a log anew with each power on. */
  readonly record?: DiskRecord;
  /** Is told each line of the console, and each event. */
  readonly tell?: (told: ConsoleLine | QemuBoardEvent) => void;
};

/**
 * Starts a board with a data disk of its own, from a snapshot unless told. Resolves when it runs commands. Needs the
 * Debian packages qemu-system-x86 and zstd.
 */
export async function startQemuBoard(options: QemuBoardOptions): Promise<QemuBoard> {
  const { image, files = {}, start = 'snapshot', clockMs, time, record, tell } = options;
  const snapshot = start === 'snapshot' ? await snapshotOf(image, files, time, () => {}) : undefined;
  const dir = await mkdtemp(join(tmpdir(), 'qemu-board-')); // a short path: there is a socket in it
  const disks = await layDisks(dir, snapshot?.data ?? image.data, files, record);
  const { board, restore } = await assembleBoard({ image, dir, disks, clockMs, time, tell });
  const whole: QemuBoard = {
    ...board,
    async stop() {
      await board.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
  try {
    if (snapshot) await restore(snapshot.state);
    if (start === 'boot') await board.power.on();
    return whole;
  } catch (error) {
    await whole.stop();
    throw error;
  }
}
