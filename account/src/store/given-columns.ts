import type { GivenPermission, Pools } from '../core/permissions.ts';

// What a group or a token gives, as it is kept: two columns of JSON.

type Given = { readonly permissions: readonly GivenPermission[]; readonly pools: Pools };
type Columns = { readonly permissions: string; readonly pools: string };

/** Of a row of its table. */
export function givenIn<Row extends Columns>(row: Row): Omit<Row, keyof Given> & Given {
  const { permissions, pools, ...others } = row;
  return { ...others, permissions: JSON.parse(permissions), pools: JSON.parse(pools) };
}

/** For a row of its table. */
export function givenOut<Record extends Given>(record: Record): Omit<Record, keyof Given> & Columns {
  const { permissions, pools, ...others } = record;
  return { ...others, permissions: JSON.stringify(permissions), pools: JSON.stringify(pools) };
}

/** For the columns of a row that change. */
export function givenChanged<Patch extends Partial<Given>>(patch: Patch): Omit<Patch, keyof Given> & Partial<Columns> {
  const { permissions, pools, ...others } = patch;
  return {
    ...others,
    ...(permissions && { permissions: JSON.stringify(permissions) }),
    ...(pools && { pools: JSON.stringify(pools) }),
  };
}
