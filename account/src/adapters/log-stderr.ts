import type { ClockPort, LogLevel, LogPort } from '@ewon-agent/contracts';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** One line of JSON per fact. `write` takes a whole line; in the program it is stderr. */
export function createLog(clock: ClockPort, level: LogLevel, write: (line: string) => void): LogPort {
  const least = LEVELS.indexOf(level);
  return {
    write(lineLevel, area, msg, fields) {
      if (LEVELS.indexOf(lineLevel) < least) return;
      write(`${JSON.stringify({ t: new Date(clock.now()).toISOString(), level: lineLevel, area, msg, ...fields })}\n`);
    },
  };
}
