import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '@ewon-agent/contracts';
import { assert, findProgram } from '@ewon-agent/contracts/testing';
import { tufFiles } from '../adapters/tuf-saved.ts';
import { makeTufRepository, PATCH_CUSTOM } from './tuf-repository.ts';
import { lookForPatches, openTufIn } from './tuf-writer.ts';

const WRITER = new URL('./tuf-writer.ts', import.meta.url).pathname;

/** The calls by which something of a repository reaches the disk, or a file takes another's name. */
export const TUF_CALLS = ['write', 'pwrite64', 'fsync', 'fdatasync', 'ftruncate', 'rename', 'unlink', 'mkdir'] as const;
export type TufCall = (typeof TUF_CALLS)[number];
/** `first`: nothing is known of the repository; `next`: an older state of it is trusted, and its root was rotated since. */
export const TUF_SCENES = ['first', 'next'] as const;
export type TufScene = (typeof TUF_SCENES)[number];

/** What is kept of the repository is written by the main thread, a patch by the other: strace counts the calls of each. */
export const TUF_PLACES = ['tuf', 'patches'] as const;
export type TufPoint = {
  readonly scene: TufScene;
  readonly place: (typeof TUF_PLACES)[number];
  readonly call: TufCall;
  readonly nth: number;
};

const BYTES = Buffer.from(Uint32Array.from({ length: 600_000 }, (_, i) => i * 7919).buffer);

/** Makes a device and a card, and says what must hold after any end of a writer on them. */
async function setScene(scene: TufScene) {
  const dir = mkdtempSync(join(tmpdir(), 'tuf-points-'));
  const card = join(dir, 'card');
  const repo = makeTufRepository();
  const anchor = repo.firstRoot();
  if (scene === 'next') {
    repo.writeTo(card);
    await lookForPatches(openTufIn(dir, card, anchor, assert.fail), () => {});
  }
  repo.rotate('timestamp', 'snapshot');
  repo.put('firmware-15.0s3.bin', BYTES, { ...PATCH_CUSTOM, version: '15.0s3' });
  repo.publishAll();
  repo.writeTo(card);
  return {
    dir,
    args: [WRITER, dir, card, anchor],
    /** The old set or the new one; the new one where that was answered. Then it goes on, and nothing is left over. */
    async check(what: string, lines: readonly string[]) {
      const { trust, floors } = tufFiles(join(dir, 'tuf'), ({ code }) => assert.fail(`${what}: ${code}`)).load();
      const versions = trust?.read && [trust.read.held.root, trust.read.held.targets].join();
      const may = lines.includes('refresh ok 2 2') ? ['2,2'] : [scene === 'next' ? '1,1' : undefined, '2,2'];
      assert.ok(may.includes(versions), `${what}: trusts ${versions}`);
      if (versions === '2,2') assert.equal(floors?.floors.snapshot?.meta['targets.json'], 2, what);
      const after: string[] = [];
      await lookForPatches(
        openTufIn(dir, card, anchor, (code) => assert.fail(`${what}: ${code}`)),
        (line) => after.push(line),
      );
      assert.deepEqual(after, ['refresh ok 2 2', 'download ok', 'closed'], what);
      assert.deepEqual(readdirSync(join(dir, 'tuf')).sort(), ['first-root', 'floors', 'trusted'], what);
      const patches = readdirSync(join(dir, 'patches'));
      const whole = patches.map((name) => readFileSync(join(dir, 'patches', name)));
      assert.ok(whole.some((bytes) => bytes.equals(BYTES)) && !patches.some((name) => name.includes('.')), what);
    },
    remove: () => rmSync(dir, { recursive: true }),
  };
}

/** Finds the points: each call in each scene. */
export async function findTufPoints(): Promise<TufPoint[]> {
  const scenes = TUF_SCENES.flatMap((scene) => TUF_PLACES.map((place) => ({ scene, place })));
  const found = await Promise.all(
    scenes.map(async ({ scene, place }) => {
      const site = await setScene(scene);
      const { log } = await traced(site, place, `trace=${TUF_CALLS.join(',')}`);
      await site.check(`${scene}, undisturbed`, ['refresh ok 2 2']);
      site.remove();
      return TUF_CALLS.flatMap((call) => {
        const count = log.match(new RegExp(`\\b${call}\\(`, 'g'))?.length ?? 0;
        return Array.from({ length: count }, (_, i): TufPoint => ({ scene, place, call, nth: i + 1 }));
      });
    }),
  );
  return found.flat();
}

/** Kills the writer at the n-th call, or lets that call fail, and checks. */
export async function disturbedAt(point: TufPoint, how: 'SIGKILL' | 'EIO' | 'ENOSPC'): Promise<void> {
  const { scene, place, call, nth } = point;
  const what = `${scene}, ${how} at ${call} ${nth} in ${place}`;
  const site = await setScene(scene);
  const does = how === 'SIGKILL' ? 'signal=SIGKILL' : `error=${how}`;
  const { lines, log, stderr } = await traced(site, place, `inject=${call}:${does}:when=${nth}`);
  if (!(how === 'SIGKILL' ? log.includes('killed by SIGKILL') : log.includes('(INJECTED)')))
    throw new Error(`${what}: there is no such call`);
  if (how !== 'SIGKILL') assert.equal(lines.at(-1), 'closed', `${what}: ${stderr}`); // it was answered, not thrown
  const isFull = how === 'ENOSPC' && place === 'patches';
  if (isFull) assert.ok(lines.includes('download PATCH_NO_ROOM'), `${what}: ${lines}`);
  if (how !== 'SIGKILL' && place === 'tuf') assert.ok(lines.includes('refresh STATE_UNWRITABLE'), `${what}: ${lines}`);
  await site.check(what, lines);
  site.remove();
}

type Run = { readonly lines: readonly string[]; readonly log: string; readonly stderr: string };

/** Runs the writer under strace, which does to it what the expression says: only to files of the device, not to its own output. */
async function traced(
  { dir, args }: { readonly dir: string; readonly args: readonly string[] },
  place: TufPoint['place'],
  expression: string,
): Promise<Run> {
  const file = join(dir, 'calls');
  const calls = expression.replace(/^\w+=/, '').split(':')[0];
  const inject = expression.startsWith('inject=') ? ['-e', expression] : [];
  const only = pathsIn(dir, place).flatMap((path) => ['-P', path]);
  // not --seccomp-bpf, which is faster: with it strace 6.1 injects nothing
  const strace = ['-f', '-qq', '-o', file, '-e', `trace=${calls}`, ...inject, ...only];
  const child = spawn(findProgram('strace') ?? '', [...strace, process.execPath, ...args], {
    stdio: 'pipe',
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  await new Promise((ended) => child.once('close', ended));
  const log = readFileSync(file, 'utf8');
  rmSync(file);
  return { lines: stdout.trim().split('\n'), log, stderr };
}

function pathsIn(dir: string, place: TufPoint['place']): string[] {
  const saved = ['trusted', 'floors', 'first-root'].flatMap((name) => [`tuf/${name}`, `tuf/${name}.new`]);
  const brought = ['patches', `patches/${sha256Hex(BYTES)}`, `patches/${sha256Hex(BYTES)}.part`];
  const names = place === 'tuf' ? ['tuf', 'tuf/scratch', 'tuf/scratch/root.json', ...saved] : brought;
  return names.map((name) => join(dir, name));
}
