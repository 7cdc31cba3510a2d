import type { LogLevel, Millis } from '@ewon-agent/contracts';

/** A fact as the log has it. */
export type LogFact = {
  readonly level: LogLevel;
  readonly area: string;
  readonly msg: string;
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
};

/** Words a fact of the log for who is at a console: `14:02:31 warn uplink: unreachable (UPLINK_UNREACHABLE) broker:8883`. Time is UTC. */
export function logRow(atMs: Millis, { level, area, msg, fields = {} }: LogFact): string {
  const { code, detail } = fields;
  const time = new Date(atMs).toISOString().slice(11, 19);
  const why = [
    typeof code === 'string' ? ` (${code})` : '',
    typeof detail === 'string' && detail !== '' ? ` ${detail}` : '',
  ];
  return `${time} ${level} ${area}: ${msg}${why.join('')}`;
}
