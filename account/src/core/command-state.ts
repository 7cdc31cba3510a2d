// How a command stands, as the account knows it: forwards only, whatever comes twice, late or out of order.

import { COMMAND_STATES, type CommandStateMessage, HOUR_MS, isFinal, type Millis } from '@ewon-agent/contracts';
import type { CommandRecord } from './records.ts';

/** What may change of a record. */
export type CommandChange = Pick<CommandRecord, 'state' | 'saidBy' | 'reason' | 'detail' | 'result'>;

/** What a device's message changes; undefined when it says nothing new. What the device says of the end beats what the account took for it. */
export function toldState(record: CommandRecord, told: CommandStateMessage): CommandChange | undefined {
  const isEnd = isFinal(record.state);
  if (isEnd && (record.saidBy === 'device' || !isFinal(told.state))) return undefined;
  const isForward = COMMAND_STATES.indexOf(told.state) > COMMAND_STATES.indexOf(record.state);
  if (!isEnd && !isForward && !(told.state === record.state && record.saidBy === 'account')) return undefined;
  const { state, reason = null, detail = null, result = null } = told;
  return { state, saidBy: 'device', reason, detail, result };
}

/**
 * What time alone changes. A device that has begun in time may still say so for an hour after the end of the time; one that
 * has not said anything by then is not waited for.
 */
export function overdueState(record: CommandRecord, nowMs: Millis): CommandChange | undefined {
  if (isFinal(record.state)) return undefined;
  const graceMs = record.state === 'executing' ? GRACE_MS : 0;
  if (nowMs < Date.parse(record.expiresAt) + graceMs) return undefined;
  const detail = record.state === 'init' ? 'the Ewon did not take it' : `it was ${record.state}`;
  return { state: 'failed', saidBy: 'account', reason: 'COMMAND_EXPIRED', detail, result: null };
}

/** What becomes of an open command when its Ewon is not linked any more. */
export function unlinkedState(record: CommandRecord): CommandChange | undefined {
  if (isFinal(record.state)) return undefined;
  const end = { saidBy: 'account', detail: null, result: null } as const;
  // it was carried out: the device says good-bye before it can say so
  if (record.name === 'forget') return { ...end, state: 'successful', reason: null };
  return { ...end, state: 'failed', reason: 'UNLINKED' };
}

const GRACE_MS: Millis = HOUR_MS;
