import { createClockSystem } from '@ewon-agent/account/adapters/clock-system';
import { openDeviceKey } from '@ewon-agent/agent/adapters/device-key-file';
import { createUplinkMqtt } from '@ewon-agent/agent/adapters/uplink-mqtt';
import { openState } from '@ewon-agent/agent/cli/open-state';
import { readDocument } from '@ewon-agent/agent/core/document';
import { startSender } from '@ewon-agent/agent/shell/sender';
import { ackTopicFor, downFilterFor, readAck, SECOND_MS, topicFor, type UplinkSession } from '@ewon-agent/contracts';
import { assertOk } from '@ewon-agent/contracts/suites/assertions';

/**
 * Drains the outbox of an agent that does not run by the agent's own parts in this process: its file, its sender, its
 * session. What the account acknowledges is removed from the disk meanwhile, as ever.
 * @returns milliseconds from the first message handed to the session to the last acknowledgement of the broker
 */
export async function drainByAgent(stateDir: string, count: number): Promise<number> {
  const { store, outbox, close } = assertOk(openState(stateDir));
  const { registration } = assertOk(readDocument(assertOk(store.load())));
  if (registration.at !== 'registered') throw new Error(`the Ewon is ${registration.at}`);
  const { link } = registration;
  const { privateKeyPem } = await openDeviceKey(stateDir);
  const address = { accountId: link.account.id, deviceId: link.deviceId };
  const sender: { acknowledged?: ReturnType<typeof startSender>['acknowledged'] } = {};
  const uplink = assertOk(
    await createUplinkMqtt().open(
      {
        ...{ url: link.mqtt.urls[0] ?? '', ca: link.ca, certificate: link.certificate, privateKey: privateKeyPem },
        ...{ clientId: link.deviceId, receives: downFilterFor(address) },
        will: { topic: topicFor(address, 'status'), payload: '{}', qos: 1, retain: true },
        ...{ keepaliveMs: 60 * SECOND_MS, connectTimeoutMs: 20 * SECOND_MS },
      },
      {
        closed: () => {},
        received(topic, payload) {
          const ack = topic === ackTopicFor(address) ? readAck(payload) : undefined;
          if (ack?.ok) sender.acknowledged?.(ack.value);
        },
      },
    ),
  );
  const { promise: drained, resolve } = Promise.withResolvers<void>();
  let left = count;
  const session: UplinkSession = {
    ...uplink,
    async send(message) {
      const sent = await uplink.send(message);
      if (sent.ok) left -= 1;
      if (left === 0) resolve();
      return sent;
    },
  };
  const beganMs = performance.now();
  const started = startSender({
    ...{ port: outbox, onAccepted: () => () => {}, clock: createClockSystem(), log: { write: () => {} } },
    ...{ address, session, sinceSeq: Number.MAX_SAFE_INTEGER },
  });
  sender.acknowledged = started.acknowledged;
  await drained;
  const tookMs = performance.now() - beganMs;
  started.stop();
  await uplink.close();
  close();
  return tookMs;
}
