import { type ClockPort, err, ok, type Result } from '@ewon-agent/contracts';
import { type Audited, NOBODY } from '../core/console/audit.ts';
import type { Admitted, Verdict } from '../core/console/login.ts';
import {
  type Attempt,
  afterFailure,
  afterLogin,
  type Failures,
  failuresText,
  isLocked,
  leftMs,
  NO_FAILURES,
  readFailures,
} from '../core/console/login-lockout.ts';
import { type ConsoleUsers, type PasswordHash, passwordFault, userOf, withUser } from '../core/console/users.ts';

/** What is kept of users. Both are synchronous, so that nothing comes between a reading and its writing. */
export type UsersFile = {
  /** Undefined: there are none. Codes: CONSOLE_USERS_BAD. */
  load(): Result<ConsoleUsers | undefined>;
  /** Codes: STATE_UNWRITABLE. */
  save(users: ConsoleUsers): Result<void>;
};
/** What is kept of failed logins, as text. */
export type FailuresFile = { load(): string | undefined; save(text: string): Result<void> };
/** Hashes beside the agent's own work, which a hash would stall. */
export type Passwords = {
  hash(password: string): Promise<PasswordHash>;
  /** Takes as long for a user that there is not. */
  fits(password: string, hash: PasswordHash | undefined): Promise<boolean>;
};
export type KeeperParts = {
  readonly clock: Pick<ClockPort, 'monotonic'>;
  readonly users: UsersFile;
  readonly failures: FailuresFile;
  readonly passwords: Passwords;
  /** The line, as the audit names it. */
  readonly line: string;
  readonly record: (did: Audited, person: string, detail?: string) => void;
};
/** Decides who is who, and counts who is not. */
export type Keeper = {
  load(): Result<ConsoleUsers | undefined>;
  /** A user as he is now; undefined: he may not. */
  admitted(name: string): Admitted | undefined;
  /** What is left of the pause of this line. */
  pauseMs(): number;
  /** Checks a password, one at a time on a line. A failure is kept before it is answered. */
  enter(name: string, password: string): Promise<Verdict>;
  /** Makes the first user an administrator. Codes: CONSOLE_USERS_THERE, CONSOLE_PASSWORD_WEAK, and those of {@link withUser}. */
  found(name: string, password: string): Promise<Result<void>>;
};

export function createKeeper({ clock, users, failures, passwords, line, record }: KeeperParts): Keeper {
  // who guesses must not begin the next guess before this one is counted
  let turn: Promise<unknown> = Promise.resolve();
  let known: Failures = NO_FAILURES;
  let read: string | undefined;

  /** Takes what another process changed, as a shell of root that ends a pause. */
  const recall = (): Failures => {
    const text = failures.load();
    if (text !== read) known = readFailures(text, clock.monotonic());
    read = text;
    return known;
  };
  const keep = (next: Failures): void => {
    known = next;
    const text = failuresText(next);
    // a full disk forgets at a restart what still counts here
    if (text !== read && failures.save(text).ok) read = text;
  };

  return {
    load: users.load,
    admitted(name) {
      const all = users.load();
      const user = all.ok && all.value ? userOf(all.value, name) : undefined;
      return user && { person: { name, role: user.role }, stamp: user.password.salt };
    },
    pauseMs: () => leftMs(recall(), { user: undefined, line }, clock.monotonic()),

    enter(name, password) {
      const verdict = turn.then(() => entered(name, password));
      turn = verdict.catch(() => {});
      return verdict;
    },
    found,
  };

  async function entered(name: string, password: string): Promise<Verdict> {
    const all = users.load();
    if (!all.ok) return { is: 'failed', fault: all.fault };
    if (!all.value) return { is: 'failed', fault: { code: 'CONSOLE_USERS_BAD', detail: 'there are none any more' } };
    const user = userOf(all.value, name);
    const attempt: Attempt = { user: user?.name, line };
    const pauseMs = leftMs(recall(), attempt, clock.monotonic());
    if (pauseMs > 0) return { is: 'locked', pauseMs };
    if ((await passwords.fits(password, user?.password)) && user) {
      keep(afterLogin(recall(), attempt, clock.monotonic()));
      return { is: 'right', person: { name, role: user.role }, stamp: user.password.salt };
    }
    const wasLocked = isLocked(recall(), attempt);
    keep(afterFailure(known, attempt, clock.monotonic()));
    record('failed', user?.name ?? NOBODY);
    const isNew = isLocked(known, attempt) && !wasLocked;
    if (isNew) record('locked', user?.name ?? NOBODY);
    const left = leftMs(known, attempt, clock.monotonic());
    return { is: isNew ? 'locked' : 'wrong', pauseMs: left };
  }

  async function found(name: string, password: string): Promise<Result<void>> {
    const weak = passwordFault(name, password);
    if (weak !== undefined) return err('CONSOLE_PASSWORD_WEAK', weak);
    const hash = await passwords.hash(password);
    const all = users.load();
    if (!all.ok) return all;
    if (all.value) return err('CONSOLE_USERS_THERE');
    const made = withUser([], { name, role: 'administrator', password: hash });
    if (!made.ok) return made;
    const saved = users.save(made.value);
    if (saved.ok) record('first user', name);
    return saved.ok ? ok(undefined) : saved;
  }
}
