import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

// What is costly to make is kept in directories that are named by a hash of all they were made of.

/**
 * Makes a directory with all that belongs into it, or none; nothing when it is there already, or when another process
 * makes it meanwhile, which is waited for.
 * @param keep how many of its siblings stay, those that were used last
 */
export async function kept(dir: string, keep: number, make: (making: string) => Promise<void>): Promise<void> {
  for (;;) {
    const now = new Date();
    if (await isThere(dir)) return utimes(dir, now, now); // used last, removed last
    const making = `${dir}.${process.pid}`;
    await rm(making, { recursive: true, force: true });
    await mkdir(making, { recursive: true });
    if (await isMadeByAnother(dir)) {
      await rm(making, { recursive: true, force: true });
      await setTimeout(LOOK_EVERY_MS);
      continue;
    }
    try {
      await make(making);
      await rename(making, dir);
    } catch (error) {
      await rm(making, { recursive: true, force: true });
      if (!(await isThere(dir))) throw error; // somebody else has made the same meanwhile
    }
    return removeOldest(dirname(dir), keep);
  }
}

const LOOK_EVERY_MS = 500;

/** Of two that begin at one moment, the older process goes on. */
async function isMadeByAnother(dir: string): Promise<boolean> {
  const makers = (await readdir(dirname(dir))).filter((name) => name.startsWith(`${basename(dir)}.`)).map(makerOf);
  return makers.some((pid) => pid !== undefined && pid < process.pid);
}

/** The process that makes a directory of this name; undefined for one that is made, or whose maker has ended. */
function makerOf(name: string): number | undefined {
  const pid = Number(/\.(\d+)$/.exec(name)?.[1]);
  return pid > 0 && isRunning(pid) ? pid : undefined;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's
  }
}

/** A hash over the contents of files, and of all files in directories, and of a text. */
export async function keyOf(paths: readonly string[], text: string): Promise<string> {
  const hash = createHash('sha256').update(text);
  for (const path of paths) {
    const entries = (await stat(path)).isDirectory() ? await filesIn(path) : [path];
    for (const entry of entries) hash.update(`\n${entry.slice(path.length)}\n`).update(await readFile(entry));
  }
  return hash.digest('hex').slice(0, 16);
}

async function removeOldest(dir: string, keep: number): Promise<void> {
  const names = (await readdir(dir)).filter((name) => makerOf(name) === undefined);
  const dated = await Promise.all(names.map(async (name) => ({ name, atMs: (await stat(join(dir, name))).mtimeMs })));
  const old = dated.toSorted((a, b) => b.atMs - a.atMs).slice(keep);
  await Promise.all(old.map(({ name }) => rm(join(dir, name), { recursive: true, force: true })));
}

async function filesIn(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
