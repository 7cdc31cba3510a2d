import { type Command, Option } from 'commander';
import { ADMINISTRATORS } from '../core/users.ts';
import type { CommandKit } from './program.ts';
import { addUser, orderUser, setUserPassword, showUsers } from './users.ts';

type WithState = { readonly state: string };

/** Adds who may sign in: `user`. */
export function userCommands(program: Command, { io, form, command, asking }: CommandKit): void {
  const user = program.command('user').description('people who sign in by password');
  command(user, 'list', 'list the users').action(({ state }: WithState) =>
    asking(state, (admin) => showUsers(io, form, admin)),
  );
  command(user, 'add <login>', 'add a user; the password is asked for, or read from standard input')
    .option('--full-name <name>', '', '')
    .option('--email <address>', '', '')
    .addOption(new Option('--administrator', 'in the group Administrators: may everything').default(false))
    .action(
      (login: string, { state, ...set }: WithState & { fullName: string; email: string; administrator: boolean }) =>
        asking(state, (admin) => {
          const groupIds = set.administrator ? [ADMINISTRATORS] : [];
          return addUser(io, form, admin, { login, fullName: set.fullName, email: set.email, groupIds });
        }),
    );
  command(user, 'password <login>', 'set the password of a user, which ends his sessions').action(
    (login: string, { state }: WithState) => asking(state, (admin) => setUserPassword(io, form, admin, login)),
  );
  for (const order of ['remove', 'unlock'] as const)
    command(
      user,
      `${order} <login>`,
      order === 'remove' ? 'remove a user, which ends his sessions' : 'end the lock-out after ten failed sign-ins',
    ).action((login: string, { state }: WithState) =>
      asking(state, (admin) => orderUser(io, form, admin, { login, order })),
    );
}
