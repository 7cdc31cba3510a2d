import type { Millis } from '@ewon-agent/contracts';
import type { LogFact } from './debug.ts';

/** As it is given to the log, where the fields may be left out. */
type Fact = Omit<LogFact, 'fields'> & { readonly fields?: LogFact['fields'] | undefined };

/** Words a fact of the log for who is at a console: `14:02:31 warn uplink: unreachable (UPLINK_UNREACHABLE) broker:8883`. Time is UTC. */
export function logRow(atMs: Millis, { level, area, msg, fields = {} }: Fact): string {
  const { code, detail } = fields;
  const time = new Date(atMs).toISOString().slice(11, 19);
  const why = [
    typeof code === 'string' ? ` (${code})` : '',
    typeof detail === 'string' && detail !== '' ? ` ${detail}` : '',
  ];
  return `${time} ${level} ${area}: ${msg}${why.join('')}`;
}
