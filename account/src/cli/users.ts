import { err, ok, type Result } from '@ewon-agent/contracts';
import type { UserView } from '../http/user-views.ts';
import type { UserChange } from '../service/user-changes.ts';
import type { AdminClient } from './admin-client.ts';
import { say, sayFault, table } from './answer.ts';
import type { ExitStatus, Form, Io } from './io.ts';

/** `account user list` */
export async function showUsers(io: Io, form: Form, admin: AdminClient): Promise<ExitStatus> {
  return say(io, form, await admin.ask<readonly UserView[]>('GET', 'users'), (users) =>
    users.length === 0
      ? 'No users yet. "account user add LOGIN" makes one; until then the sign-in link is the only way in.'
      : table(
          ['login', 'name', 'groups', 'two-factor', 'locked until', 'last sign-in', 'password ends'],
          users.map((user) => [
            ...[user.login, user.fullName, String(user.groupIds.length), user.twoFactor, user.lockedUntil ?? '-'],
            ...[user.signedInAt ?? 'never', user.passwordExpiresAt ?? 'never'],
          ]),
        ),
  );
}

/** `account user add LOGIN`: the password comes from the terminal or by standard input, because everybody can see arguments. */
export async function addUser(
  io: Io,
  form: Form,
  admin: AdminClient,
  set: {
    readonly login: string;
    readonly fullName?: string;
    readonly email?: string;
    readonly groupIds: readonly string[];
  },
): Promise<ExitStatus> {
  const password = await readPassword(io, `Password of ${set.login}: `);
  if (!password.ok) return sayFault(io, form, password.fault);
  const made = await admin.ask<UserView>('POST', 'users', { ...set, password: password.value });
  return say(io, form, made, ({ login }) => `added ${login}`);
}

/** `account user unlock --network NETWORK` */
export async function unlockNetwork(io: Io, form: Form, admin: AdminClient, network: string): Promise<ExitStatus> {
  const done = await admin.ask<{ readonly network: string }>('POST', 'networks/unlock', { network });
  return say(io, form, done, (of) => `unlocked ${of.network}`);
}

/** `account user set LOGIN`: what is not named stays as it is. Codes: NOT_FOUND. */
export async function changeUser(
  io: Io,
  form: Form,
  admin: AdminClient,
  { login, set }: { readonly login: string; readonly set: UserChange },
): Promise<ExitStatus> {
  const user = await findUser(admin, login);
  const done = user.ok ? await admin.ask<UserView>('PATCH', `users/${user.value.id}`, set) : user;
  return say(io, form, done, ({ login: of, fullName, email, customFields }) =>
    table(
      ['user', of],
      [
        ['name', fullName],
        ['e-mail', email],
        ['custom fields', customFields.join(', ')],
      ],
    ),
  );
}

/** What is done to a user, how it is asked for, and how it is said when it is done. */
const ORDERS = {
  remove: { method: 'DELETE', below: '', done: (login: string) => `removed ${login}` },
  unlock: { method: 'POST', below: '/unlock', done: (login: string) => `unlocked ${login}` },
  resetTwoFactor: {
    method: 'POST',
    below: '/two-factor/reset',
    done: (login: string) => `two-factor of ${login} is off`,
  },
} as const;

/** `account user remove LOGIN`, `account user unlock LOGIN`, `account user reset-two-factor LOGIN` */
export async function orderUser(
  io: Io,
  form: Form,
  admin: AdminClient,
  { login, order }: { readonly login: string; readonly order: keyof typeof ORDERS },
): Promise<ExitStatus> {
  const user = await findUser(admin, login);
  if (!user.ok) return sayFault(io, form, user.fault);
  const { method, below, done: inWords } = ORDERS[order];
  const done = await admin.ask<{ readonly login: string }>(method, `users/${user.value.id}${below}`);
  return say(io, form, done, (of) => inWords(of.login));
}

/** `account user password LOGIN`: ends the sessions of the user. */
export async function setUserPassword(io: Io, form: Form, admin: AdminClient, login: string): Promise<ExitStatus> {
  const user = await findUser(admin, login);
  if (!user.ok) return sayFault(io, form, user.fault);
  const password = await readPassword(io, `New password of ${login}: `);
  if (!password.ok) return sayFault(io, form, password.fault);
  const done = await admin.ask<UserView>('POST', `users/${user.value.id}/password`, { password: password.value });
  return say(io, form, done, (of) => `changed the password of ${of.login}`);
}

/** Finds a user by his login. Codes: NOT_FOUND. */
export async function findUser(admin: AdminClient, login: string): Promise<Result<UserView>> {
  const users = await admin.ask<readonly UserView[]>('GET', 'users');
  if (!users.ok) return users;
  const user = users.value.find((one) => one.login.toLowerCase() === login.toLowerCase());
  return user ? ok(user) : err('NOT_FOUND', `user ${login}`);
}

/** More than any policy takes. */
const LINE_MAX_CHARACTERS = 1000;

/** The first line of standard input; asked for where that is a terminal. */
export async function readPassword(io: Io, question: string): Promise<Result<string>> {
  if (io.askSecret) return ok(await io.askSecret(question));
  let input = '';
  for await (const part of io.stdin) {
    input += Buffer.from(part).toString('utf8');
    if (input.includes('\n') || input.length > LINE_MAX_CHARACTERS) break;
  }
  const [line = ''] = input.replace(/^\ufeff/, '').split(/\r?\n/);
  return line === '' ? err('USAGE', 'the password is read from standard input, which is empty') : ok(line);
}
