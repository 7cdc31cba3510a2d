import { err, type Fault, type Millis, PENDING_VALID_MS, type Timestamp } from '@ewon-agent/contracts';
import type { EwonRecord, RegistrationState } from './records.ts';
import type { KnownEwon } from './registration.ts';

// A registration record and what may happen to it:
//
//            approve ──▶ approved      a person gave it an identity of its own
//   pending ─replace ──▶ replaced      a person gave it the place of another Ewon
//            reject  ──▶ rejected      a person said no
//            void    ──▶ void          key renewed, switch turned off, or a newer request of the same device
//            expire  ──▶ expired       nobody decided in time; also what an order on an overdue record finds
//
// Every state but `pending` is final.

export type ApprovalEvent = 'approve' | 'replace' | 'reject' | 'void' | 'expire';
/** The state afterwards. With a fault, the order was not carried out; the state may still have changed (overdue). */
export type ApprovalDecision = { readonly to: RegistrationState; readonly fault?: Fault };

const TARGET: Record<ApprovalEvent, RegistrationState> = {
  approve: 'approved',
  replace: 'replaced',
  reject: 'rejected',
  void: 'void',
  expire: 'expired',
};

/** Decides what an event makes of a record. Total. Codes: CONFLICT (decided already), PENDING_EXPIRED (overdue). */
export function decideApproval(
  record: { readonly state: RegistrationState; readonly createdAt: Timestamp },
  event: ApprovalEvent,
  nowMs: Millis,
): ApprovalDecision {
  if (record.state !== 'pending') return { to: record.state, fault: err('CONFLICT', `it is ${record.state}`).fault };
  const overdue = isOverdue(record.createdAt, nowMs);
  if (event === 'expire') return { to: overdue ? 'expired' : 'pending' };
  if (!overdue || event === 'void' || event === 'reject') return { to: TARGET[event] };
  return { to: 'expired', fault: err('PENDING_EXPIRED', `asked ${record.createdAt}`).fault };
}

/** Tells whether nobody decided in time about a record that is pending. */
export function isOverdue(createdAt: Timestamp, nowMs: Millis): boolean {
  return Date.parse(createdAt) + PENDING_VALID_MS <= nowMs;
}

/**
 * Judges whether an Ewon may give its place to this device: it must be listed, and unused by anybody else.
 * Codes: NOT_FOUND, CONFLICT.
 */
export function judgeReplaced(target: KnownEwon | undefined, publicKey: string): Fault | undefined {
  if (!target || (target.link !== 'linked' && target.link !== 'unlinked'))
    return err('NOT_FOUND', 'no such Ewon').fault;
  if (target.online && target.publicKey !== publicKey)
    return err('CONFLICT', 'the Ewon to be replaced is online').fault;
  return undefined;
}

/** What polling a record is answered with: a fault, or undefined while it is pending or granted. */
export function answerFor(
  state: RegistrationState,
  ewon: Pick<EwonRecord, 'link' | 'quarantinedAt'> | undefined,
): Fault | undefined {
  if (state === 'rejected') return err('REJECTED').fault;
  if (state === 'void') return err('VOID').fault;
  if (state === 'expired') return err('PENDING_EXPIRED').fault;
  if (state === 'pending') return undefined;
  if (ewon?.link !== 'linked') return err('UNLINKED').fault;
  return ewon.quarantinedAt === null ? undefined : err('IDENTITY_QUARANTINED', `since ${ewon.quarantinedAt}`).fault;
}
