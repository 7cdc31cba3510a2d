import { SEND_LIMITS } from '@ewon-agent/agent/core/send-lanes';
import { drainByAgent } from './drain-agent.ts';
import { sendBare } from './drain-bare.ts';

// One drain to the broker's acknowledgement in a process of its own, which begins cold for the agent's parts as for
// MQTT.js: `agent STATE-DIR` or `bare STATE-DIR COUNT EPOCH`. Answers a line of JSON.

/** From the first message handed over to the last acknowledgement of the broker. */
export type Drained = {
  readonly count: number;
  readonly tookMs: number;
  /** CPU time of the process meanwhile, all threads. */
  readonly cpuMs: number;
};

/** What of a backlog is in flight at once; the agent keeps the rest of its window free for what is live. */
export const DRAIN_WINDOW = SEND_LIMITS.inFlight - SEND_LIMITS.liveReserve;

if (import.meta.main) {
  const [what, stateDir = '', count = '0', epoch = ''] = process.argv.slice(2);
  const drained =
    what === 'agent' ? await drainByAgent(stateDir) : await sendBare(stateDir, Number(count), DRAIN_WINDOW, epoch);
  process.stdout.write(`${JSON.stringify(drained)}\n`);
}
