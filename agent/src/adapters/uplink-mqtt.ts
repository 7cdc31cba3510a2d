import { err, type UplinkPort } from '@ewon-agent/contracts';
import { inboundLimits } from '../core/inbound-budget.ts';
import type { ProxyOf } from './account-way.ts';
import { type MqttVersion, openSession } from './mqtt-session.ts';
import { openSocket } from './mqtt-socket.ts';

/**
 * Makes the uplink port of MQTT.js, which here speaks MQTT on a TLS socket that we open, and neither queues nor retries.
 * MQTT 5 first, because only there a broker says that it drops what we send. A broker that answers "unacceptable protocol
 * version" (aedes) is called again with 3.1.1 within the same attempt, and with 3.1.1 at once from then on.
 */
export function createUplinkMqtt(proxyOf: ProxyOf = () => undefined): UplinkPort {
  const speaks = new Map<string, MqttVersion>();
  return {
    open: async (target, events) => {
      const deadline = AbortSignal.timeout(target.connectTimeoutMs);
      const attempt = async (version: MqttVersion) => {
        const socket = await openSocket(target, proxyOf, deadline, inboundLimits(version));
        return socket.ok ? openSession({ socket: socket.value, target, events, deadline, version }) : socket;
      };
      const first = await attempt(speaks.get(target.url) ?? 5);
      if (first !== 'other version') return first;
      const second = await attempt(4);
      if (second === 'other version') return err('UPLINK_PROTOCOL', 'the broker speaks neither MQTT 5 nor 3.1.1');
      if (second.ok) speaks.set(target.url, 4);
      return second;
    },
  };
}
