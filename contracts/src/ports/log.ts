export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** One line per fact (style.md 37). `fields` carry units in their names and never a secret. */
export type LogPort = {
  write(level: LogLevel, area: string, msg: string, fields?: Readonly<Record<string, unknown>>): void;
};
