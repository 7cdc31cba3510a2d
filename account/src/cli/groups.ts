import { err, ok, type Result } from '@ewon-agent/contracts';
import type { GroupsView, GroupView } from '../http/admin-groups.ts';
import type { UserView } from '../http/user-views.ts';
import type { AdminClient } from './admin-client.ts';
import { say, sayFault, table } from './answer.ts';
import type { ExitStatus, Form, Io } from './io.ts';
import { findUser } from './users.ts';

/** `account group list` */
export async function showGroups(io: Io, form: Form, admin: AdminClient): Promise<ExitStatus> {
  return say(io, form, await admin.ask<GroupsView>('GET', 'groups'), ({ groups, templates }) =>
    [
      table(
        ['group', 'users', 'pools', 'may'],
        groups.map(({ name, members, pools, permissions, isBuiltIn }) => [
          ...[name, String(members), pools === 'all' ? 'all' : pools.join(', ')],
          isBuiltIn ? 'everything' : permissions.join(' '),
        ]),
      ),
      `templates: ${templates.map(({ name }) => name).join(', ')}`,
    ].join('\n'),
  );
}

/** `account group add NAME`: what a template gives, and what is named beside it. Codes: NOT_FOUND (template, pool), CONFLICT. */
export async function addGroup(
  io: Io,
  form: Form,
  admin: AdminClient,
  set: {
    readonly name: string;
    readonly pools: 'all' | readonly string[];
    readonly may: readonly string[];
    readonly template?: string;
  },
): Promise<ExitStatus> {
  const { name, pools, may, template } = set;
  const known = await admin.ask<GroupsView>('GET', 'groups');
  if (!known.ok) return sayFault(io, form, known.fault);
  const begin = known.value.templates.find((one) => one.name === template);
  if (template !== undefined && !begin) return sayFault(io, form, err('NOT_FOUND', `template ${template}`).fault);
  const permissions = [...new Set([...(begin?.permissions ?? []), ...may])];
  const made = await admin.ask<GroupView>('POST', 'groups', { name, pools, permissions });
  return say(io, form, made, (group) => `added ${group.name}`);
}

/** `account group set NAME`: what is not named stays as it is. Codes: NOT_FOUND (group, pool), CONFLICT. */
export async function changeGroup(
  io: Io,
  form: Form,
  admin: AdminClient,
  { name, set }: { readonly name: string; readonly set: GroupSet },
): Promise<ExitStatus> {
  const known = await admin.ask<GroupsView>('GET', 'groups');
  if (!known.ok) return sayFault(io, form, known.fault);
  const group = known.value.groups.find((one) => one.name === name);
  if (!group) return sayFault(io, form, err('NOT_FOUND', `group ${name}`).fault);
  const done = await admin.ask<GroupView>('PATCH', `groups/${group.id}`, set);
  return say(io, form, done, (of) => `${of.name} may, in ${poolsText(of.pools)}: ${of.permissions.join(' ')}`);
}

/** Permissions as they were typed; the server knows which there are. */
type GroupSet = Partial<Pick<GroupView, 'name' | 'pools'>> & { readonly permissions?: readonly string[] };

/** In which pools somebody may something. */
export function poolsText(pools: GroupView['pools']): string {
  return pools === 'all' ? 'all pools' : `pools ${pools.join(', ')}`;
}

/** `account group remove NAME`: its users stay. Codes: NOT_FOUND. */
export async function removeGroup(io: Io, form: Form, admin: AdminClient, name: string): Promise<ExitStatus> {
  const ids = await groupIdsOf(admin, [name]);
  if (!ids.ok) return sayFault(io, form, ids.fault);
  return say(io, form, await admin.ask<object>('DELETE', `groups/${ids.value[0]}`), () => `removed ${name}`);
}

/** `account user groups LOGIN [NAME...]`: these and no others. Codes: NOT_FOUND. */
export async function setGroups(
  io: Io,
  form: Form,
  admin: AdminClient,
  { login, names }: { readonly login: string; readonly names: readonly string[] },
): Promise<ExitStatus> {
  const user = await findUser(admin, login);
  if (!user.ok) return sayFault(io, form, user.fault);
  const groupIds = await groupIdsOf(admin, names);
  if (!groupIds.ok) return sayFault(io, form, groupIds.fault);
  const done = await admin.ask<UserView>('PATCH', `users/${user.value.id}`, { groupIds: groupIds.value });
  return say(io, form, done, (of) => `${of.login} is in: ${names.join(', ') || 'no group'}`);
}

/** Finds groups by their names. Codes: NOT_FOUND. */
export async function groupIdsOf(admin: AdminClient, names: readonly string[]): Promise<Result<readonly string[]>> {
  const known = await admin.ask<GroupsView>('GET', 'groups');
  if (!known.ok) return known;
  const ids: string[] = [];
  for (const name of names) {
    const group = known.value.groups.find((one) => one.name === name);
    if (!group) return err('NOT_FOUND', `group ${name}`);
    ids.push(group.id);
  }
  return ok(ids);
}
