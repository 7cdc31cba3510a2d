import { type DeviceId, err, ok, type Result } from '@ewon-agent/contracts';
import { changesOf, LIST_TEXTS } from '../core/list-texts.ts';
import type { EwonChange, EwonRecord } from '../core/records.ts';
import { threeAfter } from '../core/three.ts';
import { type House, transactAndTell } from '../house.ts';
import { ewonRow } from './ewon-row.ts';

/**
 * Changes what a person may set of an Ewon; the same again is success and says nothing.
 * Codes: NOT_FOUND (Ewon, pool), NAME_TAKEN.
 */
export async function editEwon(
  house: House,
  deviceId: DeviceId,
  { customFields, ...named }: EwonChange,
): Promise<Result<EwonRecord>> {
  return transactAndTell(house, async (tx, telling) => {
    const ewon = await tx.ewon(deviceId);
    if (!ewon || (ewon.link !== 'linked' && ewon.link !== 'unlinked')) return err('NOT_FOUND', 'Ewon');
    const { pool, name } = named;
    if (pool !== undefined && pool !== ewon.pool && !(await tx.pools()).includes(pool))
      return err('NOT_FOUND', `pool ${pool}`);
    if (name !== undefined && name !== ewon.name && (await tx.ewonByName(name))) return err('NAME_TAKEN', name);
    const change = { ...named, customFields: threeAfter(ewon.customFields, customFields) };
    const now = { ...ewon, ...change };
    const changes = changesOf(ewon, now);
    if (changes.length === 0) return ok(ewon);
    await tx.updateEwon(deviceId, change);
    await telling.noteDone(tx, { event: LIST_TEXTS.edited(ewon.name, changes), deviceId });
    telling.tell({ type: 'ewon', id: deviceId, row: await ewonRow(tx, now) });
    return ok(now);
  });
}
