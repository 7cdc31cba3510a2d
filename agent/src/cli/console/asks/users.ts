import { err, ok, type Result } from '@ewon-agent/contracts';
import { createAuditFile } from '../../../adapters/console-audit-file.ts';
import { auditText } from '../../../core/console/audit.ts';
import type { UserOrderName } from '../../../core/console/commands/users.ts';
import type { ConsoleAnswer } from '../../../core/console/session.ts';
import { isRole, userOf } from '../../../core/console/users.ts';
import { addUser, consoleUsers, isPasswordOf, removeUser, setPassword, setRole } from '../../console-users.ts';
import { consoleAuditPath } from '../../places.ts';
import { type Asks, worded } from '../asking.ts';

const done = (result: Result<void>, text: string): ConsoleAnswer => worded(result, () => text);

export const USER_ASKS: Asks<UserOrderName> = {
  'user add': async (config, [name = '', role = '', password = '', again = '']) => {
    if (!isRole(role)) return err('USAGE', role);
    return done(await addUser(config, name, role, [password, again]), `${name} may log in as ${role}.`);
  },
  'user role': async (config, [name = '', role = '']) => {
    if (!isRole(role)) return err('USAGE', role);
    return done(setRole(config, name, role), `${name} is ${role} now, in open sessions too.`);
  },
  'user password': async (config, [old = '', password = '', again = ''], { person }) => {
    const users = consoleUsers(config);
    if (!users.ok) return users;
    const user = userOf(users.value, person.name);
    if (!user) return err('CONSOLE_USER_UNKNOWN', person.name);
    if (!(await isPasswordOf(user, old))) return err('CONSOLE_PASSWORD_WRONG', person.name);
    return done(await setPassword(config, user.name, [password, again]), 'Your password was changed.');
  },
  'user password of': async (config, [name = '', password = '', again = ''], { person }) => {
    // who finds an open session must not take the account with it
    if (name === person.name) return err('CONSOLE_PASSWORD_OWN', name);
    return done(await setPassword(config, name, [password, again]), `${name} has a new password; open sessions end.`);
  },
  'user remove': async (config, [name = '']) =>
    done(removeUser(config, name), `${name} may not log in any more; open sessions end.`),
  'show users': async (config) => {
    const users = consoleUsers(config);
    if (!users.ok) return users;
    const value = users.value.map(({ name, role }) => ({ name, role }));
    const lines = value.map(({ name, role }) => `${name.padEnd(32)} ${role}`);
    return ok({ lines: lines.length > 0 ? lines : ['There are none; see docs/console-login.md.'], value });
  },
  'show audit': async ({ stateDir }) => {
    const entries = createAuditFile(consoleAuditPath(stateDir)).read();
    return ok({ lines: entries.length > 0 ? auditText(entries) : ['Nothing was done yet.'], value: entries });
  },
};
