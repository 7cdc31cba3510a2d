import type { AppliedPolicy, Code, DeviceId, Millis, Timestamp } from '@ewon-agent/contracts';
import type { CommandRecord, EwonRecord } from '../records.ts';
import { FIRST_TWO_FACTOR_POLICY, type TwoFactorPolicy } from '../two-factor.ts';
import { EXPECTED_MS } from './imports.ts';

// An import by another account, as the account knows it that the Ewons leave (docs/decisions/0052-import-from-another-account.md).
//
//   open ──orders──▶ ordered ──the other account gives its right back, or its time is up──▶ forgotten
//
// open     whoever has the right may see what can move, and order it, within the hour
// ordered  he may learn how those stand that he ordered, say that they have come, and take back what has not moved

/** What another account was given by an Administrator, to do this one thing. Only its hash is kept. */
export type HandoverRecord = {
  readonly handoverId: string;
  readonly rightHash: string;
  /** The Administrator: when he is none any more, the right is worth nothing. */
  readonly userId: string;
  /** Once it was ordered: the import over there, and the account that it is of. */
  readonly move: string | null;
  readonly toName: string | null;
  readonly createdAt: Timestamp;
  /** Until when Ewons may be listed and ordered; until when anything is answered. */
  readonly orderUntil: Timestamp;
  readonly expiresAt: Timestamp;
};

/** An Ewon that was ordered to another account. */
export type MovingEwon = {
  readonly handoverId: string;
  readonly deviceId: DeviceId;
  readonly publicKey: string;
  readonly commandId: CommandRecord['commandId'];
  /** Of the agent, when it was ordered. */
  readonly agent: string;
  readonly toName: string;
  readonly state: 'ordered' | 'moved' | 'failed';
  readonly reason: string | null;
  readonly at: Timestamp;
};

/** What decides whether an Ewon may move. */
export type LeavingFacts = {
  readonly ewon: Pick<EwonRecord, 'serial' | 'link' | 'quarantinedAt' | 'renewalAskedAt' | 'agent'>;
  /** What the account allows, and what the device said last of it. */
  readonly remoteManagement: boolean;
  readonly applied: AppliedPolicy | undefined;
  /** The last time it was ordered to another account. */
  readonly last: Pick<MovingEwon, 'state' | 'reason' | 'agent'> | undefined;
};

/** Why an Ewon cannot move now; undefined: it can. A device that is offline can: its order waits. */
export function whyStaying({ ewon, remoteManagement, applied, last }: LeavingFacts): Code | undefined {
  if (ewon.link !== 'linked' || ewon.serial === '') return 'UNLINKED';
  if (ewon.quarantinedAt !== null) return 'IDENTITY_QUARANTINED';
  if (ewon.renewalAskedAt !== null) return 'RENEWAL_PENDING';
  if (last?.state === 'ordered') return 'MOVE_SENT';
  if (!remoteManagement || (applied && applied.remoteManagement !== 'on')) return 'REMOTE_MANAGEMENT_OFF';
  // it said so itself, and has not been updated since
  if (last?.reason === 'COMMAND_UNKNOWN' && last.agent === ewon.agent) return 'COMMAND_UNKNOWN';
  return undefined;
}

/**
 * Tells whether the account enforces two-factor on who signs in for an import: on new users, or on this one. There is nobody at
 * a screen of this account who could show a code.
 */
export function enforcesTwoFactor(
  user: { readonly twoFactor: 'off' | 'wanted' | 'on' },
  { enabled, forNewUsers }: TwoFactorPolicy = FIRST_TWO_FACTOR_POLICY,
): boolean {
  return enabled && (forNewUsers || user.twoFactor !== 'off');
}

/**
 * How an order stands by what became of its command; undefined: as before.
 * @param facts `command` undefined: it is forgotten; `isLinked`: the Ewon still is, by the certificate it was ordered with
 */
export function settledBy(
  { state, at }: Pick<MovingEwon, 'state' | 'at'>,
  facts: {
    readonly command: Pick<CommandRecord, 'state' | 'reason'> | undefined;
    readonly isLinked: boolean;
    readonly nowMs: Millis;
  },
): Pick<MovingEwon, 'state' | 'reason'> | undefined {
  const { command, isLinked, nowMs } = facts;
  if (state !== 'ordered') return undefined;
  if (!isLinked) return { state: 'failed', reason: 'UNLINKED' };
  if (command?.state === 'failed') return { state: 'failed', reason: command.reason };
  // carried out, and its good-bye is still to come; but nobody waits for that for ever
  const isOver = !command || nowMs - Date.parse(at) >= EXPECTED_MS;
  return isOver ? { state: 'failed', reason: 'COMMAND_EXPIRED' } : undefined;
}
