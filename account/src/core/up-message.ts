import {
  type AccountId,
  CHANNELS,
  type CommandId,
  type CommandStateMessage,
  channelOf,
  commandStateOf,
  type DeviceAddress,
  type DeviceId,
  jsonReader,
  ok,
  type Result,
  readCommandState,
  readMessage,
  type UpChannel,
  type UpMessage,
} from '@ewon-agent/contracts';
import type { Place } from './message-order.ts';

// What came from a device, read once. Whether its device is one of ours only the store knows.

/** A message with its channel; `cmd` is the state of one command. */
export type ChannelMessage =
  | { readonly [C in UpChannel]: { readonly channel: C; readonly body: UpMessage[C] } }[UpChannel]
  | { readonly channel: 'cmd'; readonly body: CommandStateMessage };

/** A message that can be taken. */
export type ReadMessage = { readonly deviceId: DeviceId; readonly place: Place; readonly message: ChannelMessage };

/** Why a message is ignored for good; `why` is one of few words, `detail` is for people. */
export type Unreadable = {
  readonly why: 'topic' | 'account' | 'content';
  readonly detail: string;
  readonly deviceId?: DeviceId;
  readonly channel?: ChannelMessage['channel'];
  /** Set when the device is to be told all the same that we have it: it would send it for ever. */
  readonly place?: Place;
};

/** Reads what came on a topic. */
export function readUp(
  accountId: AccountId,
  topic: string,
  payload: Uint8Array,
): { readonly ok: true; readonly value: ReadMessage } | { readonly ok: false; readonly ignored: Unreadable } {
  const command = commandStateOf(topic);
  if (command.ok) return readCommandUp(accountId, command.value, payload);
  const address = channelOf(topic);
  if (!address.ok) return { ok: false, ignored: { why: 'topic', detail: topic.slice(0, 120) } };
  const { deviceId, channel } = address.value;
  if (address.value.accountId !== accountId)
    return { ok: false, ignored: { why: 'account', detail: address.value.accountId, deviceId, channel } };
  const read = READ[channel](payload);
  if (read.ok) {
    const { epoch, seq } = read.value.body;
    return { ok: true, value: { deviceId, place: { epoch, seq }, message: read.value } };
  }
  const found = isStream(channel) ? readPlace(payload) : undefined;
  const place = found?.ok ? { epoch: found.value.epoch, seq: found.value.seq } : undefined;
  const ignored = { why: 'content', detail: read.fault.detail, deviceId, channel } as const;
  return { ok: false, ignored: { ...ignored, ...(place && { place }) } };
}

/** Tells whether each message of a channel counts, and is acknowledged, instead of the newest alone. */
export function isStream(channel: ChannelMessage['channel']): boolean {
  return channel !== 'cmd' && !CHANNELS[channel].retain;
}

/** A state says itself which command it is of: the topic must say the same. */
function readCommandUp(
  accountId: AccountId,
  { deviceId, commandId, ...address }: DeviceAddress & { readonly commandId: CommandId },
  payload: Uint8Array,
): ReturnType<typeof readUp> {
  const ignored = { deviceId, channel: 'cmd' } as const;
  if (address.accountId !== accountId)
    return { ok: false, ignored: { ...ignored, why: 'account', detail: address.accountId } };
  const read = readCommandState(payload);
  if (!read.ok) return { ok: false, ignored: { ...ignored, why: 'content', detail: read.fault.detail } };
  if (read.value.id !== commandId)
    return { ok: false, ignored: { ...ignored, why: 'content', detail: `${read.value.id} on the topic of another` } };
  const { epoch, seq } = read.value;
  return { ok: true, value: { deviceId, place: { epoch, seq }, message: { channel: 'cmd', body: read.value } } };
}

const READ: { readonly [C in UpChannel]: (payload: Uint8Array) => Result<ChannelMessage> } = {
  status: (payload) => withBody(readMessage.status(payload), (body) => ({ channel: 'status', body })),
  inventory: (payload) => withBody(readMessage.inventory(payload), (body) => ({ channel: 'inventory', body })),
  health: (payload) => withBody(readMessage.health(payload), (body) => ({ channel: 'health', body })),
  event: (payload) => withBody(readMessage.event(payload), (body) => ({ channel: 'event', body })),
  telemetry: (payload) => withBody(readMessage.telemetry(payload), (body) => ({ channel: 'telemetry', body })),
  wan: (payload) => withBody(readMessage.wan(payload), (body) => ({ channel: 'wan', body })),
  location: (payload) => withBody(readMessage.location(payload), (body) => ({ channel: 'location', body })),
  patch: (payload) => withBody(readMessage.patch(payload), (body) => ({ channel: 'patch', body })),
};

function withBody<B>(read: Result<B>, make: (body: B) => ChannelMessage): Result<ChannelMessage> {
  return read.ok ? ok(make(read.value)) : read;
}

/** The place of a message that is not one of the schema otherwise; the limits are those of every message. */
const readPlace = jsonReader<Place>({
  type: 'object',
  required: ['epoch', 'seq'],
  properties: {
    epoch: { type: 'string', minLength: 1, maxLength: 40 },
    seq: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
  },
});
