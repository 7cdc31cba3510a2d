/** What a command reads and writes. */
export type Io = {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** Asks for a secret where somebody sits at a terminal; not there otherwise. */
  readonly askSecret?: (question: string) => Promise<string>;
  stdout(text: string): void;
  stderr(text: string): void;
  /** Resolves when the process is asked to end. */
  untilSignal(): Promise<void>;
};

/** How a command answers. */
export type Form = 'text' | 'json';

/** 0 done · 1 something is broken or does not run · 2 wrong use · 3 the account says no, with a code. */
export const EXIT = { done: 0, broken: 1, usage: 2, refused: 3 } as const;
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];
