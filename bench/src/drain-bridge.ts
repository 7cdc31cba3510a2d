import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { timestampOf, topicFor } from '@ewon-agent/contracts';
import { freePort } from '@ewon-agent/contracts/suites/free-port';
import { startPlainMosquitto } from '@ewon-agent/e2e/mosquitto-plain';
import { connectAsync } from 'mqtt';
import { DRAIN_WINDOW } from './drain-child.ts';
import { drainLink } from './drain-link.ts';

/** A Mosquitto on the board with a bridge to the broker of the account, as the device of an agent that does not run. */
export type Bridge = {
  /** The bridge goes up and sends what waits. */
  begin(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Has so many messages accepted while the bridge is down; they are in its database when this resolves.
 * @param dir a folder of its own, emptied first
 * @param epoch new for each run: the account takes what it has already no second time
 */
export async function bridgeWithBacklog(
  dir: string,
  stateDir: string,
  { count, epoch }: { readonly count: number; readonly epoch: string },
): Promise<Bridge> {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const { address, url, ...pem } = await drainLink(stateDir);
  for (const [name, text] of Object.entries(pem)) writeFileSync(join(dir, name), text, { mode: 0o600 });
  const [port, nobody] = [await freePort(), await freePort()];
  const start = (remote: string) =>
    startPlainMosquitto(join(dir, 'board.conf'), port, [
      ...['log_type information', 'sys_interval 0', 'set_tcp_nodelay true'],
      ...['persistence true', `persistence_location ${dir}/`, 'max_queued_messages 0', 'max_queued_bytes 0'],
      `max_inflight_messages ${DRAIN_WINDOW}`,
      ...['connection up', `address ${remote}`, 'cleansession false', `remote_clientid ${address.deviceId}`],
      ...['notifications false', 'try_private false', 'bridge_attempt_unsubscribe false', 'restart_timeout 1'],
      `topic telemetry out 1 "" ${topicFor(address, 'telemetry').replace(/telemetry$/, '')}`,
      ...[`bridge_cafile ${dir}/ca`, `bridge_certfile ${dir}/certificate`, `bridge_keyfile ${dir}/privateKey`],
    ]);
  const down = await start(`127.0.0.1:${nobody}`);
  await accept(port, count, epoch);
  await down.stop('SIGTERM');
  let up: typeof down | undefined;
  return {
    async begin() {
      up = await start(new URL(url).host);
    },
    stop: async () => up?.stop('SIGKILL'),
  };
}

async function accept(port: number, count: number, epoch: string): Promise<void> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
  let next = 0;
  const lane = async () => {
    while (next < count) {
      next += 1;
      const at = timestampOf(Date.now());
      const payload = JSON.stringify({ v: 1, epoch, seq: next, at, samples: [{ tag: 'n', value: next }] });
      await client.publishAsync('telemetry', payload, { qos: 1 });
    }
  };
  await Promise.all(Array.from({ length: 100 }, lane));
  await client.endAsync();
}
