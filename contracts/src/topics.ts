import { type AccountId, type DeviceId, parseAccountId, parseDeviceId } from './ids.ts';
import { err, ok, type Result } from './result.ts';

// MQTT topics (docs/decisions/0002-wire-v1.md §5): one place, `topicFor` and `channelOf` are inverses.

export const UP_CHANNELS = ['status', 'inventory', 'health', 'event', 'telemetry'] as const;
export type UpChannel = (typeof UP_CHANNELS)[number];

/** What is retained, and with which quality of service it is sent. */
export const CHANNELS: Record<UpChannel, { readonly qos: 0 | 1; readonly retain: boolean }> = {
  status: { qos: 1, retain: true },
  inventory: { qos: 1, retain: true },
  health: { qos: 1, retain: true },
  event: { qos: 1, retain: false },
  telemetry: { qos: 1, retain: false },
};

export type DeviceAddress = { readonly accountId: AccountId; readonly deviceId: DeviceId };

const ROOT = 'ewon/v1';

/** The prefix a device was given at approval: `ewon/v1/{accountId}/{deviceId}`. */
export function topicPrefixFor({ accountId, deviceId }: DeviceAddress): string {
  return `${ROOT}/${accountId}/${deviceId}`;
}

/** The topic on which a device sends a channel. */
export function topicFor(address: DeviceAddress, channel: UpChannel): string {
  return `${topicPrefixFor(address)}/up/${channel}`;
}

/** What the account subscribes to: every channel of every device. */
export const UP_FILTER = `${ROOT}/+/+/up/+`;
/** What a device subscribes to: all that the account sends it. */
export function downFilterFor(address: DeviceAddress): string {
  return `${topicPrefixFor(address)}/down/#`;
}

/** The topic on which the account tells a device what it has committed (see `AckMessage`). */
export function ackTopicFor(address: DeviceAddress): string {
  return `${topicPrefixFor(address)}/down/ack`;
}

/** Reads a topic back. Codes: BAD_REQUEST for anything that {@link topicFor} does not make. */
export function channelOf(topic: string): Result<DeviceAddress & { readonly channel: UpChannel }> {
  const [a, b, account, device, up, channel, ...rest] = topic.split('/');
  const accountId = parseAccountId(account);
  const deviceId = parseDeviceId(device);
  const known = UP_CHANNELS.find((c) => c === channel);
  if (`${a}/${b}` !== ROOT || up !== 'up' || rest.length > 0 || !known || !accountId.ok || !deviceId.ok) {
    return err('BAD_REQUEST', `topic ${topic.slice(0, 120)}`);
  }
  return ok({ accountId: accountId.value, deviceId: deviceId.value, channel: known });
}
