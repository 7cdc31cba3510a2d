import { type CardReceipt, type Fingerprint, type Ports, type Result, timestampOf } from '@ewon-agent/contracts';
import type { CardMarked, MarkEffect } from '../core/card-marks.ts';

/** Writes on cards what the core orders; each order answers with exactly one event. */
export type Marker = { mark(order: MarkEffect): Promise<CardMarked> };

/** @param fingerprint of the device key, for the receipt */
export function createMarker(ports: Pick<Ports, 'slots' | 'firmware' | 'clock'>, fingerprint: Fingerprint): Marker {
  const receiptOf = async ({ receipt, grkId }: MarkEffect): Promise<Result<CardReceipt | undefined>> => {
    if (!receipt) return { ok: true, value: undefined };
    const identity = await ports.firmware.identity();
    if (!identity.ok) return identity;
    const at = timestampOf(ports.clock.now());
    return { ok: true, value: { at, serial: identity.value.serial, fingerprint, grkId, code: receipt } };
  };

  return {
    async mark(order) {
      const { do: _, grkId: __, ...what } = order;
      const receipt = await receiptOf(order);
      const written = receipt.ok
        ? await ports.slots.mark(order.slot, order.insertion, {
            ...(receipt.value && { receipt: receipt.value }),
            ...(order.wipe && { wipe: true }),
          })
        : receipt;
      return { on: 'CardMarked', ...what, ...(written.ok ? {} : { fault: written.fault }) };
    },
  };
}
