import { err } from '@ewon-agent/contracts';
import type { Command } from 'commander';
import type { AdminClient } from './admin-client.ts';
import { say, sayFault } from './answer.ts';
import type { ExitStatus, Form, Io } from './io.ts';
import type { CommandKit } from './program.ts';
import { findUser } from './users.ts';

type WithState = { readonly state: string };

/** Adds what is done when a laptop or a link was lost: `user end-sessions`, `user forget-pcs`. */
export function userSessionCommands(
  user: Command,
  { io, form, command, asking }: Pick<CommandKit, 'io' | 'form' | 'command' | 'asking'>,
): void {
  command(user, 'end-sessions [login]', 'end all sessions of a user, or those of one-time links')
    .option('--one-time-links', 'all sessions of one-time links, and links that were not opened yet')
    .action((login: string | undefined, { state, oneTimeLinks }: WithState & { oneTimeLinks?: true }) =>
      asking(state, async (admin) => {
        if ((login === undefined) === (oneTimeLinks === undefined))
          return sayFault(io, form, err('BAD_REQUEST', 'one of LOGIN, --one-time-links').fault);
        return login === undefined
          ? endLinkSessions(io, form, admin)
          : orderSessions(io, form, admin, { login, order: 'sessions/end' });
      }),
    );
  command(user, 'forget-pcs <login>', 'forget the remembered PCs of a user: he is asked for a code again').action(
    (login: string, { state }: WithState) =>
      asking(state, (admin) => orderSessions(io, form, admin, { login, order: 'pcs/forget' })),
  );
}

async function endLinkSessions(io: Io, form: Form, admin: AdminClient): Promise<ExitStatus> {
  const done = await admin.ask<undefined>('POST', 'one-time-links/end');
  return say(io, form, done.ok ? { ok: true, value: {} } : done, () => 'ended all sessions of one-time links');
}

async function orderSessions(
  io: Io,
  form: Form,
  admin: AdminClient,
  { login, order }: { readonly login: string; readonly order: 'sessions/end' | 'pcs/forget' },
): Promise<ExitStatus> {
  const user = await findUser(admin, login);
  if (!user.ok) return sayFault(io, form, user.fault);
  const done = await admin.ask<{ readonly login: string }>('POST', `users/${user.value.id}/${order}`);
  return say(
    io,
    form,
    done,
    (of) => `${order === 'sessions/end' ? 'ended the sessions' : 'forgot the PCs'} of ${of.login}`,
  );
}
