// Who may log in at the console: what is kept of each person, and which changes there can be. How a password is hashed is an adapter's business.

import { err, ok, type Result } from '@ewon-agent/contracts';
import { ROLES, type Role } from './tree.ts';
import { jsonIn, recordOf } from './users-json.ts';

/** What is kept of a password: scrypt (RFC 7914) with its parameters, salt and hash in base64. */
export type PasswordHash = {
  readonly by: 'scrypt';
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelism: number;
  readonly salt: string;
  readonly hash: string;
};
export type ConsoleUser = { readonly name: string; readonly role: Role; readonly password: PasswordHash };
/** Sorted by name. Whoever changes it keeps one administrator at least. */
export type ConsoleUsers = readonly ConsoleUser[];

export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 128;
/** A small board lists them on a page or two, and reads them at each login. */
export const USERS_MAX = 64;
/** Fewer make a long password easy as well. */
const DIFFERENT_MIN = 5;

export function isUserName(text: string): boolean {
  return /^[a-z0-9._-]{1,32}$/.test(text);
}

export function isRole(text: string): text is Role {
  return ROLES.some((role) => role === text);
}

/**
 * Says why a password is not taken; undefined: it is. Length counts, not kinds of characters (NIST SP 800-63B §5.1.1.2).
 * Never holds the password.
 */
export function passwordFault(name: string, password: string): string | undefined {
  if (password.length < PASSWORD_MIN) return `it has fewer than ${PASSWORD_MIN} characters`;
  if (password.length > PASSWORD_MAX) return `it has more than ${PASSWORD_MAX} characters`;
  if (!/^[ -~]*$/.test(password)) return 'it holds characters that not every terminal can send';
  if (new Set(password).size < DIFFERENT_MIN) return `it has fewer than ${DIFFERENT_MIN} different characters`;
  const plain = password.toLowerCase();
  if (name.length >= 3 && plain.includes(name)) return 'it holds the name of the user';
  if (isRow(plain)) return 'it is a row of the keyboard or the alphabet';
  return OBVIOUS.some((word) => plain.replaceAll(word, '').length < 4) ? 'it is a word that is tried first' : undefined;
}

/** Codes: CONSOLE_USER_NAME_BAD, CONSOLE_USER_TAKEN, CONSOLE_USERS_FULL, CONSOLE_LAST_ADMINISTRATOR (the first must be one). */
export function withUser(users: ConsoleUsers, user: ConsoleUser): Result<ConsoleUsers> {
  if (!isUserName(user.name)) return err('CONSOLE_USER_NAME_BAD', user.name);
  if (users.some(({ name }) => name === user.name)) return err('CONSOLE_USER_TAKEN', user.name);
  if (users.length >= USERS_MAX) return err('CONSOLE_USERS_FULL', `${USERS_MAX}`);
  return administered(
    [...users, user].sort((a, b) => (a.name < b.name ? -1 : 1)),
    user.name,
  );
}

/** Codes: CONSOLE_USER_UNKNOWN, CONSOLE_LAST_ADMINISTRATOR. */
export function withoutUser(users: ConsoleUsers, name: string): Result<ConsoleUsers> {
  if (!userOf(users, name)) return err('CONSOLE_USER_UNKNOWN', name);
  return administered(
    users.filter((user) => user.name !== name),
    name,
  );
}

/** Codes: CONSOLE_USER_UNKNOWN, CONSOLE_LAST_ADMINISTRATOR. */
export function withRole(users: ConsoleUsers, name: string, role: Role): Result<ConsoleUsers> {
  if (!userOf(users, name)) return err('CONSOLE_USER_UNKNOWN', name);
  return administered(changed(users, name, { role }), name);
}

/** Codes: CONSOLE_USER_UNKNOWN. */
export function withPassword(users: ConsoleUsers, name: string, password: PasswordHash): Result<ConsoleUsers> {
  return userOf(users, name) ? ok(changed(users, name, { password })) : err('CONSOLE_USER_UNKNOWN', name);
}

export function userOf(users: ConsoleUsers, name: string): ConsoleUser | undefined {
  return users.find((user) => user.name === name);
}

/** What is kept, as text. */
export function usersText(users: ConsoleUsers): string {
  return `${JSON.stringify({ version: 1, users }, null, 2)}\n`;
}

/** Reads what is kept. A file that is not whole lets nobody in, and is never taken for one without users. Codes: CONSOLE_USERS_BAD. */
export function readUsers(text: string): Result<ConsoleUsers> {
  const bad = (why: string) => err('CONSOLE_USERS_BAD', why);
  const kept = recordOf(jsonIn(text));
  if (kept['version'] !== 1) return bad('no JSON of version 1');
  const found = Array.isArray(kept['users']) ? kept['users'].map(userIn) : [];
  const users = found.filter((user) => user !== undefined);
  if (users.length !== found.length) return bad(`user ${found.indexOf(undefined) + 1} of ${found.length}`);
  if (new Set(users.map(({ name }) => name)).size !== users.length) return bad('a name twice');
  return users.some(({ role }) => role === 'administrator') ? ok(users) : bad('no administrator');
}

function administered(users: ConsoleUsers, name: string): Result<ConsoleUsers> {
  return users.some(({ role }) => role === 'administrator') ? ok(users) : err('CONSOLE_LAST_ADMINISTRATOR', name);
}

function changed(users: ConsoleUsers, name: string, change: Partial<ConsoleUser>): ConsoleUsers {
  return users.map((user) => (user.name === name ? { ...user, ...change } : user));
}

/** What an Ewon comes with, and what is tried everywhere. */
const OBVIOUS = ['password', 'administrator', 'admin', 'ewon', 'flexy', 'letmein', 'welcome', 'changeme', 'console'];
const ROWS = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'azertyuiop', 'qwertzuiop', 'asdfghjkl'];

/** The whole of it is the start of a row again and again, either way. */
function isRow(text: string): boolean {
  return ROWS.some((row) => [row, [...row].reverse().join('')].some((one) => one.repeat(10).includes(text)));
}

function userIn(value: unknown): ConsoleUser | undefined {
  const { name, role, password } = recordOf(value);
  const hash = hashIn(password);
  const isWhole = typeof name === 'string' && isUserName(name) && typeof role === 'string' && isRole(role);
  return isWhole && hash ? { name, role, password: hash } : undefined;
}

/** With bounds: a file must not make a check take all of the memory. */
function hashIn(value: unknown): PasswordHash | undefined {
  const { by, cost, blockSize, parallelism, salt, hash } = recordOf(value);
  const isWithin = (n: unknown, max: number): n is number =>
    typeof n === 'number' && Number.isInteger(n) && n >= 1 && n <= max;
  if (by !== 'scrypt' || !isWithin(cost, 2 ** 17) || (cost & (cost - 1)) !== 0 || cost < 2) return undefined;
  if (!isWithin(blockSize, 8) || !isWithin(parallelism, 16)) return undefined;
  if (typeof salt !== 'string' || typeof hash !== 'string' || !/^[A-Za-z0-9+/]{43}=$/.test(hash)) return undefined;
  return /^[A-Za-z0-9+/]{22}==$/.test(salt) ? { by, cost, blockSize, parallelism, salt, hash } : undefined;
}
