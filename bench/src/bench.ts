/** How much a bench does; each bench has sizes of its own at which its figures mean something. */
export type BenchSize = {
  readonly runs?: number;
  readonly seconds?: number;
  /** Of a fleet. */
  readonly devices?: number;
};

/** What a bench found. */
export type BenchAnswer = {
  /** Markdown below the section's title. */
  readonly body: string;
  /** The same figures for programs. */
  readonly figures: object;
};

/** One side-by-side measurement. */
export type Bench = {
  readonly name: string;
  readonly title: string;
  /** One line for the list of benches, with how long a full run takes. */
  readonly about: string;
  /** @param say takes a line of progress */
  run(size: BenchSize, say: (line: string) => void): Promise<BenchAnswer>;
};
