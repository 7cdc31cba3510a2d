import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '@ewon-agent/contracts/testing';
import { createOutboxSite, type OutboxSite } from './outbox-site.ts';

/** The calls by which something reaches the disk, or a file takes another's name. */
export const DISK_CALLS = ['pwrite64', 'fdatasync', 'fsync', 'ftruncate', 'rename', 'unlink'] as const;
export type DiskCall = (typeof DISK_CALLS)[number];

/** What the writer does at a point: sixteen groups on a new file, or the same after a page of a filled one was spoilt. */
export const SCENES = ['fresh', 'spoilt'] as const;
export type Scene = (typeof SCENES)[number];

const STEPS = 16;

/** A place for the scene. */
export function setScene(scene: Scene): OutboxSite {
  const site = createOutboxSite();
  if (scene === 'fresh') return site;
  site.writeHere(STEPS);
  site.check('before it is spoilt');
  site.spoil();
  return site;
}

/** Counts how often each call is made in a scene: so many points there are. */
export async function countCalls(scene: Scene): Promise<Readonly<Record<DiskCall, number>>> {
  const site = setScene(scene);
  const { log } = await writeTraced(site, `trace=${DISK_CALLS.join(',')}`);
  site.remove();
  const count = (call: DiskCall) => log.match(new RegExp(`\\b${call}\\(`, 'g'))?.length ?? 0;
  return {
    pwrite64: count('pwrite64'),
    fdatasync: count('fdatasync'),
    fsync: count('fsync'),
    ftruncate: count('ftruncate'),
    rename: count('rename'),
    unlink: count('unlink'),
  };
}

/** Kills the writer at the n-th call, checks, and lets another go on. */
export async function killedAt(scene: Scene, call: DiskCall, nth: number): Promise<void> {
  const what = `${scene}, killed at ${call} ${nth}`;
  const site = setScene(scene);
  const { run } = await writeTraced(site, `inject=${call}:signal=SIGKILL:when=${nth}`);
  if (run.isClosed) throw new Error(`${what}: there is no such call`);
  goesOn(site, what);
}

/** Lets the n-th call fail; what is answered must be true, and the next group goes in. */
export async function failedAt(scene: Scene, call: DiskCall, nth: number, errno: 'EIO' | 'ENOSPC'): Promise<void> {
  const what = `${scene}, ${errno} at ${call} ${nth}`;
  const site = setScene(scene);
  const { run, log } = await writeTraced(site, `inject=${call}:error=${errno}:when=${nth}`);
  if (!log.includes('(INJECTED)')) throw new Error(`${what}: there is no such call`);
  const { outcomes, stderr } = run;
  // a file that cannot be opened ends the writer with what SQLite says; the service manager starts it again
  const hasOpened = outcomes.length > 0;
  if (!hasOpened && !/SQLITE|disk|database|EIO|ENOSPC/i.test(stderr)) throw new Error(`${what}: ${stderr}`);
  if (hasOpened && (outcomes.length !== STEPS || stderr.includes('Error'))) throw new Error(`${what}: ${stderr}`);
  if (outcomes.filter((outcome) => outcome !== 'ok').length > 1) throw new Error(`${what}: ${outcomes.join()}`);
  goesOn(site, what);
}

function goesOn(site: OutboxSite, what: string): void {
  site.check(what);
  const outcomes = site.writeHere(2).join();
  if (outcomes !== 'ok,ok') throw new Error(`${what}, and then: ${outcomes}`);
  site.check(`${what}, and then`);
  site.remove();
}

/** Runs the writer under strace, which does to it what the expression says. */
async function writeTraced(site: OutboxSite, expression: string) {
  const file = join(tmpdir(), `outbox-calls-${process.pid}`);
  const calls = expression.replace(/^\w+=/, '').split(':')[0];
  const inject = expression.startsWith('inject=') ? ['-e', expression] : [];
  // not --seccomp-bpf, which is faster: with it strace 6.1 injects nothing
  const strace = [findProgram('strace') ?? '', '-f', '-qq', '-o', file, '-e', `trace=${calls}`, ...inject];
  const run = await site.write(strace, { steps: STEPS });
  const log = readFileSync(file, 'utf8');
  rmSync(file);
  return { run, log };
}
