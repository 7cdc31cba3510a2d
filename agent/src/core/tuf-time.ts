import type { Millis } from '@ewon-agent/contracts';
import { TUF_ROLES, type TufRole } from './tuf-refusal.ts';

// What time it is at least, for judging what has expired (docs/decisions/0039-tuf-client.md §3). The clock of a board may stand
// at 1970, may be set back, and may be far ahead for a while.

/** What is kept of time beside the trusted metadata. */
export type TufTime = {
  /** It is this late at least: the clock and an account that was asked both said so. Goes back only with a new root. */
  readonly confirmedMs: Millis;
  /** Versions that were seen expired by the clock alone. They stay so when the clock is set back. */
  readonly expired: Readonly<Partial<Record<TufRole, number>>>;
};

export const TUF_TIME_NONE: TufTime = { confirmedMs: 0, expired: {} };

/** What was said of the time during one look at a repository; `accountMs` by an account that proved who it is, if one was asked. */
export type TimeSaid = { readonly clockMs: Millis; readonly accountMs?: Millis | undefined };

/** The time by which expiry is judged: that of the clock, or the one that is confirmed when the clock stands before it. */
export function judgedAt(time: TufTime, clockMs: Millis): Millis {
  return Math.max(time.confirmedMs, clockMs);
}

/**
 * Takes note of what was said. Only what both say is believed, so neither a clock nor a server that is far ahead alone
 * makes everything expired for ever.
 */
export function confirmTime(time: TufTime, said: TimeSaid): TufTime {
  const confirmedMs = Math.max(time.confirmedMs, agreedMs(said) ?? 0);
  return confirmedMs === time.confirmedMs ? time : { ...time, confirmedMs };
}

/**
 * What holds of time under a new root: it goes back to where the account says that it is, so that whoever holds the root keys ends
 * what somebody else did to time, as with versions (TUF 5.3.11). A source that does not say changes nothing.
 */
export function timeUnderNewRoot(time: TufTime, { accountMs }: TimeSaid): TufTime {
  return accountMs === undefined ? time : { confirmedMs: Math.min(time.confirmedMs, accountMs), expired: {} };
}

/** Remembers that a version was seen expired. */
export function seenExpired(time: TufTime, role: TufRole, version: number): TufTime {
  return { ...time, expired: { ...time.expired, [role]: Math.max(version, time.expired[role] ?? 0) } };
}

/** Tells whether a version was seen expired, and the account does not say that the clock was wrong then. */
export function staysExpired(
  time: TufTime,
  file: { readonly role: TufRole; readonly version: number; readonly expiresMs: Millis },
  said: TimeSaid,
): boolean {
  const seen = time.expired[file.role] === file.version;
  return seen && !((agreedMs(said) ?? Number.POSITIVE_INFINITY) < file.expiresMs);
}

/** Forgets what was seen expired of roles of which that version, or a later one, was accepted since. */
export function acceptedNow(time: TufTime, versions: Readonly<Partial<Record<TufRole, number>>>): TufTime {
  const expired = TUF_ROLES.flatMap((role) => {
    const version = time.expired[role];
    return version === undefined || version <= (versions[role] ?? -1) ? [] : [[role, version]];
  });
  return { ...time, expired: Object.fromEntries(expired) };
}

function agreedMs({ clockMs, accountMs }: TimeSaid): Millis | undefined {
  return accountMs === undefined ? undefined : Math.min(clockMs, accountMs);
}
