// What is kept of who did what at the console. Commands only as they were understood: what was asked for by a prompt, a password or a key, is never in
// them; nor is a name that nobody has, as many a password is typed there.

import { printable } from '@ewon-agent/contracts';
import { jsonIn, recordOf } from './users-json.ts';

/** `logout` by `exit`, `idle` after too long, `hung up` with its line, `put out` as the user may not any more. */
export const AUDITED = [
  ...(['login', 'failed', 'locked', 'logout', 'idle', 'hung up', 'put out', 'first user', 'command'] as const),
] as const;
export type Audited = (typeof AUDITED)[number];
/** `at`: ISO 8601, by the board's clock. `from`: the line, as `serial`, or `local` for the agent's own socket, `shell` for a command of its own. */
export type AuditEntry = {
  readonly at: string;
  readonly from: string;
  readonly person: string;
  readonly did: Audited;
  readonly detail?: string;
};

/** Whom nobody knows. */
export const NOBODY = '-';
/** A line of the console is longer than anybody reads. */
const DETAIL_MAX = 200;

/** One line of JSON, without its end. */
export function auditLine({ at, from, person, did, detail }: AuditEntry): string {
  return JSON.stringify({ at, from, person, did, ...(detail && { detail: printable(detail, DETAIL_MAX) }) });
}

/** The entries of kept lines, oldest first; a line that a power cut tore is left out. */
export function readAudit(text: string): readonly AuditEntry[] {
  return text.split('\n').flatMap((line) => entryIn(line) ?? []);
}

/** For people, oldest first. */
export function auditText(entries: readonly AuditEntry[]): readonly string[] {
  return entries.map(({ at, from, person, did, detail = '' }) =>
    `${at.replace(/\.\d+Z$/, 'Z')} ${from.padEnd(6)} ${person} ${did}${detail && `: ${detail}`}`.trimEnd(),
  );
}

function entryIn(line: string): AuditEntry | undefined {
  const { at, from, person, did, detail } = recordOf(line === '' ? undefined : jsonIn(line));
  const known = AUDITED.find((one) => one === did);
  if (typeof at !== 'string' || typeof from !== 'string' || typeof person !== 'string' || !known) return undefined;
  return { at, from, person, did: known, ...(typeof detail === 'string' && { detail }) };
}
