import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestCa } from '@ewon-agent/agent/testing/test-pki';
import { makeTufRepository, type TestRepository } from '@ewon-agent/agent/testing/tuf-repository';
import { startTufServer } from '@ewon-agent/agent/testing/tuf-server';
import { KIB, sha256Hex } from '@ewon-agent/contracts';
import { bundledProgram } from '@ewon-agent/e2e/bundles';
import type { Bench } from './bench.ts';
import type { PatchOrder } from './patch-child.ts';
import { floorMs } from './patch-floor.ts';
import { type PatchHeld, type PatchRound, patchAnswer } from './patch-page.ts';
import { openRauc, whyNoInstall } from './patch-rauc.ts';
import { bringByProcessMs, startPatchRunner } from './patch-runner.ts';
import { nothingMs } from './start.ts';

const RUNS = 30;
/** Memory is looked at in runs of their own, because that takes time. */
const MEMORY_RUNS = 10;
const PATCH_BYTES = 32 * 1024 * KIB;
const PATCH = 'patch.bin';

/** How long a patch takes from the repository to the disk, verified, beside RAUC with the same file; and what memory. */
export const patchBench: Bench = {
  name: 'patch',
  title: 'Patch of 32 MiB: verified and on the disk',
  about: `${RUNS} rounds of six ways, ${MEMORY_RUNS} of memory, about 2 minutes`,
  async run({ runs = RUNS }, say) {
    const dir = mkdtempSync(join(tmpdir(), 'ewon-bench-'));
    const closers: (() => Promise<void> | void)[] = [() => rmSync(dir, { recursive: true, force: true })];
    try {
      const file = randomBytes(PATCH_BYTES);
      const repository = repositoryOf(file);
      const directory = join(dir, 'card');
      repository.writeTo(directory);
      const ca = await createTestCa();
      const server = await startTufServer(repository.files, await ca.issue('none'));
      closers.push(() => server.close());
      const program = await bundledProgram(join(dir, 'program'), join(import.meta.dirname, 'patch-child.ts'));
      mkdirSync(join(dir, 'rauc'));
      const rauc = await openRauc(join(dir, 'rauc'), file);
      closers.push(() => rauc.close());
      const runner = startPatchRunner(program);
      closers.push(() => runner.close());

      const firstRoot = repository.firstRoot();
      const fromDirectory = (into: string): PatchOrder => ({ from: { directory }, firstRoot, into });
      const overHttps = (into: string): PatchOrder => ({ from: { base: server.base, ca: ca.pem }, firstRoot, into });
      const into = place(join(dir, 'into'));
      const target = join(directory, 'targets', `${sha256Hex(file)}.${PATCH}`);
      const why = whyNoInstall();
      const round = async (): Promise<PatchRound> => ({
        floorMs: await into((to) => floorMs(target, join(to, PATCH), sha256Hex(file))),
        directoryMs: await into((to) => runner.bringMs(fromDirectory(to))),
        ...(why === undefined && { installMs: await rauc.installMs() }),
        httpsMs: await into((to) => runner.bringMs(overHttps(to))),
        extractMs: await rauc.extractMs(),
        nodeMs: await nothingMs(),
        processMs: await into((to) => bringByProcessMs(program, fromDirectory(to))),
      });
      await round(); // what is compiled lazily is, the service of RAUC runs, and the files are in the page cache
      const rounds: PatchRound[] = [];
      for (let run = 1; run <= runs; run += 1) {
        rounds.push(await round());
        say(`round ${run} of ${runs}: ${JSON.stringify(rounds.at(-1))}`);
      }
      const held: PatchHeld[] = [];
      for (let run = 1; run <= Math.min(runs, MEMORY_RUNS); run += 1) {
        for (const [from, order] of [['directory', fromDirectory] as const, ['HTTPS', overHttps] as const]) {
          const fresh = startPatchRunner(program);
          for (const nth of ['first', 'second'] as const)
            held.push({ from, nth, ...(await into((to) => fresh.watched(order(to)))) });
          await fresh.close();
        }
        say(`memory ${run} of ${Math.min(runs, MEMORY_RUNS)}`);
      }
      return patchAnswer(rounds, held, { patchBytes: PATCH_BYTES, why });
    } finally {
      for (const close of closers.reverse()) await close();
    }
  },
};

/** A repository that offers nothing but this file. */
function repositoryOf(file: Buffer): TestRepository {
  const repository = makeTufRepository();
  repository.targets.clear();
  repository.put(PATCH, file);
  repository.publishAll();
  return repository;
}

/** An empty directory for each run, removed after it. */
function place(dir: string) {
  return async <T>(act: (dir: string) => Promise<T>): Promise<T> => {
    mkdirSync(dir);
    const done = await act(dir);
    rmSync(dir, { recursive: true });
    return done;
  };
}
