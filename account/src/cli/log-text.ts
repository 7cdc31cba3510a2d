import type { LogLineView } from '../http/views.ts';
import { table } from './answer.ts';

/** Lines of the log as a table. */
export function logText(lines: readonly LogLineView[]): string {
  if (lines.length === 0) return 'The log has no such line yet.';
  return table(
    ['time', 'name', 'kind', 'code', 'event'],
    lines.map((line) => [line.at, line.name, line.kind, line.code ?? '-', line.event]),
  );
}
