import type { LogLevel, LogPort } from '@ewon-agent/contracts';

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/**
 * Writes one JSON line per fact.
 * @param from facts below this level are left out; asked each time, as it can be set at the console
 * @param write takes one line with its newline
 */
export function createJsonLog(from: () => LogLevel, write: (line: string) => void): LogPort {
  return {
    write(level, area, msg, fields = {}) {
      if (ORDER.indexOf(level) < ORDER.indexOf(from())) return;
      const head = { t: new Date().toISOString(), level, area, msg };
      write(`${lineOf({ ...head, ...fields, ...head }) ?? lineOf({ ...head, fields: 'not JSON: this is a bug' })}\n`);
    },
  };
}

function lineOf(fact: object): string | undefined {
  try {
    return JSON.stringify(fact);
  } catch {
    return undefined; // a bigint or a circle: told in its place, because a log must not stop what it tells about
  }
}
