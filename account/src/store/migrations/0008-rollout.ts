import type { Kysely } from 'kysely';

// Rollouts of patches. Only what SQLite and PostgreSQL both know, and every step may be run twice (see 0001).

/** Makes the table of rollouts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('rollout')
    .ifNotExists()
    .addColumn('accountId', 'text', (c) => c.notNull())
    .addColumn('path', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('policyFor', 'text')
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('startedAt', 'text', (c) => c.notNull())
    .addColumn('changedAt', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('rollout_key', ['accountId', 'path'])
    .addForeignKeyConstraint('rollout_of_account', ['accountId'], 'account', ['accountId'])
    .execute();
}
