import { type AccountId, type CommandId, type DeviceId, parseAccountId, parseCommandId, parseDeviceId } from './ids.ts';
import { err, ok, type Result } from './result.ts';

// MQTT topics (docs/decisions/0002-wire-v1.md §5): one place, `topicFor` and `channelOf` are inverses.

export const UP_CHANNELS = ['status', 'inventory', 'health', 'event', 'telemetry', 'wan', 'location', 'patch'] as const;
export type UpChannel = (typeof UP_CHANNELS)[number];

/** What is retained, and with which quality of service it is sent. */
export const CHANNELS: Record<UpChannel, { readonly qos: 0 | 1; readonly retain: boolean }> = {
  status: { qos: 1, retain: true },
  inventory: { qos: 1, retain: true },
  health: { qos: 1, retain: true },
  event: { qos: 1, retain: false },
  telemetry: { qos: 1, retain: false },
  wan: { qos: 1, retain: true },
  location: { qos: 1, retain: true },
  patch: { qos: 1, retain: true },
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

/** Every channel of every device. */
export const CHANNELS_FILTER = `${ROOT}/+/+/up/+`;
/** The states of all commands of every device; retained. */
export const COMMAND_STATES_FILTER = `${ROOT}/+/+/up/cmd/+`;
/** What the account subscribes to. */
export const UP_FILTERS: readonly string[] = [CHANNELS_FILTER, COMMAND_STATES_FILTER];
/** What a device subscribes to: all that the account sends it. */
export function downFilterFor(address: DeviceAddress): string {
  return `${topicPrefixFor(address)}/down/#`;
}

/** The topic on which the account tells a device what it has committed (see `AckMessage`). */
export function ackTopicFor(address: DeviceAddress): string {
  return `${topicPrefixFor(address)}/down/ack`;
}

/** Where the account keeps its policy for a device, retained (see `readPolicy`). */
export function policyTopicFor(address: DeviceAddress): string {
  return `${topicPrefixFor(address)}/down/policy`;
}

/** Where the account keeps a command for a device, retained until it is final (see `readCommand`). */
export function commandTopicFor(address: DeviceAddress, id: CommandId): string {
  return `${topicPrefixFor(address)}/down/cmd/${id}`;
}

/** Where a device keeps the state of a command, retained until the account has it (see `readCommandState`). QoS 1. */
export function commandStateTopicFor(address: DeviceAddress, id: CommandId): string {
  return `${topicPrefixFor(address)}/up/cmd/${id}`;
}

/** All command states of one device, as a filter. */
export function commandStateFilterFor(address: DeviceAddress): string {
  return `${topicPrefixFor(address)}/up/cmd/+`;
}

/** What a message of the account to a device is. */
export type DownSubject =
  | { readonly is: 'ack' }
  | { readonly is: 'policy' }
  | { readonly is: 'command'; readonly id: CommandId };

/** Tells what came on a topic below the device's own `down/`; undefined for what a newer account may send. */
export function downSubjectOf(address: DeviceAddress, topic: string): DownSubject | undefined {
  if (topic === ackTopicFor(address)) return { is: 'ack' };
  if (topic === policyTopicFor(address)) return { is: 'policy' };
  const id = parseCommandId(topic.split('/').at(-1));
  return id.ok && topic === commandTopicFor(address, id.value) ? { is: 'command', id: id.value } : undefined;
}

/** Reads the topic of a command's state back. Codes: BAD_REQUEST for anything that {@link commandStateTopicFor} does not make. */
export function commandStateOf(topic: string): Result<DeviceAddress & { readonly commandId: CommandId }> {
  const [a, b, account, device, up, cmd, command, ...rest] = topic.split('/');
  const accountId = parseAccountId(account);
  const deviceId = parseDeviceId(device);
  const commandId = parseCommandId(command);
  const isOurs = `${a}/${b}` === ROOT && up === 'up' && cmd === 'cmd' && rest.length === 0;
  if (!isOurs || !accountId.ok || !deviceId.ok || !commandId.ok)
    return err('BAD_REQUEST', `topic ${topic.slice(0, 120)}`);
  return ok({ accountId: accountId.value, deviceId: deviceId.value, commandId: commandId.value });
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
