import type { Duplex } from 'node:stream';
import { jsonReader, type Millis, toUtf8 } from '@ewon-agent/contracts';
import { readLines } from '../process/lines.ts';

/** How the agent has been, as the watcher on the board says four times a second. */
export type Beat = {
  /** Since when the board runs, by its own clock. */
  readonly upMs: Millis;
  /** How long it has been silent by now. */
  readonly silentMs: Millis;
  /** The longest silence since the beginning. */
  readonly gapMs: Millis;
  /** The longest time that the watcher itself was kept from looking. */
  readonly ownGapMs: Millis;
  /** Resident memory of the agent, without the pages of programs and libraries. */
  readonly rssKib: number;
  /** The most that the agent's memory was since the beginning. */
  readonly peakKib: number;
};

/** The agent on the board as its watcher tells of it (`guest/root/usr/lib/board/watch`). */
export type Watch = {
  /** The newest answer to `status`, as JSON; undefined before the first since the power came on. */
  readonly status: unknown;
  readonly beat: Beat | undefined;
  /** When the host heard of the newest beat, by `performance.now()`. */
  readonly heardMs: Millis | undefined;
  /** Is told each answer that differs from the one before. @returns ends the subscription */
  subscribe(tell: (status: unknown) => void): () => void;
  /** Begins to count anew. Resolves with the first beat of the new count. */
  begin(): Promise<Beat>;
};

const count = { type: 'integer', minimum: 0 };
const beatMembers = ['upMs', 'silentMs', 'gapMs', 'ownGapMs', 'rssKib', 'peakKib'];
const beat = {
  type: 'object',
  required: beatMembers,
  properties: Object.fromEntries(beatMembers.map((member) => [member, count])),
};
type Told = { readonly status?: unknown; readonly beat?: Beat; readonly begun?: Beat };
const readTold = jsonReader<Told>({ type: 'object', properties: { status: { type: 'object' }, beat, begun: beat } });
/** A status with its events is about 6 KiB. */
const LINE_MAX_CHARACTERS = 256 * 1024;

/** Hears the watcher of a board over its whole life; `power` says when its port is there and when it has gone. */
export function createWatch(): Watch & { powerOn(port: Duplex): void; powerOff(): void } {
  const told = new Set<(status: unknown) => void>();
  const waiting: ((beat: Beat) => void)[] = [];
  let now: { status?: unknown; beat?: Beat; heardMs?: Millis; port?: Duplex } = {};

  const hear = (port: Duplex, line: string) => {
    const read = readTold(toUtf8(line));
    // after a power cut the rest of the old port may still come; half a line is no line
    if (!read.ok || now.port !== port) return;
    const { status, begun } = read.value;
    const newest = begun ?? read.value.beat;
    if (newest) now = { ...now, beat: newest, heardMs: performance.now() };
    if (begun) for (const resolve of waiting.splice(0)) resolve(begun);
    if (status !== undefined) {
      now = { ...now, status };
      for (const tell of [...told]) tell(status);
    }
  };
  return {
    get status() {
      return now.status;
    },
    get beat() {
      return now.beat;
    },
    get heardMs() {
      return now.heardMs;
    },
    subscribe(tell) {
      told.add(tell);
      return () => void told.delete(tell);
    },
    begin: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        now.port?.write('begin\n');
      }),
    powerOn(port) {
      now = { port };
      readLines(port, LINE_MAX_CHARACTERS, (line) => hear(port, line));
      port.on('error', () => {}); // it ends with QEMU, which says so itself
    },
    powerOff() {
      now = {};
    },
  };
}
