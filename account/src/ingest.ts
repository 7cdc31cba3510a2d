import {
  channelOf,
  type EventMessage,
  isCode,
  ok,
  type Result,
  readMessage,
  type StatusMessage,
  timestampOf,
} from '@ewon-agent/contracts';
import { LOG_TEXTS } from './core/log-lines.ts';
import { isLate } from './core/message-order.ts';
import type { EwonRecord } from './core/records.ts';
import { type House, transactAndTell } from './house.ts';
import { ewonView } from './http/views.ts';
import type { Doing } from './service/change-state.ts';
import type { RetainedChannel, RetainedMessage } from './store/store.ts';

/** A new epoch means that a device lost its counter, as with its disk. More than this is a device that fills our tables. */
export const EPOCHS_MAX = 200;

/**
 * Takes the messages of devices as a broker hands them over. Resolves when a message is committed, or was refused
 * for good (a broker that kept sending it again would only block what comes after); rejects when the store failed.
 */
export function ingest(house: Pick<House, 'accountId' | 'store' | 'bus' | 'clock' | 'log'>) {
  const ignore = (why: string, fields: Record<string, unknown>): void =>
    house.log.write('warn', 'ingest', 'message ignored', { why, ...fields });

  return async (topic: string, payload: Uint8Array): Promise<void> => {
    const address = channelOf(topic);
    if (!address.ok) return ignore('topic', { topic: topic.slice(0, 120) });
    const { accountId, deviceId, channel } = address.value;
    if (accountId !== house.accountId) return ignore('account', { deviceId });
    const message = readAny(channel, payload);
    if (!message.ok) return ignore(message.fault.detail, { deviceId, channel });
    const refusal = await transactAndTell(house, async (tx, telling, nowMs) => {
      const ewon = await tx.ewon(deviceId);
      if (ewon?.link !== 'linked') return 'not linked';
      const doing = { tx, telling, nowMs };
      const { epoch } = message.value.body;
      const epochs = await tx.epochsOf(deviceId);
      if (!epochs.includes(epoch)) {
        if (epochs.length >= EPOCHS_MAX) return 'too many epochs';
        await tx.addEpoch(deviceId, epoch);
      }
      if (message.value.channel === 'event') await takeEvent(doing, ewon, message.value.body);
      else if (message.value.channel === 'status') await takeStatus(doing, ewon, message.value.body);
      else await takeRetained(doing, ewon, message.value.channel, message.value.body);
      return undefined;
    });
    if (refusal) ignore(refusal, { deviceId, channel });
  };
}

type AnyMessage =
  | { readonly channel: 'status'; readonly body: StatusMessage }
  | { readonly channel: 'event'; readonly body: EventMessage }
  | { readonly channel: 'inventory'; readonly body: RetainedMessage['inventory'] }
  | { readonly channel: 'health'; readonly body: RetainedMessage['health'] };

function readAny(channel: AnyMessage['channel'], payload: Uint8Array): Result<AnyMessage> {
  switch (channel) {
    case 'status':
      return mapOk(readMessage.status(payload), (body) => ({ channel, body }));
    case 'event':
      return mapOk(readMessage.event(payload), (body) => ({ channel, body }));
    case 'inventory':
      return mapOk(readMessage.inventory(payload), (body) => ({ channel, body }));
    case 'health':
      return mapOk(readMessage.health(payload), (body) => ({ channel, body }));
  }
}

function mapOk<A, B>(result: Result<A>, change: (value: A) => B): Result<B> {
  return result.ok ? ok(change(result.value)) : result;
}

async function takeStatus({ tx, telling, nowMs }: Doing, ewon: EwonRecord, status: StatusMessage): Promise<void> {
  const { deviceId, name } = ewon;
  const last = await tx.retained(deviceId, 'status');
  if (last && isLate(status, last, await tx.epochsOf(deviceId))) return;
  await tx.retain(deviceId, 'status', status);
  const online = status.state === 'online';
  const patch = { online, lastSeenAt: timestampOf(nowMs), agent: status.agent };
  await tx.updateEwon(deviceId, patch);
  telling.tell({ type: 'ewon', id: deviceId, row: await viewOf({ tx, telling, nowMs }, { ...ewon, ...patch }) });
  if (ewon.online === online) return;
  const event = online ? LOG_TEXTS.online(name) : LOG_TEXTS.offline(name);
  await telling.note(tx, { name, subject: 'Ewon', event, severity: online ? 'info' : 'warn', deviceId });
}

async function takeRetained<C extends Exclude<RetainedChannel, 'status'>>(
  doing: Doing,
  ewon: EwonRecord,
  channel: C,
  body: RetainedMessage[C],
): Promise<void> {
  const { tx, telling, nowMs } = doing;
  const last = await tx.retained(ewon.deviceId, channel);
  if (last && isLate(body, last, await tx.epochsOf(ewon.deviceId))) return;
  await tx.retain(ewon.deviceId, channel, body);
  const seen = { lastSeenAt: timestampOf(nowMs), agent: ewon.agent, model: ewon.model, firmware: ewon.firmware };
  const told = 'model' in body ? { model: body.model, firmware: body.firmware, agent: body.agent } : {};
  const patch = { ...seen, ...told };
  await tx.updateEwon(ewon.deviceId, patch);
  telling.tell({ type: 'ewon', id: ewon.deviceId, row: await viewOf(doing, { ...ewon, ...patch }) });
}

/** Events are a stream: each is kept once, whatever order they come in. */
async function takeEvent({ tx, telling, nowMs }: Doing, ewon: EwonRecord, event: EventMessage): Promise<void> {
  const { deviceId, name } = ewon;
  const { code, severity, text, epoch, seq } = event;
  const known = isCode(code) ? { code } : {};
  const happening = {
    name,
    subject: 'Ewon',
    event: isCode(code) ? text : `${code}: ${text}`,
    severity,
    deviceId,
  } as const;
  await telling.note(tx, { ...happening, ...known }, { epoch, seq });
  await tx.updateEwon(deviceId, { lastSeenAt: timestampOf(nowMs) });
}

async function viewOf({ tx }: Doing, ewon: EwonRecord) {
  const inventory = await tx.retained(ewon.deviceId, 'inventory');
  const health = await tx.retained(ewon.deviceId, 'health');
  return ewonView(ewon, { inventory, health });
}
