import { harmless } from './harmless.ts';
import type { LogRecord } from './records.ts';

/**
 * One line of the raw log (ewon-facts §7): day; time; name; Ewon or User; event, in this order. Times are UTC. Semicolons inside a part
 * become commas, so that the order stays readable by programs.
 */
export function rawLine(line: Pick<LogRecord, 'at' | 'name' | 'subject' | 'event'>): string {
  const [day = '', time = ''] = line.at.replace(/\.\d+Z$/, '').split('T');
  return [day, time, line.name, line.subject, line.event].map((part) => harmless(part).replaceAll(';', ',')).join('; ');
}
