import { type AccountId, ackTopicFor, type DeviceId, type LogPort } from '@ewon-agent/contracts';
import { acksOf } from '../core/acknowledgement.ts';
import type { Place } from '../core/message-order.ts';
import type { Broker } from '../ports/broker.ts';
import type { Acknowledged } from './batch.ts';

/** Tells devices what is committed. */
export type Acknowledger = {
  /** Sends one acknowledgement for each device and epoch, more when it has too many ranges. Does not wait for it. */
  add(acknowledged: readonly Acknowledged[]): void;
  /** Resolves when nothing is left to send. */
  idle(): Promise<void>;
};

/**
 * Messages that wait for one device while the acknowledgement before is on its way. What is more is left out: the
 * device sends those messages again and is told then.
 */
const WAITING_MAX = 20_000;

/**
 * Makes one. To each device one acknowledgement at a time is on its way, so that a device which takes nothing holds up
 * nobody else; what is added meanwhile becomes the next one. One that cannot be sent is given up, not repeated.
 */
export function createAcknowledger(options: {
  readonly accountId: AccountId;
  readonly publish: Broker['publish'];
  readonly log: LogPort;
}): Acknowledger {
  const { accountId, publish, log } = options;
  const waiting = new Map<DeviceId, Place[]>();
  const sending = new Map<DeviceId, Promise<void>>();
  let failing = false;

  const send = async (deviceId: DeviceId): Promise<void> => {
    const topic = ackTopicFor({ accountId, deviceId });
    for (let places = waiting.get(deviceId); places; places = waiting.get(deviceId)) {
      waiting.delete(deviceId);
      const acks = [...Map.groupBy(places, ({ epoch }) => epoch)].flatMap(([epoch, of]) =>
        acksOf(
          epoch,
          of.map(({ seq }) => seq),
        ),
      );
      for (const ack of acks) await publish({ topic, payload: JSON.stringify(ack), qos: 1, retain: false });
    }
  };
  const told = (cause?: unknown): void => {
    const fails = cause !== undefined;
    if (fails && !failing) log.write('warn', 'ingest', 'acknowledgements not sent', { cause: String(cause) });
    if (!fails && failing) log.write('info', 'ingest', 'acknowledgements sent again');
    failing = fails;
  };
  const start = (deviceId: DeviceId): void => {
    const done = send(deviceId)
      .then(() => told(), told)
      .then(() => {
        sending.delete(deviceId);
        if (waiting.has(deviceId)) start(deviceId);
      });
    sending.set(deviceId, done);
  };
  return {
    add(acknowledged) {
      for (const { deviceId, place } of acknowledged) {
        const places = waiting.get(deviceId);
        if (!places) waiting.set(deviceId, [place]);
        else if (places.length < WAITING_MAX) places.push(place);
      }
      for (const deviceId of waiting.keys()) if (!sending.has(deviceId)) start(deviceId);
    },
    async idle() {
      while (sending.size > 0) await Promise.all(sending.values());
    },
  };
}
