/** From, to: both belong to it. */
export type SeqRange = readonly [from: number, to: number];

/** The fewest ranges that hold these numbers and no others, in rising order. Numbers may come in any order and more than once. */
export function rangesOf(seqs: Iterable<number>): readonly SeqRange[] {
  const ranges: [from: number, to: number][] = [];
  for (const seq of Array.from(seqs).sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && seq <= last[1] + 1) last[1] = seq;
    else ranges.push([seq, seq]);
  }
  return ranges;
}
