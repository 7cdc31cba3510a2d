import { randomUUID } from 'node:crypto';
import type { UserView } from '@ewon-agent/account/http/user-views';
import { ask, askFor, more, oneOf, type Work } from './account-kill-book.ts';

// Users, groups and tokens come, change and go. A user's full name says in how many groups he is, so that the database
// shows whether he was changed by half.

/** So many stay, for the next change; more make lists long. */
const STAY = 4;
const TEAMS = 3;
const GIVEN = { permissions: ['ewons.read'], pools: 'all' };
type Named = { readonly id: string; readonly name: string };
type Token = Named & { readonly permissions: readonly string[] };

export async function changePeople(work: Work): Promise<void> {
  const what = work.chance.fraction();
  if (what < 0.5) await changeUsers(work);
  else if (what < 0.75) await changeGroups(work);
  else await changeTokens(work);
  await more(work.book, 2); // as the lists do
}

async function changeUsers({ account: { api }, book, chance }: Work): Promise<void> {
  const { groups } = await api.get<{ readonly groups: readonly Named[] }>('/api/v1/groups');
  const teams = groups.filter(({ name }) => name.startsWith('Team '));
  if (teams.length < TEAMS) {
    const name = `Team ${randomUUID()}`;
    return askFor(book, `group ${name}`, 'there', () => api.send('POST', '/api/v1/groups', { name, ...GIVEN }));
  }
  const groupIds = teams.map(({ id }) => id).slice(0, Math.floor(chance.fraction() * (TEAMS + 1)));
  const wish = `in ${groupIds.length}`;
  const users = (await api.get<readonly UserView[]>('/api/v1/users')).filter(({ fullName }) => fullName !== '');
  const one = oneOf(users, chance);
  const what = chance.fraction();
  if (!one || users.length < STAY) {
    const login = `u-${randomUUID()}`;
    const user = { login, password: newPassword(), fullName: wish, groupIds };
    await askFor(book, `user ${login}`, wish, () => api.send('POST', '/api/v1/users', user));
    book.others.push({ to: 'people', event: `User [${login}] was added.` });
  } else if (what < 0.3) {
    await askFor(book, `user ${one.login}`, 'gone', () => api.send('DELETE', `/api/v1/users/${one.id}`));
    book.others.push({ to: 'people', event: `User [${one.login}] was removed.` });
  } else if (what < 0.8) {
    const user = { fullName: wish, groupIds };
    await askFor(book, `user ${one.login}`, wish, () => api.send('PATCH', `/api/v1/users/${one.id}`, user));
    // the same again says nothing
    if (one.fullName !== wish) book.others.push({ to: 'people', event: `User [${one.login}] was changed.` });
  } else {
    const password = { password: newPassword() };
    await ask(book, 'password', () => api.send('POST', `/api/v1/users/${one.id}/password`, password));
    book.others.push({ to: 'people', event: `The password of user [${one.login}] was changed.` });
  }
}

function newPassword(): string {
  return `Aa1!${randomUUID()}`;
}

async function changeGroups({ account: { api }, book, chance }: Work): Promise<void> {
  const { groups } = await api.get<{ readonly groups: readonly Named[] }>('/api/v1/groups');
  const passing = groups.filter(({ name }) => name.startsWith('Passing '));
  const one = passing.length < STAY ? undefined : oneOf(passing, chance);
  const name = one?.name ?? `Passing ${randomUUID()}`;
  await (one
    ? askFor(book, `group ${name}`, 'gone', () => api.send('DELETE', `/api/v1/groups/${one.id}`))
    : askFor(book, `group ${name}`, 'there', () => api.send('POST', '/api/v1/groups', { name, ...GIVEN })));
  book.others.push({ to: 'people', event: `Group [${name}] was ${one ? 'removed' : 'added'}.` });
}

async function changeTokens({ account: { api }, book, chance }: Work): Promise<void> {
  const { tokens } = await api.get<{ readonly tokens: readonly Token[] }>('/api/v1/tokens');
  const one = tokens.length < STAY ? undefined : oneOf(tokens, chance);
  const name = one?.name ?? `Token ${randomUUID()}`;
  if (!one) await askFor(book, `token ${name}`, 'may 1', () => api.send('POST', '/api/v1/tokens', { name, ...GIVEN }));
  else if (chance.fraction() < 0.5) {
    await askFor(book, `token ${name}`, 'gone', () => api.send('DELETE', `/api/v1/tokens/${one.id}`));
    book.others.push({ to: 'people', event: `API token [${name}] was deleted.` });
  } else {
    const more = { ...GIVEN, name, permissions: ['ewons.read', 'log.read'] };
    await askFor(book, `token ${name}`, 'may 2', () => api.send('PATCH', `/api/v1/tokens/${one.id}`, more));
    if (one.permissions.length < more.permissions.length)
      book.others.push({ to: 'people', event: `API token [${name}] was changed.` });
  }
}
