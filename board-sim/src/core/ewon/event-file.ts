import type { Millis } from '@ewon-agent/contracts';
import { quoted } from './cells.ts';

// The file of events as an Ewon keeps it: so many bytes, and when it is full the newest overwrite the oldest, so that the
// file may begin amid a line. Format: AUG-0062-00 v1.4 §7; id of "it went around": sc-ewon-flexy-extensions-lib.

/** One event. `id` has bit 30 set where it is no error. */
export type LoggedEvent = {
  readonly atMs: Millis;
  readonly text: string;
  readonly origin: string;
  readonly id: number;
};

export type EventFile = {
  readonly maxBytes: number;
  /** What is still in the file, oldest first; of the first only the end may be left. */
  readonly entries: readonly { readonly atMs: Millis; readonly line: string }[];
  /** All that was ever written. */
  readonly writtenBytes: number;
  /** What stands before the id; counts down from boot to boot, as in the published traces. Nothing public says what it is. */
  readonly number: number;
};

/** Begins a file. */
export function emptyEventFile(maxBytes: number): EventFile {
  return { maxBytes, entries: [], writtenBytes: 0, number: FIRST_NUMBER };
}

/** Adds an event, and one more whenever the file has gone around. */
export function logged(file: EventFile, event: LoggedEvent): EventFile {
  const added = append(file, event);
  const around = Math.floor(added.writtenBytes / file.maxBytes) > Math.floor(file.writtenBytes / file.maxBytes);
  return around ? append(added, { ...CIRCULATED, atMs: event.atMs }) : added;
}

/** The file as it stands, with CRLF. */
export function eventFileText(file: EventFile): string {
  const text = file.entries.map(({ line }) => line).join('');
  return text.slice(Math.max(0, text.length - file.maxBytes));
}

/** The events of a time, whole lines only. */
export function eventsBetween(file: EventFile, fromMs: Millis, toMs: Millis): string {
  return file.entries
    .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
    .map(({ line }) => line)
    .join('');
}

const FIRST_NUMBER = 79_348;
const CIRCULATED = { text: 'File circularized (events.txt)', origin: 'efs', id: 23_607 };

function append(file: EventFile, { atMs, text, origin, id }: LoggedEvent): EventFile {
  const [date, time] = localTime(atMs);
  const line = `${[quoted(date), quoted(time), quoted(text), quoted(origin), file.number, id].join(';')}\r\n`;
  const entries = [...file.entries, { atMs, line }];
  let bytes = entries.reduce((sum, entry) => sum + entry.line.length, 0);
  while (entries.length > 1 && bytes - (entries[0]?.line.length ?? 0) >= file.maxBytes) {
    bytes -= entries.shift()?.line.length ?? 0;
  }
  return {
    ...file,
    entries,
    writtenBytes: file.writtenBytes + line.length,
    number: file.number > 0 ? file.number - 1 : FIRST_NUMBER,
  };
}

/** `24/02/2016` and `14:40:00`; the simulated Ewon lives in UTC. */
function localTime(atMs: Millis): readonly [date: string, time: string] {
  const [year, month, day] = new Date(atMs).toISOString().slice(0, 10).split('-');
  return [`${day}/${month}/${year}`, new Date(atMs).toISOString().slice(11, 19)];
}
