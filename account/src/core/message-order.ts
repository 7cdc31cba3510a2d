import type { StatusMessage } from '@ewon-agent/contracts';

// A device numbers its messages: `seq` counts up within an `epoch`; a new epoch begins when the counter was lost.
// Epochs have no order of their own: the one seen first is the older one.

export type Place = { readonly epoch: string; readonly seq: number };

/** Tells whether a message is older than one that was taken. The same place again is not late: it is a repetition. */
export function isLate(message: Place, taken: Place, epochs: readonly string[]): boolean {
  if (message.epoch === taken.epoch) return message.seq < taken.seq;
  return epochs.indexOf(message.epoch) < epochs.indexOf(taken.epoch);
}

/**
 * Judges a status message. A last will is made when its session begins, so its place lies just before the online
 * message of that session; yet it ends that session. It counts when it lies after the online message of the session
 * before. A will of an older session, told late by a broker, must not take a device offline that is back already.
 * @param last the status taken last
 * @param previousOnline place of the status before the present session
 */
export function judgeStatus(facts: {
  readonly status: StatusMessage;
  readonly last: StatusMessage | undefined;
  readonly previousOnline: Place | undefined;
  readonly epochs: readonly string[];
}): 'online' | 'offline' | 'will' | 'late' {
  const { status, last, previousOnline, epochs } = facts;
  if (!last || !isLate(status, last, epochs)) return status.state;
  if (status.state === 'online' || last.state === 'offline') return 'late';
  if (status.epoch !== last.epoch) return 'late';
  return previousOnline && (isLate(status, previousOnline, epochs) || isSame(status, previousOnline)) ? 'late' : 'will';
}

function isSame(a: Place, b: Place): boolean {
  return a.epoch === b.epoch && a.seq === b.seq;
}
