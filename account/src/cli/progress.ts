import type { Io } from './io.ts';

/** What is done within a blink needs no progress. */
const WORTH_BYTES = 8 * 1024 * 1024;

/** Says each tenth of a long way on stderr, of a size known now or told each time. */
export function tenths(io: Io, known = 0): (done: number, all?: number) => void {
  let said = 0;
  return (done, all = known) => {
    const now = all < WORTH_BYTES ? 0 : Math.floor((done * 10) / all);
    if (now > said) io.stderr(`${now * 10} %\n`);
    said = Math.max(said, now);
  };
}
