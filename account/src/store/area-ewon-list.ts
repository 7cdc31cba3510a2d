import type { AccountId, DeviceId } from '@ewon-agent/contracts';
import { type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import { nameOrderOf, wordsOf } from '../core/ewon-words.ts';
import type { EwonRecord } from '../core/records.ts';
import { NAMED, recordOf, rowOf } from './area-ewon.ts';
import { locatedArea } from './area-located.ts';
import type { EwonPlace, EwonSort, EwonWhere, ListArea } from './lists.ts';
import { filledPieces, type ManyRows, runMany } from './many-rows.ts';
import type { Tables } from './schema.ts';
import type { Scope } from './scope.ts';

type EwonListArea = Pick<
  ListArea,
  'ewonPage' | 'countEwons' | 'ewonIds' | 'ewonCounts' | 'locatedEwons' | 'keepProperties'
>;
/** The table of Ewons, and the open alarms of each where they are counted. */
type Listed = Pick<Tables, 'ewon'> & { opened: { deviceId: DeviceId; n: number | null } };
type Query<O> = SelectQueryBuilder<Listed, 'ewon', O>;

/** What a column is sorted by. Neither value is null, so that places compare. */
const VALUES: Readonly<Record<EwonSort, RawBuilder<string | number>>> = {
  name: sql`ewon.name_order`,
  serial: sql`ewon.serial`,
  pool: sql`ewon.pool`,
  description: sql`lower(ewon.description)`,
  custom1: sql`ewon.custom1_words`,
  custom2: sql`ewon.custom2_words`,
  custom3: sql`ewon.custom3_words`,
  model: sql`ewon.model`,
  firmware: sql`ewon.firmware_order`,
  agent: sql`ewon.agent_order`,
  note: sql`lower(ewon.note)`,
  status: sql`ewon.online`,
  link: sql`ewon.link`,
  lastSeen: sql`coalesce(ewon.last_seen_at, '')`,
  createdAt: sql`ewon.created_at`,
  alarms: sql`coalesce(opened.n, 0)`,
  patch: sql`ewon.patch_state`,
};
const FIELDS = ['custom1', 'custom2', 'custom3'] as const;
const COUNTED = { pool: 'pool', firmware: 'firmware', agent: 'agent', link: 'link', patch: 'patchState' } as const;

/**
 * Pages of the Ewons. No index but that of names helps here: what is asked for reads all rows of the account, which for ten
 * thousand takes some milliseconds, while an index over what changes with every message costs with every message.
 */
export function ewonListArea(scope: Scope): EwonListArea {
  const { db, accountId } = scope;
  const keep = keeping(scope);
  const { countLocated, locatedEwons } = locatedArea(scope);
  const listed = () => db.selectFrom('ewon').where('ewon.accountId', '=', accountId).where(NAMED);
  const alarming = () => db.selectFrom('alarm').where('alarm.accountId', '=', accountId).where('open', '=', 1);

  const filtered = <O>(query: Query<O>, where: EwonWhere): Query<O> => {
    let q = query;
    for (const word of where.words ?? []) q = q.where(holds(sql`ewon.search_text`, word));
    if (where.name !== undefined) q = q.where(isCalled(where.name));
    // none at all would be an error in SQL
    if (where.pools) q = q.where('ewon.pool', 'in', where.pools.length > 0 ? [...where.pools] : ['']);
    if (where.link) q = q.where('ewon.link', '=', where.link);
    if (where.status) q = q.where('ewon.online', '=', Number(where.status === 'online'));
    if (where.patch !== undefined) q = q.where('ewon.patchState', '=', where.patch === 'none' ? '' : where.patch);
    if (where.firmware !== undefined) q = q.where('ewon.firmware', '=', where.firmware);
    if (where.agent !== undefined) q = q.where('ewon.agent', '=', where.agent);
    for (const field of FIELDS) {
      const text = where[field];
      if (text !== undefined) q = q.where(holds(VALUES[field], wordsOf(text)));
    }
    if (where.alarm) {
      const ids = alarming().select('deviceId');
      q = q.where('ewon.deviceId', where.alarm === 'open' ? 'in' : 'not in', ids);
    }
    return q;
  };

  return {
    locatedEwons,
    async keepProperties(ewons) {
      // a name that another of them still has is free once all have left theirs; no name begins with a blank
      await runMany(
        scope,
        keep,
        ewons.map((ewon) => rowFor(accountId, { ...ewon, name: ` ${ewon.deviceId}` })),
      );
      await runMany(
        scope,
        keep,
        ewons.map((ewon) => rowFor(accountId, ewon)),
      );
    },
    async ewonPage({ sort, order, after, limit, ...where }) {
      const value = VALUES[sort];
      const [direction, beyond] = order === 'up' ? (['asc', sql`>`] as const) : (['desc', sql`<`] as const);
      const opened = alarming()
        .select((e) => ['deviceId', e.fn.countAll<number>().as('n')])
        .groupBy('deviceId')
        .as('opened');
      // joined only where it is asked for; the types have it always
      const from = sort === 'alarms' ? listed().leftJoin(opened, 'opened.deviceId', 'ewon.deviceId') : listed();
      // only what sorts: rows are wide, and all but a page of them are sorted for nothing
      let query = filtered(from as unknown as Query<object>, where)
        .select(['ewon.deviceId', value.as('sortValue')])
        .orderBy(value, direction)
        .orderBy('ewon.deviceId', direction)
        .limit(limit + 1);
      if (after) query = query.where(sql<SqlBool>`(${value}, ewon.device_id) ${beyond} (${after[0]}, ${after[1]})`);
      const found = await query.execute();
      const page = found.slice(0, limit);
      const known = new Map<DeviceId, EwonRecord>();
      for (const piece of filledPieces(page.map(({ deviceId }) => deviceId))) {
        const rows = await db
          .selectFrom('ewon')
          .selectAll()
          .where('accountId', '=', accountId)
          .where('deviceId', 'in', [...piece])
          .execute();
        for (const record of rows.flatMap((row) => recordOf(row) ?? [])) known.set(record.deviceId, record);
      }
      const rows = page.flatMap(({ deviceId }) => known.get(deviceId) ?? []);
      const last = page.at(-1);
      if (found.length <= limit || !last) return { rows };
      const place: EwonPlace = [isNumber(sort) ? Number(last.sortValue) : last.sortValue, last.deviceId];
      return { rows, next: place };
    },
    async countEwons(where) {
      const query = filtered(listed() as unknown as Query<object>, where);
      const { n } = await query.select((e) => e.fn.countAll<number>().as('n')).executeTakeFirstOrThrow();
      return Number(n);
    },
    async ewonIds(where) {
      const query = filtered(listed() as unknown as Query<object>, where);
      const rows = await query.select('ewon.deviceId').orderBy('ewon.nameOrder').orderBy('ewon.deviceId').execute();
      return rows.map(({ deviceId }) => deviceId);
    },
    async ewonCounts(pools) {
      const where = pools ? { pools } : {};
      const all = () => filtered(listed() as unknown as Query<object>, where);
      const { total, online } = await all()
        .select((e) => [e.fn.countAll<number>().as('total'), e.fn.sum<number>('ewon.online').as('online')])
        .executeTakeFirstOrThrow();
      const alarms = await alarming()
        .where('deviceId', 'in', all().select('ewon.deviceId'))
        .select((e) => e.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow();
      const by: Record<string, Record<string, number>> = {};
      for (const [name, column] of Object.entries(COUNTED)) {
        const groups = await all()
          .select((e) => [e.ref(`ewon.${column}`).as('value'), e.fn.countAll<number>().as('n')])
          .groupBy(`ewon.${column}`)
          .execute();
        const inOrder = groups.toSorted((a, b) => (nameOrderOf(a.value) < nameOrderOf(b.value) ? -1 : 1));
        by[name] = Object.fromEntries(inOrder.map(({ value, n }) => [value === '' ? 'none' : value, Number(n)]));
      }
      return {
        total: Number(total),
        online: Number(online ?? 0),
        alarms: Number(alarms.n),
        ...(await countLocated(pools)),
        by: by as Awaited<ReturnType<EwonListArea['ewonCounts']>>['by'],
      };
    },
  };
}

type Row = Tables['ewon'];
const PROPERTIES = [
  'name',
  'pool',
  'description',
  'custom1',
  'custom2',
  'custom3',
  'searchText',
  'nameOrder',
  'custom1Words',
  'custom2Words',
  'custom3Words',
] as const;
/** The rows are there: what is not a property stays as it is there, whatever stands here. */
const REST = [
  ...(['accountId', 'deviceId', 'registrationId', 'publicKey', 'fingerprint', 'serial', 'model', 'firmware'] as const),
  ...(['agent', 'note', 'link', 'brokerTold', 'online', 'certificateSerial', 'createdAt', 'patchState'] as const),
];

function keeping({ db }: Scope): ManyRows<Pick<Row, (typeof REST)[number] | (typeof PROPERTIES)[number]>, unknown> {
  return {
    name: 'properties of Ewons',
    columns: [...REST, ...PROPERTIES],
    write: (rows) =>
      db
        .insertInto('ewon')
        .values(rows.map((row) => ({ ...row })) as never)
        .onConflict((c) =>
          c
            .columns(['accountId', 'deviceId'])
            .doUpdateSet((e) => Object.fromEntries(PROPERTIES.map((name) => [name, e.ref(`excluded.${name}`)]))),
        ),
  };
}

function rowFor(accountId: AccountId, ewon: EwonRecord) {
  return { ...rowOf(ewon), accountId, deviceId: ewon.deviceId, publicKey: ewon.publicKey, patchState: '' };
}

/** The name stands in the first line of what is searched, in small letters as JavaScript knows them. */
function isCalled(name: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`ewon.search_text like ${`${patternOf(name.toLowerCase())}\n%`} escape '\\'`;
}

/** Tells whether a word stands somewhere in a text, as itself: `%` and `_` mean nothing. */
export function holds(text: RawBuilder<unknown>, word: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`${text} like ${`%${patternOf(word)}%`} escape '\\'`;
}

/** A text as it stands in a pattern for `like … escape '\\'`. */
export function patternOf(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

function isNumber(sort: EwonSort): boolean {
  return sort === 'status' || sort === 'alarms';
}
