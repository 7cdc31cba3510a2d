import { ACK_RANGES_MAX, type AckMessage, type SeqRange } from '@ewon-agent/contracts';

// What a device is told when its messages are committed (docs/decisions/0016-acknowledgement-in-ranges.md).

/** The numbers as ranges, in rising order. Numbers may come in any order and more than once. */
export function rangesOf(seqs: Iterable<number>): readonly SeqRange[] {
  const ranges: [from: number, to: number][] = [];
  for (const seq of Array.from(seqs).sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && seq <= last[1] + 1) last[1] = seq;
    else ranges.push([seq, seq]);
  }
  return ranges;
}

/** The acknowledgements of these numbers of one epoch: one, or as many as it takes to name all ranges. */
export function acksOf(epoch: string, seqs: Iterable<number>): readonly AckMessage[] {
  const ranges = rangesOf(seqs);
  const acks: AckMessage[] = [];
  for (let at = 0; at < ranges.length; at += ACK_RANGES_MAX)
    acks.push({ v: 1, epoch, ranges: ranges.slice(at, at + ACK_RANGES_MAX) });
  return acks;
}
