import type { DeviceId } from '@ewon-agent/contracts';
import { type AlarmEvent, type AlarmRecord, alarmsAfter, isAboutAlarms } from '../core/alarms.ts';
import type { Batch, Sender } from './batch.ts';

/** Opens and closes alarms by the events of a batch. Asks the store only when an event is about any. */
export async function takeAlarms(
  { tx }: Pick<Batch, 'tx'>,
  senders: ReadonlyMap<DeviceId, Sender>,
  events: readonly AlarmEvent[],
): Promise<void> {
  const about = Map.groupBy(events.filter(isAboutAlarms), ({ deviceId }) => deviceId);
  if (about.size === 0) return;
  const remembered = Map.groupBy(await tx.alarmsOf([...about.keys()]), ({ deviceId }) => deviceId);
  for (const [deviceId, of] of about) {
    const sender = senders.get(deviceId);
    if (!sender) continue;
    sender.epochs ??= await tx.epochsOf(deviceId);
    const known = new Map((remembered.get(deviceId) ?? []).map((alarm) => [alarm.code, alarm]));
    const changed = new Map<string, AlarmRecord>();
    for (const event of of)
      for (const alarm of alarmsAfter([...known.values()], event, sender.epochs)) {
        sender.changed ||= alarm.open !== (known.get(alarm.code)?.open ?? false);
        known.set(alarm.code, alarm);
        changed.set(alarm.code, alarm);
      }
    await tx.keepAlarms([...changed.values()]);
  }
}
