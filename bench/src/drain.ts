import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { outboxPath } from '@ewon-agent/agent/cli/places';
import { SEND_LIMITS } from '@ewon-agent/agent/core/send-lanes';
import { eventually } from '@ewon-agent/contracts/suites/assertions';
import { acceptMessages } from '@ewon-agent/e2e/accept-messages';
import { startBoardWithAgent } from '@ewon-agent/e2e/board-with-agent';
import { commission } from '@ewon-agent/e2e/commission';
import type { Bench } from './bench.ts';
import { drainByAgent } from './drain-agent.ts';
import { sendBare } from './drain-bare.ts';
import { type DrainRun, drainAnswer } from './drain-page.ts';
import { BROKERS, openStage, type Stage } from './stage.ts';

const RUNS = 5;
const COUNT = 20_000;
const WAIT = { what: 'all at the account', timeoutMs: 120_000 };

/** How fast a backlog is at the account, beside MQTT.js with the same window and no disk. */
export const drainBench: Bench = {
  name: 'drain',
  title: 'Drain: a backlog → committed at the account',
  about: `${RUNS} backlogs of ${COUNT} messages for each broker, about 4 minutes`,
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
          await onBoard.board.power.cut();
          const { length: count } = await acceptMessages(outboxPath(onBoard.stateDir), COUNT);
          const agentMs = await account.taking(count, () => onBoard.board.power.on());
          await onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online');
          await onBoard.board.power.cut();
          const again = await acceptMessages(outboxPath(onBoard.stateDir), COUNT);
          let agentToPubackMs = 0;
          await account.taking(again.length, async () => {
            agentToPubackMs = await drainByAgent(onBoard.stateDir, again.length);
          });
          let bareToPubackMs = 0;
          const bareMs = await account.taking(count, async () => {
            bareToPubackMs = await sendBare(onBoard.stateDir, count, SEND_LIMITS.inFlight);
          });
          done.push({ broker, count, agentMs, bareMs, agentToPubackMs, bareToPubackMs });
          const ms = [agentMs, bareMs, agentToPubackMs, bareToPubackMs].map(Math.round);
          say(`${broker}, run ${run} of ${runs}: agent ${ms[0]}, bare ${ms[1]}; to PUBACK ${ms[2]}, bare ${ms[3]} ms`);
        }
        account.close();
        await onBoard.board.stop();
      } finally {
        await stage.close();
        rmSync(dir, { recursive: true, force: true });
      }
    }
    return drainAnswer(done, SEND_LIMITS.inFlight);
  },
};

/** Looks into the account's database: how long it takes from the first new row to the last. */
function watchAccount({ account }: Stage) {
  const db = new DatabaseSync(join(account.stateDir, 'account.sqlite'), { readOnly: true });
  const last = db.prepare('SELECT coalesce(max(rowid), 0) AS n FROM telemetry');
  const rows = () => Number(last.get()?.['n']);
  return {
    async taking(count: number, begin: () => Promise<void>): Promise<number> {
      const before = rows();
      let firstAtMs: number | undefined;
      const begun = begin();
      await eventually(() => {
        const now = rows();
        if (now > before) firstAtMs ??= performance.now();
        return now >= before + count;
      }, WAIT);
      const tookMs = performance.now() - (firstAtMs ?? 0);
      await begun;
      return tookMs;
    },
    close: () => db.close(),
  };
}
