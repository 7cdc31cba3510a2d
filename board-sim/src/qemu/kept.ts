import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, readlink, rename, rm, stat, symlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

// What is costly to make is kept in directories that are named by a hash of all they were made of.

/**
 * Makes a directory with all that belongs into it, or none; nothing when it is there already, or when another process
 * makes it meanwhile, which is waited for.
 * @param keep how many of its siblings stay, those that were used last
 */
export async function kept(dir: string, keep: number, make: (making: string) => Promise<void>): Promise<void> {
  const claim = `${dir}${CLAIM}`;
  await mkdir(dirname(dir), { recursive: true });
  for (;;) {
    const now = new Date();
    if (await isThere(dir)) return utimes(dir, now, now); // used last, removed last
    if (await isClaimed(claim)) break;
    await setTimeout(LOOK_EVERY_MS);
  }
  const making = `${dir}.${process.pid}`;
  try {
    await rm(making, { recursive: true, force: true });
    await mkdir(making);
    await make(making);
    await rename(making, dir);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    if (!(await isThere(dir))) throw error; // somebody else has made the same meanwhile
  } finally {
    await rm(claim, { force: true });
  }
  await removeOldest(dirname(dir), keep);
}

/** A link that leads to the number of the process which makes the directory: it is there with its contents, or not at all. */
const CLAIM = '.maker';
const LOOK_EVERY_MS = 500;

/** Takes the making for this process, also from one that has ended. @returns false while another one makes it */
async function isClaimed(claim: string): Promise<boolean> {
  try {
    await symlink(String(process.pid), claim);
    return true;
  } catch {
    const maker = Number(await readlink(claim).catch(() => 0));
    if (!isRunning(maker)) await rm(claim, { force: true });
    return false;
  }
}

/** Tells whether a directory is being made, or is what somebody claims. */
function isOfMaker(name: string): boolean {
  return name.endsWith(CLAIM) || isRunning(Number(/\.(\d+)$/.exec(name)?.[1]));
}

function isRunning(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
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
  const names = (await readdir(dir)).filter((name) => !isOfMaker(name));
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
