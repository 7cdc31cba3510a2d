import { rmSync, statSync } from 'node:fs';
import { err, ok, type Result } from '@ewon-agent/contracts';
import { createAuditFile } from '../adapters/console-audit-file.ts';
import { createUsersFile } from '../adapters/console-users-file.ts';
import { createPasswords } from '../adapters/console-users-scrypt.ts';
import { readIfThere, writeDurably } from '../adapters/durable-file.ts';
import { keptAt } from '../adapters/kept-at.ts';
import type { AgentConfig } from '../config/schema.ts';
import { failuresText, readFailures, withoutFailures } from '../core/console/login-lockout.ts';
import type { Role } from '../core/console/tree.ts';
import {
  type ConsoleUser,
  type ConsoleUsers,
  type PasswordHash,
  passwordFault,
  userOf,
  withoutUser,
  withPassword,
  withRole,
  withUser,
} from '../core/console/users.ts';
import { consoleAuditPath, consoleFailuresPath, consoleUsersPath } from './places.ts';

type Config = Pick<AgentConfig, 'stateDir'>;
/** A password, and once more. */
export type TwoPasswords = readonly [password: string, again: string];

/** Those who may log in at the serial console. Codes: CONSOLE_USERS_BAD. */
export function consoleUsers({ stateDir }: Config): Result<ConsoleUsers> {
  const users = createUsersFile(consoleUsersPath(stateDir)).load();
  return users.ok ? ok(users.value ?? []) : users;
}

/** Codes: CONSOLE_PASSWORD_WEAK, CONSOLE_PASSWORDS_DIFFER, STATE_UNWRITABLE, and those of `withUser`. */
export async function addUser(config: Config, name: string, role: Role, typed: TwoPasswords): Promise<Result<void>> {
  const password = await hashed(name, typed);
  return password.ok
    ? changeUsers(config, (users) => withUser(users, { name, role, password: password.value }))
    : password;
}

/** Also ends the pauses of that user. Codes: CONSOLE_PASSWORD_WEAK, CONSOLE_PASSWORDS_DIFFER, CONSOLE_USER_UNKNOWN, STATE_UNWRITABLE. */
export async function setPassword(config: Config, name: string, typed: TwoPasswords): Promise<Result<void>> {
  const there = consoleUsers(config);
  if (!there.ok) return there;
  if (!userOf(there.value, name)) return err('CONSOLE_USER_UNKNOWN', name);
  const password = await hashed(name, typed);
  if (!password.ok) return password;
  const changed = changeUsers(config, (users) => withPassword(users, name, password.value));
  if (changed.ok) endPauses(config, name); // the password is set, whatever becomes of the pauses
  return changed;
}

/** Codes: CONSOLE_USER_UNKNOWN, CONSOLE_LAST_ADMINISTRATOR, STATE_UNWRITABLE. */
export function setRole(config: Config, name: string, role: Role): Result<void> {
  return changeUsers(config, (users) => withRole(users, name, role));
}

/** Codes: CONSOLE_USER_UNKNOWN, CONSOLE_LAST_ADMINISTRATOR, STATE_UNWRITABLE. */
export function removeUser(config: Config, name: string): Result<void> {
  return changeUsers(config, (users) => withoutUser(users, name));
}

/** Ends the pauses after failed logins: those of a user, or without a name all, that of the line too. Codes: STATE_UNWRITABLE. */
export function endPauses({ stateDir }: Config, name?: string): Result<void> {
  const path = consoleFailuresPath(stateDir);
  if (name === undefined) return keptAt(path, () => rmSync(path, { force: true }));
  return keptAt(path, () => {
    const text = readIfThere(path);
    if (text === undefined) return;
    const left = failuresText(withoutFailures(readFailures(text, 0), name));
    writeDurably(path, left, 0o600, statSync(stateDir));
  });
}

/** Tells whether a password is the one of a user. */
export async function isPasswordOf(user: ConsoleUser, password: string): Promise<boolean> {
  return createPasswords().fits(password, user.password);
}

/** Keeps what was done on another way than the serial line; what cannot be kept stops nobody. */
export function recordLocally({ stateDir }: Config, from: 'local' | 'shell', person: string, command: string): void {
  const at = new Date().toISOString();
  createAuditFile(consoleAuditPath(stateDir)).append({ at, from, person, did: 'command', detail: command });
}

/** Reads and writes without anything between them in this process; another process has some microseconds to be lost in. */
function changeUsers({ stateDir }: Config, change: (users: ConsoleUsers) => Result<ConsoleUsers>): Result<void> {
  const file = createUsersFile(consoleUsersPath(stateDir));
  const users = file.load();
  if (!users.ok) return users;
  const changed = change(users.value ?? []);
  return changed.ok ? file.save(changed.value) : changed;
}

async function hashed(name: string, [password, again]: TwoPasswords): Promise<Result<PasswordHash>> {
  if (password !== again) return err('CONSOLE_PASSWORDS_DIFFER');
  const weak = passwordFault(name, password);
  return weak === undefined ? ok(await createPasswords().hash(password)) : err('CONSOLE_PASSWORD_WEAK', weak);
}
