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
    await transactAndTell(house, async (tx, telling) => {
      if (told.has(deviceId) || (await tx.ewon(deviceId))) return;
      told.add(deviceId);
      const event = LOG_TEXTS.stranger(deviceId);
      await telling.note(tx, {
        name: deviceId,
        subject: 'Ewon',
        event,
        severity: 'warn',
        code: 'EWON_UNKNOWN',
        deviceId,
      });
    });
  };
}
