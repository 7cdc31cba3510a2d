import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundledAgent } from '@ewon-agent/e2e/bundles';
import { serialOf, startAgentBoard, untilWatching } from './agent-board.ts';
import type { Bench } from './bench.ts';
import { register } from './register.ts';
import { openStage } from './stage.ts';
import { type StartRun, startAnswer } from './start-page.ts';
import { createWitness } from './witness.ts';

const RUNS = 20;

/** How long the agent takes from its start to watching its slots, and to being online. */
export const startBench: Bench = {
  name: 'start',
  title: 'Start: from nothing to watching, and to online',
  about: `${RUNS} starts of each kind, about 1 minute`,
  async run({ runs = RUNS }, say) {
    const dir = mkdtempSync(join(tmpdir(), 'ewon-bench-'));
    const closers: (() => Promise<void> | void)[] = [() => rmSync(dir, { recursive: true, force: true })];
    try {
      const agent = await bundledAgent(join(dir, 'agent'));
      const stage = await openStage('embedded', join(dir, 'stage'));
      closers.push(() => stage.close());
      const witness = await createWitness(stage.account.api);
      closers.push(() => witness.close());
      const serial = serialOf(1);
      const onBoard = await startAgentBoard(join(dir, 'board'), serial, agent);
      closers.push(() => onBoard.board.stop());
      await register({ onBoard, stage, witness, serial });
      await onBoard.board.slots.sd0.remove();
      await onBoard.board.power.cut(); // the agent is gone; the Ewon beside it goes on answering

      const done: StartRun[] = [];
      for (let run = 1; run <= runs; run++) {
        const stateDir = join(dir, `first-${run}`);
        const config = configWith(onBoard.configFile, stateDir, join(dir, `first-${run}.json`));
        done.push({
          nodeMs: await nothingMs(),
          firstWatchingMs: (await started({ agent, config, stateDir, until: 'watching' })).watchingMs,
          ...(await started({ agent, config: onBoard.configFile, stateDir: onBoard.stateDir, until: 'online' })),
        });
        say(`start ${run} of ${runs}`);
      }
      return startAnswer(done);
    } finally {
      for (const close of closers.reverse()) await close();
    }
  },
};

function configWith(configFile: string, stateDir: string, file: string): string {
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(configFile, 'utf8')), stateDir }));
  return file;
}

/** Starts Node for nothing. @returns milliseconds */
export async function nothingMs(): Promise<number> {
  const from = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - from;
}

type Start = {
  readonly agent: string;
  readonly config: string;
  readonly stateDir: string;
  readonly until: 'watching' | 'online';
};

/** Starts the agent, waits until it is so far, and ends it in good order. */
async function started({ agent, config, stateDir, until }: Start): Promise<{ watchingMs: number; onlineMs: number }> {
  const from = performance.now();
  const child = spawn(process.execPath, [agent, 'run', '--config', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  const online = new Promise<number>((done) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (line.includes('"UPLINK_ONLINE"')) done(performance.now() - from);
    });
  });
  const early = exited.then(() => Promise.reject(new Error(`the agent ended before it was ${until}`)));
  const watchingMs = await Promise.race([untilWatching(stateDir).then(() => performance.now() - from), early]);
  const onlineMs = until === 'online' ? await Promise.race([online, early]) : Number.NaN;
  early.catch(() => {}); // from here on it is we who end it
  child.kill('SIGTERM');
  await exited;
  return { watchingMs, onlineMs };
}
