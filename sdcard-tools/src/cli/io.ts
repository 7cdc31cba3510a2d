import type { Readable } from 'node:stream';

/** Where a command speaks and listens: results go to `stdout`, progress and faults to `stderr`. */
export type Io = {
  readonly stdin: Readable;
  stdout(text: string): void;
  stderr(text: string): void;
};
