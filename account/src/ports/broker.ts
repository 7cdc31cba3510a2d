import type { DeviceAddress } from '@ewon-agent/contracts';
import type { TakeStream } from '../broker/websocket.ts';

/** What the account sends to a device, on a topic below its `down/`; or an empty one that takes away what the broker keeps of it. */
export type DownMessage = {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
};

/**
 * The account's MQTT broker, embedded or a Mosquitto beside it.
 *
 * Obligations:
 * - Who a device is, its certificate alone decides; the client id must be the device id.
 * - A device publishes on its own known `up/` channels and the states of its own commands, and subscribes below its own `down/`, nothing else; its will as well.
 * - A message is acknowledged (QoS 1) once the account has a place for it in memory; while it has none, the device waits.
 *   That is no promise that it is committed: only `down/ack` is (docs/decisions/0002-wire-v1.md §5). One device's
 *   messages arrive in order.
 * - What is retained (and so a will as well) is handed over again after the account was away: it may have had it in memory
 *   only. A broker that ends with the account may leave that to the devices, which send it at each connection.
 * - `publish` resolves when the broker has the message; one that is not retained reaches who is connected now. It rejects
 *   while there is no broker, and nothing is kept for later then.
 * - `admit` lets a device in; the same device twice is success. It holds when it resolves.
 * - `revoke` takes every right away and drops an open connection before it resolves; a later connection with the same
 *   certificate has no right either. A device that was never admitted is success.
 */
export type Broker = {
  readonly urls: readonly string[];
  /** Takes MQTT that came in at the account's HTTPS port; only a broker in this process can. */
  readonly takeStream?: TakeStream;
  admit(device: DeviceAddress): Promise<void>;
  revoke(device: DeviceAddress): Promise<void>;
  publish(message: DownMessage): Promise<void>;
  close(): Promise<void>;
};
