import { asciiJson } from '@ewon-agent/contracts';

/** Where a command speaks and listens: records go to `stdout`, faults to `stderr`. */
export type Io = {
  readonly stdin: AsyncIterable<unknown>;
  stdout(text: string): void;
  stderr(text: string): void;
};

/** What the `ewon-bridge` command exits with. */
export const EXIT = { allRead: 0, machineFailed: 1, wrongUse: 2, refused: 3 } as const;
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** Writes one line of JSON in pure ASCII, so that no text from a device can play with a terminal. */
export function json(value: unknown): string {
  return `${asciiJson(JSON.stringify(value))}\n`;
}
