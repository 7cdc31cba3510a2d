import type { Result } from '@ewon-agent/contracts';
import { parseComcfg } from './comcfg.ts';
import { doubtAbout } from './comcfg-keys.ts';
import { shownValue } from './secrets.ts';
import type { RefusedLine } from './text-file.ts';

// What `ewon-bridge parse` prints: one record for each line that says something, in the order of the file. Nothing secret is in them.

/** One line of output. `line` counts from 1; `refused` is a code of contracts/src/codes.ts. */
export type ParsedRecord = Readonly<Record<string, unknown>> & { readonly line: number };
/** Reads a whole input. Codes: those of what it reads. */
export type FileParser = (bytes: Uint8Array) => Result<readonly ParsedRecord[]>;

/** Records of comcfg.txt: `{line, key, value}`; `doubt` where a value is not a documented one. */
export const comcfgRecords: FileParser = (bytes) => {
  const file = parseComcfg(bytes);
  if (!file.ok) return file;
  const settings = file.value.settings.map(({ line, key, value }) => {
    const doubt = doubtAbout(key, value);
    return { line, key, ...shownValue(key, value), ...(doubt && { doubt }) };
  });
  return { ok: true, value: inOrder(settings, file.value.refused) };
};

/** Tells whether a record is that of a line that could not be read. */
export function isRefused(record: ParsedRecord): boolean {
  return 'refused' in record;
}

function inOrder(read: readonly ParsedRecord[], refused: readonly RefusedLine[]): readonly ParsedRecord[] {
  const both = [...read, ...refused.map(({ line, code, reason }) => ({ line, refused: code, reason }))];
  return both.sort((a, b) => a.line - b.line);
}
