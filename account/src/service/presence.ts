import type { Millis } from '@ewon-agent/contracts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { isGone } from '../core/presence.ts';
import { type House, transactAndTell } from '../house.ts';
import { ewonRow } from './ewon-row.ts';

/** Marks Ewons offline that nothing was heard of for too long. Whoever of them speaks again is online again. */
export async function markSilent(house: House, listeningSinceMs: Millis): Promise<void> {
  await transactAndTell(house, async (tx, telling, nowMs) => {
    for (const ewon of await tx.ewons({ link: ['linked'] })) {
      if (!isGone(ewon, { nowMs, listeningSinceMs })) continue;
      const { deviceId, name } = ewon;
      await tx.updateEwon(deviceId, { online: false });
      await telling.note(tx, { name, subject: 'Ewon', event: LOG_TEXTS.silent(name), severity: 'warn', deviceId });
      telling.tell({ type: 'ewon', id: deviceId, row: await ewonRow(tx, { ...ewon, online: false }) });
    }
  });
}
