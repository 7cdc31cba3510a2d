import { type DeviceId, err, ok, type Result, type Timestamp } from '@ewon-agent/contracts';
import { searchWordsOf } from '../core/ewon-words.ts';
import type { LogKind } from '../core/log-lines.ts';
import { KNOWN_PARTS, unknownPartOf } from '../core/name-template.ts';
import type { EwonChange, EwonProperties } from '../core/records.ts';
import type { BulkOn, EwonOrder, RegistrationOrder } from '../service/bulk.ts';
import {
  EWON_SORTS,
  type EwonAsk,
  type EwonPlace,
  type EwonWhere,
  LOG_SORTS,
  type LogAsk,
  type LogCursor,
  type LogKept,
  type LogWhere,
} from '../store/lists.ts';
import { body, deviceId } from './bodies.ts';
import {
  customFields,
  customFieldsChange,
  knownName,
  line,
  newName,
  number,
  numberOrNone,
  rows,
  TEXT_MAX,
  text,
  timestamp,
} from './fields.ts';
import { typed } from './typed.ts';

// What lists are asked for, checked at the door.

/** Rows of a page unless told, and at most: what a table shows, and what a program may take at once. */
const ROWS = 50;
export const ROWS_MAX = 200;
/** What a person selects on the page, or a program names. */
const BULK_MAX = 10_000;
const search = line(200);

const where = {
  search,
  name: knownName,
  pool: knownName,
  link: { enum: ['linked', 'unlinked'] },
  status: { enum: ['online', 'offline'] },
  alarm: { enum: ['open', 'none'] },
  patch: text(32),
  firmware: text(64),
  agent: text(64),
  ...{ custom1: text(TEXT_MAX), custom2: text(TEXT_MAX), custom3: text(TEXT_MAX) },
};
type WhereQuery = Omit<EwonWhere, 'words' | 'pools'> & {
  readonly search?: string;
  readonly pool?: string;
};
type PageQuery = { readonly order?: 'up' | 'down'; readonly after?: string; readonly limit?: string };
/** A place holds the value of the sorted column: a description in letters of three bytes, or a name that is all numbers, each with its zeros. */
const AFTER_MAX = 4096;
const page = { order: { enum: ['up', 'down'] }, after: text(AFTER_MAX), limit: rows(999) };

export const readEwonQuery = body<WhereQuery & PageQuery & Pick<Partial<EwonAsk>, 'sort'>>({
  ...where,
  ...page,
  sort: { enum: EWON_SORTS },
});
export const readWhere = body<WhereQuery>(where);
export const readExport = body<WhereQuery & { readonly bom?: '1' }>({ ...where, bom: { const: '1' } });

/** Codes: BAD_REQUEST. */
export function readEwonAsk(query: unknown): Result<EwonAsk> {
  const asked = readEwonQuery(query);
  if (!asked.ok) return asked;
  const { sort = 'name', order = 'up', after, limit, ...rest } = asked.value;
  const place = after === undefined ? ok(undefined) : placeFrom(after, sort);
  if (!place.ok) return place;
  const ask = { sort, order, limit: rowsOf(limit), ...(place.value && { after: place.value }) };
  return ok({ ...ask, ...whereOf(rest) });
}

/** Codes: BAD_REQUEST. */
export function readEwonExport(query: unknown): Result<{ readonly where: EwonWhere; readonly bom: boolean }> {
  const asked = readExport(query);
  if (!asked.ok) return asked;
  const { bom, ...rest } = asked.value;
  return ok({ where: whereOf(rest), bom: bom === '1' });
}

export function whereOf({ search: words, pool, ...rest }: WhereQuery): EwonWhere {
  return {
    ...rest,
    ...(words !== undefined && { words: searchWordsOf(words) }),
    ...(pool !== undefined && { pools: [pool] }),
  };
}

