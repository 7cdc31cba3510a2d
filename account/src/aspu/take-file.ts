import { createHash } from 'node:crypto';
import { createReadStream, rmSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unfinishedBeside } from './files.ts';

export type TakenFile = { readonly file: string; readonly length: number; readonly sha256: string };

/**
 * Copies a file into a folder, under a name that is swept away when nobody takes it from there. What it resolves with is on the disk.
 * @param onBytes told how many bytes are done
 * @throws what the file system says
 */
export async function takeFile(
  from: string,
  folder: string,
  onBytes: (bytes: number) => void = () => {},
): Promise<TakenFile> {
  const file = unfinishedBeside(join(folder, 'x'));
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const hash = createHash('sha256');
  let length = 0;
  const to = await open(file, 'wx', 0o600);
  try {
    for await (const piece of createReadStream(from, { highWaterMark: 1024 * 1024 })) {
      hash.update(piece);
      await to.write(piece);
      length += piece.length;
      onBytes(length);
    }
    await to.sync();
  } catch (cause) {
    rmSync(file, { force: true });
    throw cause;
  } finally {
    await to.close();
  }
  return { file, length, sha256: hash.digest('hex') };
}
