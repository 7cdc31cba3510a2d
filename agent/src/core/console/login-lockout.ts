// How failed logins make the next one wait: for each user, and for each line, as who tries many names there guesses as well.
//
// A pause ends by itself, after 15 minutes at the latest: nobody is locked out for good. The first two failures are typing errors and cost nothing.
// A login takes back what its own user failed, on the line too; not what others failed there: who may log in cannot guess for free.
// Times are of the monotonic clock and not kept: a wall clock may stand at 1970 and jump. After a restart each pause begins anew.

import { DAY_MS, MINUTE_MS, type Millis, SECOND_MS } from '@ewon-agent/contracts';
import { jsonIn, recordOf } from './users-json.ts';

/** `atMs`: of the last failure. */
export type Failed = { readonly failures: number; readonly atMs: Millis };
type Kept = ReadonlyMap<string, Failed>;
export type Failures = { readonly users: Kept; readonly lines: Kept };
/** Where a login is tried. `user`: only one that there is; names that are guessed are the line's business and not kept. */
export type Attempt = { readonly user: string | undefined; readonly line: string };

export const LOCKED_AFTER = 10;
export const LOCK_MS = 15 * MINUTE_MS;
export const NO_FAILURES: Failures = { users: new Map(), lines: new Map() };
/** Failures of yesterday are no attack of today. */
const FORGOTTEN_MS = DAY_MS;

/** What has to be waited after so many failures. */
export function pauseMs(failures: number): Millis {
  if (failures >= LOCKED_AFTER) return LOCK_MS;
  return failures < 3 ? 0 : 2 ** (failures - 2) * SECOND_MS;
}

/** What is left to wait. */
export function leftMs(failures: Failures, attempt: Attempt, atMs: Millis): Millis {
  return Math.max(0, ...those(failures, attempt).map((failed) => failed.atMs + pauseMs(failed.failures) - atMs));
}

/** Another failure is answered with the longest pause. */
export function isLocked(failures: Failures, attempt: Attempt): boolean {
  return those(failures, attempt).some((failed) => failed.failures >= LOCKED_AFTER);
}

export function afterFailure(failures: Failures, { user, line }: Attempt, atMs: Millis): Failures {
  const { users, lines } = recent(failures, atMs);
  return { users: user === undefined ? users : oneMore(users, user, atMs), lines: oneMore(lines, line, atMs) };
}

export function afterLogin(failures: Failures, { user = '', line }: Attempt, atMs: Millis): Failures {
  const { users, lines } = recent(failures, atMs);
  const here = lines.get(line);
  const left = (here?.failures ?? 0) - (users.get(user)?.failures ?? 0);
  return {
    users: without(users, user),
    lines: here && left > 0 ? new Map([...lines, [line, { ...here, failures: left }]]) : without(lines, line),
  };
}

/** Without those of a user, also on the lines: he was given a new password by somebody who may. */
export function withoutFailures(failures: Failures, user: string): Failures {
  const mine = failures.users.get(user)?.failures ?? 0;
  const lines = [...failures.lines].flatMap(([line, failed]) => {
    const left = failed.failures - mine;
    return left > 0 ? [[line, { ...failed, failures: left }] as const] : [];
  });
  return { users: without(failures.users, user), lines: new Map(lines) };
}

/** Reads what was kept. What is no such thing counts as nothing: a damaged file must not lock anybody out. */
export function readFailures(text: string | undefined, atMs: Millis): Failures {
  const kept = recordOf(jsonIn(text ?? ''));
  return { users: countsIn(kept['users'], atMs), lines: countsIn(kept['lines'], atMs) };
}

export function failuresText({ users, lines }: Failures): string {
  const counts = (kept: Kept) => Object.fromEntries([...kept].map(([name, { failures }]) => [name, failures]));
  return `${JSON.stringify({ version: 1, users: counts(users), lines: counts(lines) })}\n`;
}

function those({ users, lines }: Failures, { user, line }: Attempt): readonly Failed[] {
  return [user === undefined ? undefined : users.get(user), lines.get(line)].filter((failed) => failed !== undefined);
}

function oneMore(kept: Kept, name: string, atMs: Millis): Kept {
  const failures = Math.min((kept.get(name)?.failures ?? 0) + 1, LOCKED_AFTER);
  return new Map([...kept, [name, { failures, atMs }]]);
}

function without(kept: Kept, name: string): Kept {
  return new Map([...kept].filter(([other]) => other !== name));
}

function recent({ users, lines }: Failures, atMs: Millis): Failures {
  const kept = (all: Kept) => new Map([...all].filter(([, failed]) => atMs - failed.atMs < FORGOTTEN_MS));
  return { users: kept(users), lines: kept(lines) };
}

function countsIn(value: unknown, atMs: Millis): Kept {
  const kept = new Map<string, Failed>();
  for (const [name, failures] of Object.entries(recordOf(value))) {
    if (typeof failures !== 'number' || !Number.isInteger(failures) || failures < 1) continue;
    kept.set(name, { failures: Math.min(failures, LOCKED_AFTER), atMs });
  }
  return kept;
}
