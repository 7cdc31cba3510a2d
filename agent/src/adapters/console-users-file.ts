import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { err, ok, type Result } from '@ewon-agent/contracts';
import { type ConsoleUsers, readUsers, usersText } from '../core/console/users.ts';
import { readIfThere, writeDurably } from './durable-file.ts';
import { keptAt } from './kept-at.ts';

/** Users of the console in a file of mode 0600. It is read only when it is another one: the login looks every second. */
export function createUsersFile(path: string) {
  let last: { readonly version: string | undefined; readonly users: Result<ConsoleUsers | undefined> } | undefined;
  return {
    load(): Result<ConsoleUsers | undefined> {
      try {
        const version = fileVersion(path);
        if (last?.version !== version || last === undefined) last = { version, users: read(path) };
        return last.users;
      } catch (cause) {
        last = undefined;
        return err('CONSOLE_USERS_BAD', `${path} cannot be read`, cause);
      }
    },
    save(users: ConsoleUsers): Result<void> {
      last = undefined;
      return keepOwned(path, usersText(users));
    },
  };
}

/** Writes a small file durably, as one of whoever the directory belongs to: root does it for the agent's user as well. Codes: STATE_UNWRITABLE. */
export function keepOwned(path: string, text: string): Result<void> {
  return keptAt(path, () => writeDurably(path, text, 0o600, statSync(dirname(path))));
}

/** What tells one version of a file from another; undefined: there is none. */
export function fileVersion(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat && `${stat.ino} ${stat.mtimeNs} ${stat.size}`;
}

function read(path: string): Result<ConsoleUsers | undefined> {
  const text = readIfThere(path);
  return text === undefined ? ok(undefined) : readUsers(text);
}
