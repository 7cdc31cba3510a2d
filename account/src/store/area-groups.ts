import { givenChanged, givenIn, givenOut } from './given-columns.ts';
import type { Scope } from './scope.ts';
import type { GroupsArea } from './store-users.ts';

/** Groups of users, and who is in them. */
export function groupsArea({ db, accountId }: Scope): GroupsArea {
  const members = () =>
    db.selectFrom('groupMember').select(['userId', 'groupId']).where('accountId', '=', accountId).orderBy('groupId');
  return {
    async groups() {
      const rows = await db
        .selectFrom('userGroup')
        .select(['groupId', 'name', 'permissions', 'pools', 'createdAt'])
        .where('accountId', '=', accountId)
        .orderBy('name')
        .execute();
      return rows.map(givenIn);
    },
    async insertGroup(record) {
      await db
        .insertInto('userGroup')
        .values({ ...givenOut(record), accountId })
        .execute();
    },
    async updateGroup(groupId, patch) {
      const set = givenChanged(patch);
      if (Object.keys(set).length === 0) return;
      await db
        .updateTable('userGroup')
        .set(set)
        .where('accountId', '=', accountId)
        .where('groupId', '=', groupId)
        .execute();
    },
    async removeGroup(groupId) {
      for (const table of ['groupMember', 'userGroup'] as const)
        await db.deleteFrom(table).where('accountId', '=', accountId).where('groupId', '=', groupId).execute();
    },
    members: () => members().execute(),
    groupsOf: async (userId) => (await members().where('userId', '=', userId).execute()).map(({ groupId }) => groupId),
    async setGroupsOf(userId, groupIds) {
      await db.deleteFrom('groupMember').where('accountId', '=', accountId).where('userId', '=', userId).execute();
      for (const groupId of new Set(groupIds))
        await db.insertInto('groupMember').values({ accountId, userId, groupId }).execute();
    },
  };
}
