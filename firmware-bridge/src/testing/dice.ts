/** Chance that can be thrown again: the same seed gives the same numbers. */
export type Dice = {
  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number;
  /** True once in `times`. */
  onceIn(times: number): boolean;
  /** One of several. */
  of<T>(first: T, ...others: readonly T[]): T;
};

/** Makes dice of a seed (mulberry32). */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  return {
    below,
    onceIn: (times) => below(times) === 0,
    of: (first, ...others) => [first, ...others][below(others.length + 1)] ?? first,
  };
}

/** How many generated cases a test runs: FORMAT_CASES, or as many as it says itself. */
export function casesOf(usually: number): number {
  const asked = Number(process.env['FORMAT_CASES']);
  return Number.isSafeInteger(asked) && asked > 0 ? asked : usually;
}
