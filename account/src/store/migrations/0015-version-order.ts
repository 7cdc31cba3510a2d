import type { Kysely } from 'kysely';
import { nameOrderOf, wordsOf } from '../../core/ewon-words.ts';

// Versions were sorted as text, 14.10 before 14.9; and what stands in a custom field could be looked for only together with everything else.
// Only what SQLite and PostgreSQL both know, and every step may be run twice (see 0001).

const FILLED_AT_ONCE = 500;
const COLUMNS = ['firmware_order', 'agent_order', 'custom1_words', 'custom2_words', 'custom3_words'] as const;

/** Adds what versions are sorted by and what custom fields are filtered by, and fills it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const tables = await db.introspection.getTables();
  const known = tables.find(({ name }) => name === 'ewon')?.columns.map(({ name }) => name) ?? [];
  for (const column of COLUMNS) {
    if (known.includes(column)) continue;
    await db.schema
      .alterTable('ewon')
      .addColumn(column, 'text', (c) => c.notNull().defaultTo(''))
      .execute();
  }
  await fill(db as Kysely<Filled>);
}

type Filled = {
  ewon: {
    accountId: string;
    deviceId: string;
    firmware: string;
    agent: string;
    custom1: string;
    custom2: string;
    custom3: string;
    firmwareOrder: string;
    agentOrder: string;
    custom1Words: string;
    custom2Words: string;
    custom3Words: string;
  };
};
const FROM = {
  firmwareOrder: 'firmware',
  agentOrder: 'agent',
  custom1Words: 'custom1',
  custom2Words: 'custom2',
  custom3Words: 'custom3',
} as const;
const PAIRS = Object.entries(FROM) as [keyof typeof FROM, (typeof FROM)[keyof typeof FROM]][];

async function fill(db: Kysely<Filled>): Promise<void> {
  for (;;) {
    const rows = await db
      .selectFrom('ewon')
      .select(['accountId', 'deviceId', 'firmware', 'agent', 'custom1', 'custom2', 'custom3'])
      // what is not empty never becomes empty, so that this ends
      .where((e) => e.or(PAIRS.map(([to, from]) => e.and([e(from, '<>', ''), e(to, '=', '')]))))
      .limit(FILLED_AT_ONCE)
      .execute();
    if (rows.length === 0) return;
    for (const { accountId, deviceId, firmware, agent, custom1, custom2, custom3 } of rows)
      await db
        .updateTable('ewon')
        .set({
          ...{ firmwareOrder: nameOrderOf(firmware), agentOrder: nameOrderOf(agent) },
          ...{ custom1Words: wordsOf(custom1), custom2Words: wordsOf(custom2), custom3Words: wordsOf(custom3) },
        })
        .where('accountId', '=', accountId)
        .where('deviceId', '=', deviceId)
        .execute();
  }
}
