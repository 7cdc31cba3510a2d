import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from './run-tool.ts';

/** What the host gives for /etc/ewon-agent, by file name. */
export type GivenFiles = Readonly<Record<string, string>>;

/** The disks of one board, in its directory. */
export type BoardDisks = {
  /** All that the board writes. */
  readonly data: string;
  /** The files that the host gives. */
  readonly config: string;
  /** Where each write to the data disk is recorded, when it is. */
  readonly log?: string | undefined;
};

/** What is recorded of a data disk: as it was at first, and each write and flush since, which core/write-log.ts reads. */
export type DiskRecord = { readonly base: string; readonly log: string };

/** A disk whose size never changes: a saved state remembers it. */
const CONFIG_DISK_BYTES = 256 * 1024;

/** Gives a board a disk of its own, a copy of another that stays as it is. */
export async function layDisks(dir: string, data: string, files: GivenFiles, record?: DiskRecord): Promise<BoardDisks> {
  const disks = { data: join(dir, 'data.img'), config: join(dir, 'config.img'), log: record?.log };
  await runTool('cp', ['--sparse=always', data, disks.data]);
  if (record) {
    await runTool('cp', ['--sparse=always', data, record.base]);
    await writeFile(record.log, '');
  }
  await giveFiles(disks, files);
  return disks;
}

/** Keeps a copy of the disk that the board writes. */
export async function keepDisk({ data }: BoardDisks): Promise<void> {
  await runTool('cp', ['--sparse=always', data, `${data}.kept`]);
}

/** Puts the copy of {@link keepDisk} in the place of the disk. */
export async function restoreDisk({ data }: BoardDisks): Promise<void> {
  await runTool('cp', ['--sparse=always', `${data}.kept`, data]);
}

/** Writes the files as a tar archive without a file system, over the same file as before: a running QEMU has it open. */
export async function giveFiles({ config }: BoardDisks, files: GivenFiles): Promise<void> {
  const place = `${config}.files`;
  await rm(place, { recursive: true, force: true });
  await mkdir(place);
  for (const [name, text] of Object.entries(files)) await writeFile(join(place, name), text);
  const names = Object.keys(files).sort();
  const what = names.length > 0 ? ['--', ...names] : ['--files-from=/dev/null'];
  const archive = await runTool('tar', ['-C', place, '--owner=0', '--group=0', '--mode=0644', '-cf', '-', ...what]);
  if (archive.length > CONFIG_DISK_BYTES) throw new Error(`more than ${CONFIG_DISK_BYTES} bytes for /etc/ewon-agent`);
  await writeFile(config, Buffer.concat([archive, Buffer.alloc(CONFIG_DISK_BYTES - archive.length)]));
}
