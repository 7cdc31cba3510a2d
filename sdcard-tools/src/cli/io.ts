import type { Readable } from 'node:stream';

/** Where a command speaks and listens: results go to `stdout`, progress and faults to `stderr`. */
export type Io = {
  readonly stdin: Readable;
  /** Whether stderr is a terminal, which can show a bar. */
  readonly terminal: 'yes' | 'no';
  stdout(text: string): void;
  stderr(text: string): void;
};
