import type { DeviceId } from '@ewon-agent/contracts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { MOVED } from '../core/moved.ts';
import { type House, transactAndTell } from '../house.ts';
import { type AlarmView, alarmView } from '../http/views.ts';
import { ewonRow } from './ewon-row.ts';
import { belongsThere } from './looking.ts';

/** The open alarms of Ewons that are listed, or of one of them, oldest first. */
export async function listAlarms(house: House, of?: DeviceId): Promise<readonly AlarmView[]> {
  return house.store.transact(async (tx) => {
    const alarms = of === undefined ? await tx.openAlarms() : (await tx.alarmsOf([of])).filter(({ open }) => open);
    const ewons = new Map((await tx.ewonsNamed(alarms.map(({ deviceId }) => deviceId))).map((e) => [e.deviceId, e]));
    return alarms.flatMap((alarm) => {
      const ewon = ewons.get(alarm.deviceId);
      return ewon && (ewon.link === 'linked' || ewon.link === 'unlinked') ? [alarmView(alarm, ewon)] : [];
    });
  });
}

/**
 * Closes open alarms, because a person has seen them: those of one Ewon, or of all, of one code, or of all. The same
 * event later opens a new one.
 * @returns how many there were
 */
export async function acknowledgeAlarms(
  house: House,
  which: { readonly deviceId?: DeviceId; readonly code?: string },
): Promise<number> {
  return transactAndTell(house, async (tx, telling) => {
    const meant = (await tx.openAlarms()).filter(
      ({ deviceId, code }) => deviceId === (which.deviceId ?? deviceId) && code === (which.code ?? code),
    );
    await tx.keepAlarms(meant.map((alarm) => ({ ...alarm, open: false })));
    for (const { code, deviceId } of meant) if (code === MOVED) await belongsThere(tx, deviceId);
    for (const ewon of await tx.ewonsNamed(meant.map(({ deviceId }) => deviceId))) {
      const { deviceId } = ewon;
      const codes = meant.filter((alarm) => alarm.deviceId === deviceId).map(({ code }) => code);
      const event = LOG_TEXTS.acknowledged(ewon.name, codes);
      await telling.noteDone(tx, { event, deviceId });
      telling.tell({ type: 'ewon', id: deviceId, row: await ewonRow(tx, ewon) });
    }
    return meant.length;
  });
}
