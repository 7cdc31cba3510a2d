import type { DeviceAddress } from '@ewon-agent/contracts';

/**
 * The account's MQTT broker, embedded or a Mosquitto beside it.
 *
 * Obligations:
 * - Who a device is, its certificate alone decides; the client id must be the device id.
 * - A device publishes on its own known `up/` channels and subscribes below its own `down/`, nothing else; its will as well.
 * - A message is acknowledged (QoS 1) only after the account took it; one device's messages arrive in order.
 * - `admit` lets a device in; the same device twice is success. It holds when it resolves.
 * - `revoke` takes every right away and drops an open connection before it resolves; a later connection with the same
 *   certificate has no right either. A device that was never admitted is success.
 */
export type Broker = {
  readonly urls: readonly string[];
  admit(device: DeviceAddress): Promise<void>;
  revoke(device: DeviceAddress): Promise<void>;
  close(): Promise<void>;
};
