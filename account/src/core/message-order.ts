// A device numbers its messages: `seq` counts up within an `epoch`; a new epoch begins when the counter was lost.
// Epochs have no order of their own: the one seen first is the older one. A last will is made before its session
// begins, but numbered after the "online" of that session (docs/decisions/0002-wire-v1.md §5), so order by number is
// order in time for it too: the will of an older session, told late, is late.

export type Place = { readonly epoch: string; readonly seq: number };

/** Tells whether a message is older than one that was taken. The same place again is not late: it is a repetition. */
export function isLate(message: Place, taken: Place, epochs: readonly string[]): boolean {
  if (message.epoch === taken.epoch) return message.seq < taken.seq;
  return epochs.indexOf(message.epoch) < epochs.indexOf(taken.epoch);
}
