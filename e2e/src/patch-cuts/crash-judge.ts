import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createSwitchSite } from '@ewon-agent/agent/testing/switch-site';
import type { CrashImages } from '@ewon-agent/board-sim/qemu/crash-images';
import { filesOnDisk } from '../files-on-disk.ts';

/** Where the versions are on the disk of a board. */
const ON_DISK = '.versions';

export type CrashJudge = {
  /**
   * Has the switch of this machine, the same program, choose what is started of the disk as it was at so many of the points, each once with all and once
   * with a part of what was not flushed gone.
   * @returns the versions that were chosen, in the order of the points
   * @throws what an observer sees that must not be
   */
  judge(images: CrashImages, count: number, lands: () => boolean): Promise<readonly string[]>;
  remove(): void;
};

/**
 * @param entry that of the bundled switch
 * @param scratch a file for the disk as a cut leaves it
 */
export function crashJudge(entry: string, packaged: string, scratch: string): CrashJudge {
  const site = createSwitchSite(entry);
  site.setPackage(packaged);
  const { versionsDir, runDir } = site.places;
  const judgeOne = (when: string): string => {
    filesOnDisk(scratch, [], site.dir); // its journal is replayed
    rmSync(versionsDir, { recursive: true, force: true });
    rmSync(runDir, { recursive: true, force: true }); // in memory
    mkdirSync(runDir, { recursive: true });
    spawnSync('debugfs', ['-R', `rdump /${ON_DISK} "${dirname(versionsDir)}"`, scratch]);
    renameSync(join(dirname(versionsDir), ON_DISK), versionsDir);
    const { status, stderr } = site.run('start');
    if (status !== 0 || /damaged|nothing could be saved/.test(stderr)) throw new Error(`${when}: ${status} ${stderr}`);
    const left = site.left();
    if (left.length > 0) throw new Error(`${when}: ${left.join()} is left`);
    const { blessed, trial } = site.versions();
    const file = join(runDir, 'start');
    if (!existsSync(file)) return packaged;
    const slot = readFileSync(file, 'utf8').trim();
    const chosen = [trial, blessed].find((version) => version?.slot === slot);
    if (!chosen) throw new Error(`${when}: ${slot} is started, and is nothing that is known`);
    return chosen.version;
  };
  return {
    async judge({ points, makeImage }, count, lands) {
      const chosen: string[] = [];
      const every = Math.max(1, (points.length - 1) / (count - 1));
      for (let at = 0; Math.round(at) < points.length; at += every) {
        const point = points[Math.round(at)];
        if (!point) break;
        for (const part of [() => false, lands]) {
          await makeImage(point, part, scratch);
          chosen.push(judgeOne(`after ${point.flushed} writes and flushes`));
        }
      }
      return chosen;
    },
    remove: site.remove,
  };
}
