import type { DeviceAddress } from '@ewon-agent/contracts';
import type { Broker, DownMessage } from '../ports/broker.ts';
import type { BrokerNeeds } from '../ports/start-broker.ts';

/** A broker without a network: remembers what it was told, and hands messages on as a test sends them. */
export type MemoryBroker = {
  readonly start: (needs: BrokerNeeds) => Promise<Broker>;
  /** What it was told, in order: `admit d_…`, `revoke d_…`. */
  readonly told: string[];
  readonly admitted: Set<string>;
  /** What was sent to devices. */
  readonly sent: DownMessage[];
  /** As a device would publish, text as it is and anything else as JSON; resolves when the account has dealt with it. */
  send(topic: string, body: unknown): Promise<void>;
  needs(): BrokerNeeds;
  /** From now on every order fails, until `false` again. */
  failing: boolean;
};

export function createMemoryBroker(): MemoryBroker {
  let given: BrokerNeeds | undefined;
  const needs = (): BrokerNeeds => {
    if (!given) throw new Error('the broker was not started');
    return given;
  };
  const order = (what: 'admit' | 'revoke') => async (device: DeviceAddress) => {
    if (broker.failing) throw new Error('broker unreachable');
    broker.told.push(`${what} ${device.deviceId}`);
    if (what === 'admit') broker.admitted.add(device.deviceId);
    else broker.admitted.delete(device.deviceId);
  };
  const broker: MemoryBroker = {
    told: [],
    admitted: new Set(),
    failing: false,
    needs,
    sent: [],
    async send(topic, body) {
      await needs().onMessage(topic, typeof body === 'string' ? Buffer.from(body) : Buffer.from(JSON.stringify(body)));
      await needs().settled();
    },
    start: async (toldNeeds) => {
      given = toldNeeds;
      const urls = ['mqtts://127.0.0.1:8883'];
      const publish = async (message: DownMessage) => {
        if (broker.failing) throw new Error('broker unreachable');
        broker.sent.push(message);
      };
      return { urls, admit: order('admit'), revoke: order('revoke'), publish, close: async () => {} };
    },
  };
  return broker;
}