/** The place from which the next page goes on, as a client hands it back. It says by which column it is one. */
export function tokenOf(sort: string, place: EwonPlace | LogCursor): string {
  return Buffer.from(JSON.stringify([sort, place])).toString('base64url');
}

const BAD_PLACE = err('BAD_REQUEST', 'after: not what a page of this list in this order gave as "next"');

function parsedToken(token: string, sort: string): unknown {
  try {
    const [by, place]: unknown[] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    return by === sort ? place : undefined;
  } catch {
    return undefined; // refused by who asks, as every other value that is no place
  }
}

function placeFrom(token: string, sort: string): Result<EwonPlace> {
  const place = parsedToken(token, sort);
  if (!Array.isArray(place) || place.length !== 2) return BAD_PLACE;
  const [value, id]: unknown[] = place;
  const isNumber = sort === 'status' || sort === 'alarms';
  const fits = isNumber ? Number.isSafeInteger(value) : typeof value === 'string';
  return fits && typeof id === 'string' ? ok([value as string | number, id as DeviceId]) : BAD_PLACE;
}

function rowsOf(limit: string | undefined): number {
  return Math.min(ROWS_MAX, Number(limit ?? ROWS));
}

const properties = { name: newName, pool: knownName, description: line(TEXT_MAX) };
export const readProperties = body<Partial<EwonProperties>>({ ...properties, customFields });
export const readEwonChange = body<EwonChange>({ ...properties, customFields: customFieldsChange });

type EwonBulk = {
  readonly do: EwonOrder['do'];
  readonly pool?: string;
  readonly ewons?: readonly DeviceId[];
  readonly where?: WhereQuery;
  readonly count?: number;
};
export const readBulk = body<EwonBulk>(
  {
    do: { enum: ['move', 'forget', 'renew'] },
    pool: knownName,
    ewons: { type: 'array', items: deviceId, minItems: 1, maxItems: BULK_MAX, uniqueItems: true },
    where: readWhere.schema,
    count: { type: 'integer', minimum: 0 },
  },
  ['do'],
);

/** Either these Ewons, or all that a filter finds. Codes: BAD_REQUEST. */
export function readEwonBulk(given: unknown): Result<{ readonly order: EwonOrder; readonly on: BulkOn }> {
  const asked = readBulk(given);
  if (!asked.ok) return asked;
  const { do: what, pool, ewons, where: filter, count } = asked.value;
  if ((what === 'move') !== (pool !== undefined)) return err('BAD_REQUEST', 'pool: goes with "move"');
  if ((ewons === undefined) === (filter === undefined)) return err('BAD_REQUEST', 'one of ewons, where');
  if (ewons && count !== undefined) return err('BAD_REQUEST', 'count: goes with "where"');
  const order: EwonOrder = what === 'move' ? { do: what, pool: pool ?? '' } : { do: what };
  if (ewons) return ok({ order, on: { ewons } });
  const read = readWhere(filter);
  return read.ok ? ok({ order, on: { where: whereOf(read.value), count } }) : read;
}

type RegistrationBulk = {
  readonly do: RegistrationOrder['do'];
  readonly registrations: readonly string[];
  readonly template?: string;
  readonly set?: Omit<Partial<EwonProperties>, 'name'>;
};
export const readRegistrations = body<RegistrationBulk>(
  {
    do: { enum: ['approve', 'reject'] },
    registrations: { type: 'array', items: text(64), minItems: 1, maxItems: 1000, uniqueItems: true },
    template: typed({ type: 'string', minLength: 1, maxLength: 200 }, '1 to 200 characters'),
    set: { type: 'object' },
  },
  ['do', 'registrations'],
);

