import type { DeviceAddress, DeviceId } from '@ewon-agent/contracts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { type House, transactAndTell } from '../house.ts';

/** So many are told for each start of the server; the fleet that an old backup has forgotten is told of by the first of them. */
const STRANGERS_MAX = 1000;

/**
 * Tells of devices that show a certificate of our own CA and that the account does not know: approved after the backup it was
 * restored from. Each once. Only a broker that asks us at every connection finds them, and that is the embedded one.
 */
export function createStrangers(house: Pick<House, 'store' | 'bus' | 'clock' | 'log'>) {
  const told = new Set<DeviceId>();
  return async ({ accountId, deviceId }: DeviceAddress): Promise<void> => {
    if (accountId !== house.store.accountId || told.has(deviceId) || told.size >= STRANGERS_MAX) return;
    told.add(deviceId); // it may connect twice at once
    const note = transactAndTell(house, async (tx, telling) => {
      if (await tx.ewon(deviceId)) return false; // decided by what is in the database alone: the work may run again
      const event = LOG_TEXTS.stranger(deviceId);
      await telling.note(tx, {
        name: deviceId,
        subject: 'Ewon',
        event,
        severity: 'warn',
        code: 'EWON_UNKNOWN',
        deviceId,
      });
      return true;
    });
    const isTold = await note.catch((error: unknown) => {
      told.delete(deviceId);
      throw error;
    });
    if (!isTold) told.delete(deviceId);
  };
}
