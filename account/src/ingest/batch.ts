import { type CommandId, type DeviceId, type Millis, timestampOf } from '@ewon-agent/contracts';
import type { Change } from '../bus.ts';
import type { AlarmEvent } from '../core/alarms.ts';
import { eventLine } from '../core/event-line.ts';
import type { Place } from '../core/message-order.ts';
import type { EwonRecord } from '../core/records.ts';
import type { ReadMessage, Unreadable } from '../core/up-message.ts';
import { logLineView } from '../http/views.ts';
import { ewonRow } from '../service/ewon-row.ts';
import type { NewLogLine, StoreTx, TelemetryRecord } from '../store/store.ts';
import { takeAlarms } from './alarms.ts';
import { takeCommandState } from './command-state.ts';
import { takeRetained } from './retained.ts';

/** A message that was read, or one that is ignored but may have to be acknowledged. */
export type Item =
  | { readonly at: 'message'; readonly message: ReadMessage; readonly from?: string | undefined }
  | ({ readonly at: 'unreadable' } & Unreadable);

/** Why a message is not taken, ever. */
export type Ignored = Omit<Unreadable, 'why' | 'place'> & {
  readonly why: Unreadable['why'] | 'not linked' | 'too many epochs' | 'refused by the store';
};

/** A message of a stream that its device may forget. */
export type Acknowledged = { readonly deviceId: DeviceId; readonly place: Place };

/** What is to be done once the transaction is committed. */
export type BatchOutcome = {
  readonly changes: readonly Change[];
  readonly acknowledged: readonly Acknowledged[];
  readonly ignored: readonly Ignored[];
  /** Those that were found to be two boards just now: the broker is to be told. */
  readonly quarantined: readonly DeviceId[];
  /** Commands of which their device has nothing more to say. */
  readonly ended: readonly CommandAddress[];
  readonly locations: LocationsToldOf;
};

/** What a batch said of locations: whether something is to be looked for, and what the account does not want to be kept. */
export type LocationsToldOf = { readonly told: boolean; readonly unwanted: readonly DeviceId[] };

/** A command of a device. */
export type CommandAddress = { readonly deviceId: DeviceId; readonly commandId: CommandId };

/** A transaction that takes messages. */
export type Batch = {
  readonly tx: StoreTx;
  readonly nowMs: Millis;
  readonly lines: NewLogLine[];
  readonly locations: { told: boolean; readonly unwanted: DeviceId[] };
};

/** The Ewon that sent, as it is after its messages so far. */
export type Sender = { ewon: EwonRecord; seen: boolean; changed: boolean; epochs?: readonly string[] };

/** Takes messages of any devices within one transaction, in their order. Few statements, however many they are. */
export async function takeBatch(tx: StoreTx, items: readonly Item[], nowMs: Millis): Promise<BatchOutcome> {
  const batch: Batch = { tx, nowMs, lines: [], locations: { told: false, unwanted: [] } };
  const telemetry: TelemetryRecord[] = [];
  const events: AlarmEvent[] = [];
  const acknowledged: Acknowledged[] = [];
  const ignored: Ignored[] = [];
  const ended: CommandAddress[] = [];
  const told: Change[] = [];
  const receivedAt = timestampOf(nowMs);
  const senders = await sendersOf(tx, items);

  for (const item of items) {
    const { deviceId, place } = item.at === 'message' ? item.message : item;
    const sender = deviceId && senders.get(deviceId);
    if (item.at === 'unreadable') {
      ignored.push(item);
      if (sender && deviceId && place) acknowledged.push({ deviceId, place });
      continue;
    }
    const { message } = item.message;
    const { channel, body } = message;
    if (!sender || !deviceId || sender.ewon.quarantinedAt !== null) {
      ignored.push({ why: 'not linked', detail: 'not linked', ...(deviceId && { deviceId }), channel });
    } else if (message.channel === 'cmd') {
      const taken = await takeCommandState(batch, sender.ewon, message.body);
      told.push(...taken.changes);
      if (taken.isEnd) ended.push({ deviceId, commandId: message.body.id });
      sender.seen = true;
    } else if (message.channel === 'event') {
      const { epoch, seq } = body;
      const entry = eventLine(sender.ewon, message.body, nowMs);
      batch.lines.push({ entry, origin: { epoch, seq } });
      const { code, severity, text } = message.body;
      events.push({ deviceId, epoch, seq, code, severity, text, at: entry.at });
      acknowledged.push({ deviceId, place: { epoch, seq } });
      sender.seen = true;
    } else if (message.channel === 'telemetry') {
      const { epoch, seq, at, samples } = message.body;
      telemetry.push({ deviceId, epoch, seq, at, receivedAt, samples });
      acknowledged.push({ deviceId, place: { epoch, seq } });
      sender.seen = true;
    } else if ((await takeRetained(batch, sender, message, item.from)) === 'too many epochs') {
      ignored.push({ why: 'too many epochs', detail: body.epoch, deviceId, channel });
    }
  }

  await tx.addTelemetry(telemetry);
  const added = await tx.appendLogs(batch.lines);
  await takeAlarms(batch, senders, events);
  const changes = [...(await keepSenders(batch, [...senders.values()])), ...told, ...added.map(changeOf)];
  const quarantined = [...senders.values()].filter(({ ewon }) => ewon.quarantinedAt !== null);
  const { locations } = batch;
  return { changes, acknowledged, ignored, ended, locations, quarantined: quarantined.map((s) => s.ewon.deviceId) };
}

async function sendersOf(tx: StoreTx, items: readonly Item[]): Promise<ReadonlyMap<DeviceId, Sender>> {
  const ids = items.flatMap((item) => (item.at === 'message' ? item.message.deviceId : (item.deviceId ?? [])));
  const ewons = await tx.ewonsNamed(ids);
  // what a quarantined one sends is not acknowledged: it keeps that until a person has decided
  const linked = ewons.filter(({ link, quarantinedAt }) => link === 'linked' && quarantinedAt === null);
  return new Map(linked.map((ewon) => [ewon.deviceId, { ewon, seen: false, changed: false }]));
}

async function keepSenders({ tx, nowMs }: Batch, senders: readonly Sender[]): Promise<readonly Change[]> {
  const seenNow = timestampOf(nowMs);
  const changes: Change[] = [];
  for (const { ewon, seen } of senders.filter(({ changed }) => changed)) {
    const lastSeenAt = seen ? seenNow : ewon.lastSeenAt;
    const { deviceId, online, agent, model, firmware, boots, quarantinedAt, brokerTold, certificateSerial } = ewon;
    const identity = { boots, quarantinedAt, brokerTold, certificateSerial };
    await tx.updateEwon(deviceId, { online, agent, model, firmware, lastSeenAt, ...identity });
    changes.push({ type: 'ewon', id: deviceId, row: await ewonRow(tx, { ...ewon, lastSeenAt }) });
  }
  const onlySeen = senders.filter(({ seen, changed }) => seen && !changed);
  await tx.sawEwons(
    onlySeen.map(({ ewon }) => ewon.deviceId),
    seenNow,
  );
  return changes;
}

function changeOf(line: Parameters<typeof logLineView>[0]): Change {
  return { type: 'log', id: String(line.id), row: logLineView(line) };
}
