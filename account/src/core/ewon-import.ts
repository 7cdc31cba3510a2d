import type { DeviceId } from '@ewon-agent/contracts';
import { fieldOf } from './csv.ts';
import { nameForm, nameOf } from './names.ts';
import type { EwonProperties, EwonRecord } from './records.ts';

// What a list of properties that somebody edited in a spreadsheet changes: decided over the whole list before anything
// is written, so that a list with one fault changes nothing.

/** Columns of an export: those that a person may set, and those that only tell. */
export const IMPORTED = ['name', 'pool', 'description', 'custom1', 'custom2', 'custom3'] as const;
export const EXPORTED = [
  ...['deviceId', 'serial', ...IMPORTED],
  ...['model', 'firmware', 'agent', 'link', 'status', 'lastSeen', 'note', 'createdAt'],
] as const;

type Imported = (typeof IMPORTED)[number];
export type ImportRow = { readonly line: number; readonly cells: readonly string[] };
/** `column` is the one of the fault; empty when it is of the line. */
export type ImportFault = { readonly line: number; readonly column: string; readonly text: string };
export type ImportPlan = {
  readonly changes: readonly { readonly deviceId: DeviceId; readonly line: number; readonly to: EwonProperties }[];
  readonly unchanged: number;
  readonly faults: readonly ImportFault[];
};

/**
 * Plans an import. An Ewon is named by `deviceId`, or by `serial` where one listed Ewon has it. Columns that are not
 * there change nothing; those that only tell are passed over.
 * @param textMax characters of a text: as many as the API takes
 */
export function planImport(
  [head, ...rows]: readonly ImportRow[],
  { ewons, pools }: { readonly ewons: readonly EwonRecord[]; readonly pools: readonly string[] },
  textMax: number,
): ImportPlan {
  const columns = (head?.cells ?? []).map((cell) => cell.trim());
  const faults: ImportFault[] = headFaults(columns, head?.line ?? 1);
  if (faults.length > 0) return { changes: [], unchanged: 0, faults };
  const known = {
    byId: new Map(ewons.map((e) => [e.deviceId as string, e])),
    bySerial: Map.groupBy(ewons, (e) => e.serial as string),
  };
  const planned = new Map<DeviceId, { readonly line: number; readonly to: EwonProperties }>();
  for (const { line, cells } of rows) {
    const given = new Map(columns.map((column, i) => [column, fieldOf(cells[i] ?? '')]));
    if (cells.length > columns.length) {
      faults.push({ line, column: '', text: `${cells.length} fields, the head has ${columns.length}` });
      continue;
    }
    const ewon = findEwon(known, given);
    if (typeof ewon === 'string')
      faults.push({ line, column: given.get('deviceId') ? 'deviceId' : 'serial', text: ewon });
    else if (planned.has(ewon.deviceId))
      faults.push({ line, column: '', text: `the same Ewon as line ${planned.get(ewon.deviceId)?.line}` });
    else {
      const to = propertiesOf(ewon, given);
      faults.push(...valueFaults(line, ewon, to, { pools, textMax }));
      planned.set(ewon.deviceId, { line, to });
    }
  }
  faults.push(...nameFaults(ewons, planned));
  const changes = ewons.flatMap((ewon) => {
    const plan = planned.get(ewon.deviceId);
    return plan && !isSame(ewon, plan.to) ? [{ deviceId: ewon.deviceId, ...plan }] : [];
  });
  const inOrder = faults.toSorted((a, b) => a.line - b.line);
  return { changes: faults.length > 0 ? [] : changes, unchanged: planned.size - changes.length, faults: inOrder };
}

function headFaults(columns: readonly string[], line: number): ImportFault[] {
  const known: readonly string[] = EXPORTED;
  const faults = columns.flatMap((column, i) => {
    if (columns.indexOf(column) !== i) return [{ line, column, text: 'this column is there twice' }];
    return known.includes(column) ? [] : [{ line, column, text: `no such column; known are ${known.join(', ')}` }];
  });
  if (faults.length > 0) return faults;
  if (!columns.includes('deviceId') && !columns.includes('serial'))
    return [{ line, column: '', text: 'the first line names the columns; one of them must be deviceId or serial' }];
  return [];
}

function findEwon(
  known: {
    readonly byId: ReadonlyMap<string, EwonRecord>;
    readonly bySerial: ReadonlyMap<string, readonly EwonRecord[]>;
  },
  given: ReadonlyMap<string, string>,
): EwonRecord | string {
  const deviceId = given.get('deviceId')?.trim() ?? '';
  if (deviceId !== '') return known.byId.get(deviceId) ?? `no Ewon has the id ${deviceId}`;
  const serial = given.get('serial')?.trim() ?? '';
  if (serial === '') return 'neither deviceId nor serial is given';
  const [one, ...others] = known.bySerial.get(serial) ?? [];
  if (!one) return `no Ewon has the serial number ${serial}`;
  return others.length > 0 ? `${others.length + 1} Ewons have the serial number ${serial}; name one by deviceId` : one;
}

function propertiesOf(ewon: EwonRecord, given: ReadonlyMap<string, string>): EwonProperties {
  const [custom1, custom2, custom3] = ewon.customFields;
  const to = (column: Imported, now: string) => given.get(column) ?? now;
  return {
    name: nameTo(ewon.name, given.get('name')),
    pool: to('pool', ewon.pool),
    description: to('description', ewon.description),
    customFields: [to('custom1', custom1), to('custom2', custom2), to('custom3', custom3)],
  };
}

/** A name that stays may be one of those that are given no more. */
function nameTo(now: string, given: string = now): string {
  return given === now ? now : (nameOf(given) ?? given);
}

function valueFaults(
  line: number,
  now: EwonProperties,
  { name, pool, description, customFields }: EwonProperties,
  { pools, textMax }: { readonly pools: readonly string[]; readonly textMax: number },
): readonly ImportFault[] {
  const texts = { description, custom1: customFields[0], custom2: customFields[1], custom3: customFields[2] };
  const long = Object.entries(texts).filter(([, text]) => text.length > textMax);
  return [
    ...(name === now.name || nameOf(name) !== undefined
      ? []
      : [{ line, column: 'name', text: `a name has ${nameForm()}` }]),
    ...(pools.includes(pool) ? [] : [{ line, column: 'pool', text: `there is no pool "${pool}"` }]),
    ...long.map(([column, text]) => ({
      ...{ line, column },
      text: `${text.length} characters, at most ${textMax}`,
    })),
  ];
}

/** Names must be there once when all is done; who swaps two names does nothing wrong. */
function nameFaults(
  ewons: readonly EwonRecord[],
  planned: ReadonlyMap<DeviceId, { readonly line: number; readonly to: EwonProperties }>,
): readonly ImportFault[] {
  const holders = Map.groupBy(ewons, ({ deviceId, name }) => planned.get(deviceId)?.to.name ?? name);
  return [...holders].flatMap(([name, of]) => {
    if (of.length < 2) return [];
    const lines = of.flatMap(({ deviceId }) => planned.get(deviceId)?.line ?? []).toSorted((a, b) => a - b);
    const line = lines.at(-1) ?? 1;
    return [{ line, column: 'name', text: `${of.length} Ewons would be called "${name}"` }];
  });
}

function isSame(a: EwonProperties, b: EwonProperties): boolean {
  const all = ({ name, pool, description, customFields }: EwonProperties) =>
    JSON.stringify([name, pool, description, customFields]);
  return all(a) === all(b);
}
