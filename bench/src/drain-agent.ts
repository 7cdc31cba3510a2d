import { createClockSystem } from '@ewon-agent/account/adapters/clock-system';
import { createUplinkMqtt } from '@ewon-agent/agent/adapters/uplink-mqtt';
import { openState } from '@ewon-agent/agent/cli/open-state';
import { startSender } from '@ewon-agent/agent/shell/sender';
import { ackTopicFor, downFilterFor, readAck, SECOND_MS, topicFor, type UplinkSession } from '@ewon-agent/contracts';
import { assertOk } from '@ewon-agent/contracts/suites/assertions';
import type { Drained } from './drain-child.ts';
import { drainLink } from './drain-link.ts';

/**
 * Drains all that waits in the outbox of an agent that does not run, by the agent's own parts in this process: its file,
 * its sender, its session. What the account acknowledges is removed from the disk meanwhile, as ever.
 */
export async function drainByAgent(stateDir: string): Promise<Drained> {
  const { address, certificate, url, ca, privateKey } = await drainLink(stateDir);
  const { outbox, close } = assertOk(openState(stateDir));
  const sender: { acknowledged?: ReturnType<typeof startSender>['acknowledged'] } = {};
  const uplink = assertOk(
    await createUplinkMqtt().open(
      {
        ...{ url, ca, certificate, privateKey, clientId: address.deviceId },
        ...{ receives: downFilterFor(address) },
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
  const { alarm, event, telemetry } = outbox.totals();
  const count = alarm.count + event.count + telemetry.count;
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
  const [beganMs, cpuBefore] = [performance.now(), process.cpuUsage()];
  const started = startSender({
    ...{ port: outbox, onAccepted: () => () => {}, clock: createClockSystem(), log: { write: () => {} } },
    ...{ address, session, sinceSeq: Number.MAX_SAFE_INTEGER },
  });
  sender.acknowledged = started.acknowledged;
  await drained;
  const [tookMs, cpu] = [performance.now() - beganMs, process.cpuUsage(cpuBefore)];
  started.stop();
  await uplink.close();
  close();
  return { count, tookMs, cpuMs: (cpu.user + cpu.system) / 1000 };
}
