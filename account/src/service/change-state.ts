import { type Code, type Fault, type Millis, timestampOf } from '@ewon-agent/contracts';
import { type ApprovalEvent, decideApproval } from '../core/approval.ts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import type { EwonRecord, RegistrationRecord } from '../core/records.ts';
import type { Telling } from '../house.ts';
import { registrationView } from '../http/views.ts';
import type { StoreTx } from '../store/store.ts';

/** A transaction in which something is done. */
export type Doing = { readonly tx: StoreTx; readonly telling: Telling; readonly nowMs: Millis };

const CODE_OF: Partial<Record<RegistrationRecord['state'], Code>> = {
  approved: 'REGISTERED',
  replaced: 'REPLACED',
  rejected: 'REJECTED',
  void: 'VOID',
  expired: 'PENDING_EXPIRED',
};

/**
 * Moves a record, with its line in the log, and tells everybody after the commit.
 * @param event text for the log; without it the usual one
 * @param became the Ewon that it became; the line is under its name, where that is told
 * @returns the fault when the order was not carried out; the record may have become expired all the same
 */
export async function changeState(
  { tx, telling, nowMs }: Doing,
  record: RegistrationRecord,
  order: ApprovalEvent,
  event?: string,
  became?: Pick<EwonRecord, 'deviceId'> & Partial<Pick<EwonRecord, 'name'>>,
): Promise<Fault | undefined> {
  const { to, fault } = decideApproval(record, order, nowMs);
  if (to === record.state) return fault;
  const patch = { state: to, decidedAt: timestampOf(nowMs), deviceId: fault ? null : (became?.deviceId ?? null) };
  await tx.updateRegistration(record.registrationId, patch);
  telling.tell({ type: 'registration', id: record.registrationId, row: registrationView({ ...record, ...patch }) });
  const code = CODE_OF[to];
  const said = fault || !event ? usualText(record, to) : event;
  const isOrder = to === 'approved' || to === 'replaced' || to === 'rejected';
  const text = isOrder ? telling.orderedBy(said) : said;
  const severity = to === 'rejected' || to === 'void' || to === 'expired' ? 'warn' : 'info';
  await telling.note(tx, {
    name: became?.name ?? record.serial,
    subject: 'Ewon',
    event: text,
    severity,
    isDecision: isOrder,
    ...(code && { code }),
    ...(became && !fault && { deviceId: became.deviceId }),
  });
  return fault;
}

function usualText({ serial }: RegistrationRecord, to: RegistrationRecord['state']): string {
  if (to === 'rejected') return LOG_TEXTS.rejected(serial);
  return to === 'expired' ? LOG_TEXTS.expired(serial) : LOG_TEXTS.voided(serial);
}
