import type { LogRecord } from './records.ts';

// Words that are looked for in the log, whatever the case of their letters. SQLite knows the case of ASCII letters only, and PostgreSQL
// that of its locale: what is beyond ASCII is therefore decided here, the same for both, and a database only leaves out what cannot fit.

/** Tells whether a database finds a word as we would. */
export function isPlain(word: string): boolean {
  return !BEYOND_ASCII.test(word);
}

/** The parts of a word that a database can look for, in the order in which they stand in it. */
export function plainPartsOf(word: string): readonly string[] {
  return word.split(BEYOND_ASCII).filter((part) => part !== '');
}

/** Tells whether every one of these lower-case words stands in the name, the code or the event of a line. */
export function hasWords(line: Pick<LogRecord, 'name' | 'code' | 'event'>, words: readonly string[]): boolean {
  const text = `${line.name} ${line.code ?? ''} ${line.event}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** With a dotted i, whose lower case is an ASCII letter and a mark: as a capital it is beyond ASCII as a whole. */
const BEYOND_ASCII = /(?:i\u0307|[^\0-\x7f])+/u;
