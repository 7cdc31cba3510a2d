/** The middle of the values; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which a share of all values lies, linearly between neighbours. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new Error('this is a bug: no values');
  return below + (above - below) * (at - Math.floor(at));
}

/** A figure with its spread: median, p5 and p95, least and most. */
export type Spread = {
  readonly n: number;
  readonly median: number;
  readonly p5: number;
  readonly p95: number;
  readonly min: number;
  readonly max: number;
};

/** Sums values up; there must be at least one. */
export function spread(values: readonly number[]): Spread {
  return {
    n: values.length,
    median: median(values),
    p5: quantile(values, 0.05),
    p95: quantile(values, 0.95),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}
