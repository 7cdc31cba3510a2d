import { err, type GrkId, ok, PENDING_VALID_MS, type Result, timestampOf } from '@ewon-agent/contracts';
import type { RegistrationRecord } from '../core/records.ts';
import { type House, transactAndTell } from '../house.ts';
import type { RegistrationFilter } from '../store/store.ts';
import { changeState, type Doing } from './change-state.ts';

/** Rejects one request. Codes: NOT_FOUND, CONFLICT. */
export async function reject(house: House, registrationId: string): Promise<Result<RegistrationRecord>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const record = await tx.registration(registrationId);
    if (!record) return err('NOT_FOUND', 'registration');
    const fault = await changeState({ tx, telling, nowMs }, record, 'reject');
    return fault ? { ok: false, fault } : ok({ ...record, state: 'rejected' });
  });
}

/** Rejects all pending requests of a key, or of a source network. @returns how many */
export async function rejectAll(
  house: House,
  of: { readonly grkId: GrkId } | { readonly network: string },
): Promise<number> {
  return transactAndTell(house, (tx, telling, nowMs) => endPending({ tx, telling, nowMs }, of, 'reject'));
}

/** Ends all pending requests that a filter names, within a transaction. @returns how many */
export async function endPending(
  doing: Doing,
  of: Omit<RegistrationFilter, 'state'>,
  how: 'reject' | 'void' | 'expire',
): Promise<number> {
  const pending = await doing.tx.registrations({ ...of, state: 'pending' });
  for (const record of pending) await changeState(doing, record, how);
  return pending.length;
}

/** Ends what nobody decided about in time. Called by upkeep and before the list is shown. */
export async function expireOverdue(house: House): Promise<void> {
  await transactAndTell(house, async (tx, telling, nowMs) => {
    // one millisecond later: a record is overdue when its time is over, not after
    await endPending({ tx, telling, nowMs }, { createdBefore: timestampOf(nowMs - PENDING_VALID_MS + 1) }, 'expire');
  });
}
