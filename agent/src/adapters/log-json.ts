import type { LogLevel, LogPort } from '@ewon-agent/contracts';

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/**
 * Writes one JSON line per fact.
 * @param from facts below this level are left out
 * @param write takes one line with its newline
 */
export function createJsonLog(from: LogLevel, write: (line: string) => void): LogPort {
  return {
    write(level, area, msg, fields = {}) {
      if (ORDER.indexOf(level) < ORDER.indexOf(from)) return;
      write(`${JSON.stringify({ t: new Date().toISOString(), level, area, msg, ...fields })}\n`);
    },
  };
}
