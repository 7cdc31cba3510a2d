import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { outboxPath } from '@ewon-agent/agent/cli/places';
import { eventually } from '@ewon-agent/contracts/suites/assertions';
import { acceptMessages } from '@ewon-agent/e2e/accept-messages';
import { type BoardWithAgent, startBoardWithAgent } from '@ewon-agent/e2e/board-with-agent';
import { commission } from '@ewon-agent/e2e/commission';
import type { Bench } from './bench.ts';
import { bridgeWithBacklog } from './drain-bridge.ts';
import { DRAIN_WINDOW, type Drained } from './drain-child.ts';
import { type DrainRun, drainAnswer } from './drain-page.ts';
import { doingOf } from './proc.ts';
import { BROKERS, openStage, type Stage } from './stage.ts';

const RUNS = 7;
const COUNT = 20_000;
const WAIT = { what: 'all at the account', timeoutMs: 120_000 };

/** How fast a backlog is at the account, beside MQTT.js with the same window and no disk, and a bridge of Mosquitto. */
export const drainBench: Bench = {
  name: 'drain',
  title: 'Drain: a backlog → acknowledged by the broker, and committed at the account',
  about: `${RUNS} backlogs of ${COUNT} messages for each broker and peer, about 6 minutes`,
  async run({ runs = RUNS }, say) {
    const done: DrainRun[] = [];
    for (const broker of BROKERS) {
      const dir = mkdtempSync(join(tmpdir(), 'ewon-bench-'));
      const stage = await openStage(broker, dir);
      try {
        const configured = { url: stage.account.deviceUrl, caFile: stage.account.ca };
        const onBoard = await startBoardWithAgent({ dir: join(dir, 'board'), account: configured });
        await commission(onBoard, stage.account, stage.card);
        const account = watchAccount(stage);
        for (let run = 1; run <= runs; run++) {
          const measured = await drainOnce({ dir, onBoard, account, name: `${broker}-${run}` });
          done.push({ broker, ...measured });
          say(`${broker}, run ${run} of ${runs}: ${JSON.stringify(measured)}`);
        }
        account.close();
        await onBoard.board.stop();
      } finally {
        await stage.close();
        rmSync(dir, { recursive: true, force: true });
      }
    }
    return drainAnswer(done, DRAIN_WINDOW);
  },
};

type Place = {
  readonly dir: string;
  readonly onBoard: BoardWithAgent;
  readonly account: ReturnType<typeof watchAccount>;
  readonly name: string;
};

/** All of them once, one after the other. The agent is off while another connects as its device. */
async function drainOnce({ dir, onBoard, account, name }: Place): Promise<Omit<DrainRun, 'broker'>> {
  const { board, stateDir } = onBoard;
  const outbox = outboxPath(stateDir);
  await board.power.cut();
  const { length: count } = await acceptMessages(outbox, COUNT);
  const agent = await account.taking(count, () => board.power.on());
  await onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online');
  await board.power.cut();

  const { length: again } = await acceptMessages(outbox, COUNT);
  const agentToPuback = await account.taking(again, () => drainChild('agent', stateDir));
  const bareToPuback = await account.taking(count, () => drainChild('bare', stateDir, String(count), `bare-${name}`));
  const bridge = await bridgeWithBacklog(join(dir, 'bridge'), stateDir, { count, epoch: `bridge-${name}` });
  try {
    const bridged = await account.taking(count, () => bridge.begin());
    return {
      count,
      agentMs: agent.tookMs,
      bareMs: bareToPuback.tookMs,
      bridgeMs: bridged.tookMs,
      accountCpuMs: agent.accountCpuMs,
      agentToPuback: agentToPuback.answer,
      bareToPuback: bareToPuback.answer,
    };
  } finally {
    await bridge.stop();
  }
}

/** Runs one drain in a process of its own. */
async function drainChild(...args: readonly string[]): Promise<Drained> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(import.meta.dirname, 'drain-child.ts'),
    ...args,
  ]);
  return JSON.parse(stdout);
}

/** Looks into the account's database: how long it takes from the first new row to the last. */
function watchAccount({ account }: Stage) {
  const db = new DatabaseSync(join(account.stateDir, 'account.sqlite'), { readOnly: true });
  const last = db.prepare('SELECT coalesce(max(rowid), 0) AS n FROM telemetry');
  const rows = () => Number(last.get()?.['n']);
  return {
    async taking<T>(count: number, begin: () => Promise<T>) {
      const before = rows();
      const cpuBeforeMs = doingOf(account.pid).cpuMs;
      let firstAtMs: number | undefined;
      const begun = begin();
      await eventually(() => {
        const now = rows();
        if (now > before) firstAtMs ??= performance.now();
        return now >= before + count;
      }, WAIT);
      const tookMs = performance.now() - (firstAtMs ?? 0);
      return { tookMs, accountCpuMs: doingOf(account.pid).cpuMs - cpuBeforeMs, answer: await begun };
    },
    close: () => db.close(),
  };
}
