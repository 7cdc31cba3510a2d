import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startQemuBoard } from '@ewon-agent/board-sim/qemu/board';
import { type BoardImage, buildBoardImage } from '@ewon-agent/board-sim/qemu/build-image';
import type { DiskRecord } from '@ewon-agent/board-sim/qemu/disks';
import { configFor } from './qemu-config.ts';
import type { QemuGround } from './qemu-stage.ts';

const ROOT = join(import.meta.dirname, '../../..');
const DEFAULT_FILES = configFor({});

export type GroundOptions = {
  /** The agent's Debian package; built unless told. */
  readonly debPath?: string;
  /** Tells what is being done, for a person who waits. */
  readonly tell: (step: string) => void;
};

/** Prepares what boards are started from: the agent's Debian package, installed on a Debian with its own kernel. */
export async function prepareQemuGround({ debPath, tell }: GroundOptions): Promise<QemuGround> {
  const image = debPath ? await buildBoardImage({ debPath, tell }) : await buildOwnImage(tell);
  tell('saving a board on which the agent has started');
  const start = (record?: DiskRecord) =>
    startQemuBoard({ image, files: DEFAULT_FILES, time: 'board', ...(record ? { record } : {}) });
  await (await start()).stop();
  return {
    async freshBoard(files, record) {
      const board = await start(record);
      // one saved board serves all: what differs is given to it afterwards
      if (JSON.stringify(files) !== JSON.stringify(DEFAULT_FILES)) await board.configure(files);
      return board;
    },
  };
}

/** The package is only needed until it is installed; a folder of its own, because others may build theirs at the same time. */
async function buildOwnImage(tell: (step: string) => void): Promise<BoardImage> {
  const out = await mkdtemp(join(tmpdir(), 'board-package-'));
  try {
    return await buildBoardImage({ debPath: await buildPackage(out, tell), tell });
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

async function buildPackage(out: string, tell: (step: string) => void): Promise<string> {
  tell('building the Debian package of the agent');
  const words = [join(ROOT, 'packaging/package.ts'), '--arch', 'amd64', '--quick', '--out', out];
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: ROOT });
  const path = stdout.split('\n').find((line) => line.endsWith('.deb')); // beside it, the patch to this version
  return resolve(ROOT, path ?? '');
}
