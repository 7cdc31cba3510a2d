import type { EwonRecord } from '../core/records.ts';
import { type EwonView, ewonView } from '../http/views.ts';
import type { StoreTx } from '../store/store.ts';

/** An Ewon as lists and live pages show it, with what its device told last. */
export async function ewonRow(tx: StoreTx, ewon: EwonRecord): Promise<EwonView> {
  const { deviceId } = ewon;
  return ewonView(ewon, {
    inventory: await tx.retained(deviceId, 'inventory'),
    health: await tx.retained(deviceId, 'health'),
    wan: await tx.retained(deviceId, 'wan'),
    patch: await tx.retained(deviceId, 'patch'),
    location: await tx.locationOf(deviceId),
    alarms: (await tx.alarmsOf([deviceId])).filter(({ open }) => open).length,
  });
}
