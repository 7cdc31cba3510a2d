import type { Scope } from './scope.ts';
import type { AboutArea } from './store.ts';

/** Documents of the account, and its contacts. */
export function aboutArea({ db, accountId }: Scope): AboutArea {
  return {
    async document(name) {
      const row = await db
        .selectFrom('setting')
        .select('value')
        .where('accountId', '=', accountId)
        .where('name', '=', name)
        .executeTakeFirst();
      return row && JSON.parse(row.value);
    },
    async setDocument(name, document) {
      const value = JSON.stringify(document);
      await db
        .insertInto('setting')
        .values({ accountId, name, value })
        .onConflict((c) => c.columns(['accountId', 'name']).doUpdateSet({ value }))
        .execute();
    },
    contacts: () =>
      db
        .selectFrom('contact')
        .select(['contactId', 'name', 'email', 'phone'])
        .where('accountId', '=', accountId)
        .orderBy('name')
        .orderBy('contactId')
        .execute(),
    async keepContact(record) {
      const { contactId, ...set } = record;
      await db
        .insertInto('contact')
        .values({ accountId, contactId, ...set })
        .onConflict((c) => c.columns(['accountId', 'contactId']).doUpdateSet(set))
        .execute();
    },
    async removeContact(contactId) {
      await db.deleteFrom('contact').where('accountId', '=', accountId).where('contactId', '=', contactId).execute();
    },
  };
}
