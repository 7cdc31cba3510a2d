import { timestampOf, topicFor } from '@ewon-agent/contracts';
import { connectAsync } from 'mqtt';
import type { Drained } from './drain-child.ts';
import { drainLink } from './drain-link.ts';

/**
 * Sends messages from memory by MQTT.js as it comes, as the device of an agent that does not run.
 * @param window how many are in flight at once
 * @param epoch new for each run: the account takes what it has already no second time
 */
export async function sendBare(stateDir: string, count: number, window: number, epoch: string): Promise<Drained> {
  const { address, url, ca, certificate, privateKey } = await drainLink(stateDir);
  const topic = topicFor(address, 'telemetry');
  const client = await connectAsync(url, {
    ...{ ca, cert: certificate, key: privateKey },
    ...{ clientId: address.deviceId, protocolVersion: 4, reconnectPeriod: 0 },
  });
  const head = { v: 1, epoch };
  let next = 0;
  const [beganMs, cpuBefore] = [performance.now(), process.cpuUsage()];
  const lane = async () => {
    while (next < count) {
      next += 1;
      const at = timestampOf(Date.now());
      const payload = JSON.stringify({ ...head, seq: next, at, samples: [{ tag: 'n', value: next }] });
      await client.publishAsync(topic, payload, { qos: 1 });
    }
  };
  await Promise.all(Array.from({ length: window }, lane));
  const [tookMs, cpu] = [performance.now() - beganMs, process.cpuUsage(cpuBefore)];
  await client.endAsync();
  return { count, tookMs, cpuMs: (cpu.user + cpu.system) / 1000 };
}