/** Codes: BAD_REQUEST. */
export function readRegistrationBulk(
  given: unknown,
): Result<{ readonly order: RegistrationOrder; readonly on: readonly string[] }> {
  const asked = readRegistrations(given);
  if (!asked.ok) return asked;
  const { do: what, registrations: on, template, set } = asked.value;
  if (what === 'reject')
    return template === undefined && set === undefined
      ? ok({ order: { do: what }, on })
      : err('BAD_REQUEST', 'template, set: go with "approve"');
  const unknown = unknownPartOf(template ?? '');
  if (unknown)
    return err('BAD_REQUEST', `template: ${unknown} stands for nothing; there are ${KNOWN_PARTS.join(', ')}`);
  const properties = readProperties(set ?? {});
  if (!properties.ok) return properties;
  const { name: one, ...rest } = properties.value;
  if (one !== undefined) return err('BAD_REQUEST', 'set: many cannot have one name; give a template');
  return ok({ order: { do: what, set: rest, ...(template !== undefined && { template }) }, on });
}

type LogQuery = {
  readonly kind?: LogKind;
  readonly ewon?: DeviceId;
  readonly called?: string;
  readonly user?: string;
  readonly text?: string;
  readonly from?: Timestamp;
  readonly to?: Timestamp;
};
const logWhere = {
  kind: { enum: ['error', 'user', 'message'] },
  ewon: deviceId,
  called: line(100),
  user: line(100),
  text: search,
  from: timestamp,
  to: timestamp,
};
export const readLines = body<LogQuery & PageQuery & Pick<Partial<LogAsk>, 'sort'>>({
  ...logWhere,
  ...page,
  sort: { enum: LOG_SORTS },
});
export const readLogFile = body<
  LogQuery & { readonly form?: 'detailed' | 'raw'; readonly format?: 'csv' | 'text'; readonly bom?: '1' }
>({ ...logWhere, form: { enum: ['detailed', 'raw'] }, format: { enum: ['csv', 'text'] }, bom: { const: '1' } });

/** The newest first unless told. Codes: BAD_REQUEST. */
export function readLogAsk(query: unknown): Result<LogAsk> {
  const asked = readLines(query);
  if (!asked.ok) return asked;
  const { sort = 'time', order = sort === 'time' ? 'down' : 'up', after, limit, ...rest } = asked.value;
  const place = after === undefined ? ok(undefined) : cursorFrom(after, sort);
  if (!place.ok) return place;
  return ok({ sort, order, limit: rowsOf(limit), ...(place.value && { after: place.value }), ...logWhereOf(rest) });
}

/** Codes: BAD_REQUEST. */
export function readLogExport(
  query: unknown,
): Result<{ readonly where: LogWhere; readonly format: 'csv' | 'text'; readonly bom: boolean }> {
  const asked = readLogFile(query);
  if (!asked.ok) return asked;
  const { form = 'detailed', format = form === 'raw' ? 'text' : 'csv', bom, ...rest } = asked.value;
  return ok({ where: logWhereOf(rest), format, bom: bom === '1' });
}

function logWhereOf({ ewon, text: words, from, to, ...rest }: LogQuery): LogWhere {
  return {
    ...rest,
    ...(ewon !== undefined && { deviceId: ewon }),
    ...(words !== undefined && { words: searchWordsOf(words) }),
    // kept with milliseconds, and compared as text
    ...(from !== undefined && { from: new Date(from).toISOString() as Timestamp }),
    ...(to !== undefined && { to: new Date(to).toISOString() as Timestamp }),
  };
}

function cursorFrom(token: string, sort: string): Result<LogCursor> {
  const given = Object(parsedToken(token, sort));
  const { after, value, top } = given;
  const isPlace = (place: unknown) =>
    Array.isArray(place) && place.length === 2 && typeof place[0] === 'string' && Number.isSafeInteger(place[1]);
  const fits = sort === 'time' ? value === undefined : typeof value === 'string' && isPlace(top);
  return isPlace(after) && fits ? ok(given as LogCursor) : BAD_PLACE;
}

export const readLogKept = body<Partial<LogKept>>({
  lines: number({ min: 1000, max: 100_000_000 }),
  days: numberOrNone({ min: 1, max: 3650 }),
  auditDays: number({ min: 1, max: 3650 }),
});
