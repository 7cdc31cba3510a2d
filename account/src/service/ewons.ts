import { type DeviceId, err, ok, type Result } from '@ewon-agent/contracts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import type { EwonRecord } from '../core/records.ts';
import { type House, removeAtBroker, transactAndTell } from '../house.ts';
import { type EwonView, ewonView } from '../http/views.ts';
import type { RetainedChannel, RetainedMessage, StoreTx } from '../store/store.ts';
import { endLink } from './approve.ts';
import { finishMove, moveUnderWay } from './imports/moving.ts';

/** Lists the Ewons of the account, each with what its device told last. */
export async function listEwons(house: House): Promise<readonly EwonView[]> {
  return house.store.transact(async (tx) => {
    const views: EwonView[] = [];
    const located = new Map((await tx.locations()).map((record) => [record.deviceId, record]));
    const open = Map.groupBy(await tx.openAlarms(), ({ deviceId }) => deviceId);
    // a question for each Ewon would be thousands, and all of them wait on one another
    const inventories = await lastOf(tx, 'inventory');
    const healths = await lastOf(tx, 'health');
    const wans = await lastOf(tx, 'wan');
    const patches = await lastOf(tx, 'patch');
    for (const ewon of await tx.ewons({ link: ['linked', 'unlinked'] })) {
      const { deviceId } = ewon;
      const told = {
        ...{ inventory: inventories.get(deviceId), health: healths.get(deviceId), wan: wans.get(deviceId) },
        patch: patches.get(deviceId),
      };
      const alarms = open.get(deviceId)?.length ?? 0;
      views.push(ewonView(ewon, { ...told, location: located.get(deviceId), alarms }));
    }
    return views;
  });
}

async function lastOf<C extends RetainedChannel>(
  tx: StoreTx,
  channel: C,
): Promise<ReadonlyMap<DeviceId, RetainedMessage[C]>> {
  return new Map((await tx.allRetained(channel)).map(({ deviceId, message }) => [deviceId, message]));
}

/** Removes an Ewon: certificate revoked, broker told; the device learns UNLINKED when it asks. Codes: NOT_FOUND. */
export async function removeEwon(house: House, deviceId: DeviceId): Promise<Result<EwonRecord>> {
  const removed = await transactAndTell(house, async (tx, telling, nowMs) => {
    const ewon = await tx.ewon(deviceId);
    if (!ewon || ewon.link === 'removed' || ewon.link === 'replaced') return undefined;
    const event = telling.orderedBy(LOG_TEXTS.removed(ewon.name));
    const line = { name: ewon.name, subject: 'Ewon', event, severity: 'warn', code: 'UNLINKED', deviceId } as const;
    await telling.note(tx, { ...line, isDecision: true });
    return endLink({ tx, telling, nowMs }, ewon, 'removed');
  });
  if (!removed) return err('NOT_FOUND', 'Ewon');
  await removeAtBroker(house, { accountId: house.accountId, deviceId });
  return ok(removed);
}

/** Unlinks an Ewon whose device forgot the account, or went to another one that imports it. The same again is success, also when a person removed it meanwhile. */
export async function unlinkEwon(house: House, deviceId: DeviceId): Promise<void> {
  const unlinked = await transactAndTell(house, async (tx, telling, nowMs) => {
    const ewon = await tx.ewon(deviceId);
    if (ewon?.link !== 'linked') return undefined;
    const moving = await moveUnderWay({ tx, nowMs }, ewon);
    if (moving) return finishMove({ tx, telling, nowMs }, ewon, moving);
    const event = LOG_TEXTS.unlinked(ewon.name);
    await telling.note(tx, { name: ewon.name, subject: 'Ewon', event, code: 'FORGOTTEN', deviceId });
    return endLink({ tx, telling, nowMs }, ewon, 'unlinked');
  });
  if (unlinked) await removeAtBroker(house, { accountId: house.accountId, deviceId });
}
