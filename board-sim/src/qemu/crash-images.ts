import { open, readFile } from 'node:fs/promises';
import { describeFault } from '@ewon-agent/contracts';
import { type CrashPoint, crashPoints, type DiskStep, readSteps } from '../core/write-log.ts';
import type { DiskRecord } from './disks.ts';
import { runTool } from './run-tool.ts';

/** What was recorded of a disk, and what a power cut would have left of it at each moment. */
export type CrashImages = {
  /** In the order in which they came. */
  readonly points: readonly CrashPoint[];
  /**
   * Makes the disk as a power cut leaves it. Points must be asked for in their order, each as often as wanted.
   * @param lands asked for each sector of 512 bytes that was written and not flushed, whether it is on the disk
   * @param path where the image is written
   */
  makeImage(point: CrashPoint, lands: () => boolean, path: string): Promise<void>;
};

const SECTOR_BYTES = 512;

/** Opens a record of which nothing is written any more, and keeps the disk as it goes along beside it. Rejects when it is none. */
export async function openCrashImages({ base, log }: DiskRecord): Promise<CrashImages> {
  const read = readSteps(await readFile(log));
  if (!read.ok) throw new Error(`${log}: ${describeFault(read.fault)}`);
  const steps = read.value;
  const disk = `${base}.now`;
  await runTool('cp', ['--sparse=always', base, disk]);
  let done = 0;
  return {
    points: crashPoints(steps),
    async makeImage(point, lands, path) {
      if (point.flushed < done) throw new Error('this is a bug: the disk does not go back');
      await write(disk, steps.slice(done, point.flushed), () => true);
      done = point.flushed;
      await runTool('cp', ['--sparse=always', disk, path]);
      await write(path, steps.slice(done, point.next), lands);
    },
  };
}

async function write(path: string, steps: readonly DiskStep[], lands: () => boolean): Promise<void> {
  const image = await open(path, 'r+');
  try {
    for (const step of steps) {
      if (step.does === 'flush') continue;
      const { data, offsetBytes } = step;
      for (let at = 0; at < data.length; at += SECTOR_BYTES)
        if (lands()) await image.write(data, at, SECTOR_BYTES, offsetBytes + at);
    }
  } finally {
    await image.close();
  }
}
