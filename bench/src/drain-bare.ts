import { openDeviceKey } from '@ewon-agent/agent/adapters/device-key-file';
import { openSqliteStore } from '@ewon-agent/agent/adapters/store-sqlite';
import { storePath } from '@ewon-agent/agent/cli/places';
import { readDocument } from '@ewon-agent/agent/core/document';
import { timestampOf, topicFor } from '@ewon-agent/contracts';
import { assertOk } from '@ewon-agent/contracts/suites/assertions';
import { connectAsync } from 'mqtt';

let epochs = 0;

/**
 * Sends messages from memory by MQTT.js as it comes, as the device of an agent that does not run.
 * @param window how many are in flight at once
 * @returns milliseconds from the first message to the last acknowledgement of the broker
 */
export async function sendBare(stateDir: string, count: number, window: number): Promise<number> {
  const store = openSqliteStore(storePath(stateDir), () => Date.now());
  const { registration } = assertOk(readDocument(assertOk(store.load())));
  store.close();
  if (registration.at !== 'registered') throw new Error(`the Ewon is ${registration.at}`);
  const { link } = registration;
  const { privateKeyPem } = await openDeviceKey(stateDir);
  const topic = topicFor({ accountId: link.account.id, deviceId: link.deviceId }, 'telemetry');
  const client = await connectAsync(link.mqtt.urls[0] ?? '', {
    ca: link.ca,
    cert: link.certificate,
    key: privateKeyPem,
    clientId: link.deviceId,
    protocolVersion: 4,
    reconnectPeriod: 0,
  });
  epochs += 1;
  const head = { v: 1, epoch: `bare-${epochs}` };
  let next = 0;
  const beganMs = performance.now();
  const lane = async () => {
    while (next < count) {
      next += 1;
      const at = timestampOf(Date.now());
      const payload = JSON.stringify({ ...head, seq: next, at, samples: [{ tag: 'n', value: next }] });
      await client.publishAsync(topic, payload, { qos: 1 });
    }
  };
  await Promise.all(Array.from({ length: window }, lane));
  const tookMs = performance.now() - beganMs;
  await client.endAsync();
  return tookMs;
}
