import { type Kysely, sql } from 'kysely';

// 0010 began to count the uses of keys at 0, also of those that Ewons had been approved with. Only what SQLite and PostgreSQL both know;
// run twice it changes nothing more (see 0001).

/** Counts for each key the requests that were approved with it, where fewer uses are known. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const counted = sql`(
    select count(*) from registration
    where registration.account_id = grk.account_id and registration.grk_id = grk.grk_id
      and registration.state in ('approved', 'replaced')
  )`;
  await sql`update grk set uses = ${counted} where uses < ${counted}`.execute(db);
}
