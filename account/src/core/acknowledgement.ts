import { ACK_RANGES_MAX, type AckMessage, rangesOf } from '@ewon-agent/contracts';

// What a device is told when its messages are committed (docs/decisions/0016-acknowledgement-in-ranges.md).

/** The acknowledgements of these numbers of one epoch: one, or as many as it takes to name all ranges. */
export function acksOf(epoch: string, seqs: Iterable<number>): readonly AckMessage[] {
  const ranges = rangesOf(seqs);
  const acks: AckMessage[] = [];
  for (let at = 0; at < ranges.length; at += ACK_RANGES_MAX)
    acks.push({ v: 1, epoch, ranges: ranges.slice(at, at + ACK_RANGES_MAX) });
  return acks;
}
