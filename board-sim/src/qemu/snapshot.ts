import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MINUTE_MS } from '@ewon-agent/contracts';
import { assembleBoard } from './assemble.ts';
import type { BoardImage } from './build-image.ts';
import { qemuArguments } from './command-line.ts';
import { type GivenFiles, layDisks } from './disks.ts';
import { kept, keyOf } from './kept.ts';
import { runTool } from './run-tool.ts';

/** A board that has booted, with the disk that belongs to what it has in memory. None of the files is ever written. */
export type Snapshot = { readonly state: string; readonly data: string };

/** Those of tests that run at a time, of the scenarios, of whoever plays: what one of them uses, another must not remove. */
const KEPT_SNAPSHOTS = 6;
/** So that what has to settle after the boot has time for it even where the machine has other things to do. */
const SETTLED_MS = 10 * MINUTE_MS;
const SETTLED =
  'systemctl is-system-running --wait; systemctl is-active board-config board-network board-watch var-lib-ewon\\x2dagent.mount';

/**
 * Boots a board and saves it when all its services have started, or answers what was saved of the same before. What is
 * restored from it are twins: the agent has the same device key in all of them, and draws the same random numbers.
 */
export async function snapshotOf(
  image: BoardImage,
  files: GivenFiles,
  time: 'host' | 'board' | undefined,
  tell: (step: string) => void,
): Promise<Snapshot> {
  const version = (await runTool('qemu-system-x86_64', ['--version'])).toString(); // a state is of one version only
  const sameFor = {
    image: { kernel: '', initramfs: '', root: '' },
    disks: { data: '', config: '' },
    from: 'boot',
    time,
  } as const;
  const madeOf = JSON.stringify([image.key, files, version, qemuArguments(sameFor)]);
  const dir = join(image.outDir, 'snapshots', await keyOf([], madeOf));
  await kept(dir, KEPT_SNAPSHOTS, async (making) => {
    tell('booting a board to save its state');
    const place = await mkdtemp(join(tmpdir(), 'qemu-board-'));
    const disks = await layDisks(place, image.data, files);
    const { board, save } = await assembleBoard({ image, dir: place, disks, time });
    try {
      await board.power.on();
      // an agent that does not start with the files it was given is worth saving; a board that has not booted well is not
      const { status, stdout } = await board.guest.run(SETTLED, SETTLED_MS);
      if (status !== 0) throw new Error(`the board did not boot well: ${stdout.trim()}`);
      await save(join(making, 'state.zst'));
      await runTool('cp', ['--sparse=always', disks.data, join(making, 'data.img')]);
    } finally {
      await board.stop();
      await rm(place, { recursive: true, force: true });
    }
  });
  return { state: join(dir, 'state.zst'), data: join(dir, 'data.img') };
}
