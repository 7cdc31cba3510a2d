import { timestampOf } from '@ewon-agent/contracts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { isLate } from '../core/message-order.ts';
import { isSilent } from '../core/presence.ts';
import type { ChannelMessage } from '../core/up-message.ts';
import type { ChannelPlace, RetainedChannel } from '../store/store.ts';
import type { Batch, Sender } from './batch.ts';
import { judgeIdentity } from './identity.ts';
import { permitted, takeAddress, takeLocation } from './location.ts';

/** A new epoch means that a device lost its counter, as with its disk. More than this is a device that fills our tables. */
export const EPOCHS_MAX = 200;

type RetainedMessage = Extract<ChannelMessage, { readonly channel: RetainedChannel }>;

/**
 * Takes a message of a channel of which the newest counts. One that is late changes nothing.
 * Only these begin an epoch: messages of streams may be of one that was over before, and need no order.
 */
export async function takeRetained(
  batch: Batch,
  sender: Sender,
  message: RetainedMessage,
  from?: string,
): Promise<'too many epochs' | undefined> {
  const { tx, nowMs, lines } = batch;
  const { deviceId, name } = sender.ewon;
  const { channel } = message;
  const status = channel === 'status' ? message.body : undefined;
  if (status?.state === 'online') await judgeIdentity(batch, sender, status);
  if (sender.ewon.quarantinedAt !== null) return undefined;
  // what may not be kept is taken out before anything looks at it
  const location = message.channel === 'location' ? await permitted(batch, deviceId, message.body) : undefined;
  const body = location ?? message.body;
  const epochs = sender.epochs ?? (await tx.epochsOf(deviceId));
  sender.epochs = epochs;
  if (!epochs.includes(body.epoch)) {
    if (epochs.length >= EPOCHS_MAX) return 'too many epochs';
    await tx.addEpoch(deviceId, body.epoch);
    sender.epochs = [...epochs, body.epoch];
  }
  const last = await tx.retained(deviceId, channel);
  const before = sender.ewon;
  if (last && isLate(body, last, sender.epochs)) return undefined;
  if (last && isSame(body, last)) {
    // what a broker keeps and gives to who subscribes anew: no sign of life, so it does not bring back who is gone
    if (!status || isSilent(before, nowMs)) return undefined;
  } else {
    await tx.retain(deviceId, channel, body);
    if (location) await takeLocation(batch, deviceId, location, from);
    if (status?.state === 'online' && from !== undefined) await takeAddress(batch, deviceId, from);
    sender.seen = true;
  }
  const inventory = 'model' in body ? { model: body.model, firmware: body.firmware } : {};
  const agent = 'agent' in body ? { agent: body.agent } : {};
  const state = status ?? (await tx.retained(deviceId, 'status'));
  // who speaks is online, also where it had counted as gone; after its last will nothing newer comes
  sender.ewon = { ...before, ...inventory, ...agent, ...(state && { online: state.state === 'online' }) };
  sender.changed = true;
  if (before.online === sender.ewon.online) return undefined;
  const { online } = sender.ewon;
  const entry = { at: timestampOf(nowMs), name, subject: 'Ewon', code: null, deviceId } as const;
  const event = online ? LOG_TEXTS.online(name) : LOG_TEXTS.offline(name);
  lines.push({ entry: { ...entry, event, severity: online ? 'info' : 'warn' } });
  return undefined;
}

function isSame(a: ChannelPlace, b: ChannelPlace): boolean {
  return a.epoch === b.epoch && a.seq === b.seq;
}
