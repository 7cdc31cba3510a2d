// What a person, or a program with a token, may do. One list for groups, tokens, the routes of the admin API and the page.

/** Of Ewons: they hold in the pools of the group that gives them. */
export const POOL_PERMISSIONS = [
  'ewons.read',
  'ewons.edit',
  'ewons.forget',
  'registrations.read',
  'registrations.decide',
  'commands',
  'keys.export',
  'log.read',
] as const;
/** Of the account as a whole: only a group that has all pools can give them. */
export const ACCOUNT_PERMISSIONS = [
  'account.edit',
  'users',
  'tokens',
  'keys.manage',
  'pools',
  'patches',
  'privacy',
  'cells',
] as const;
/** Nobody has it but the group Administrators (seed: "Only the Administrators group may edit it"). */
export const ADMINISTRATORS_ONLY = ['policies'] as const;

export const PERMISSIONS = [...POOL_PERMISSIONS, ...ACCOUNT_PERMISSIONS, ...ADMINISTRATORS_ONLY] as const;
export type Permission = (typeof PERMISSIONS)[number];
/** What a group or a token may be given. */
export type GivenPermission = Exclude<Permission, (typeof ADMINISTRATORS_ONLY)[number]>;

/** Pools by name. */
export type Pools = 'all' | readonly string[];
/** Something given: each of these permissions, in each of these pools. */
export type Grant = { readonly permissions: readonly Permission[]; readonly pools: Pools };

export const EVERYTHING: Grant = { permissions: PERMISSIONS, pools: 'all' };

/** In which pools these grants give a permission; none at all is `[]`. What is of the account as a whole is given with all pools or not. */
export function poolsWith(grants: readonly Grant[], permission: Permission): Pools {
  const giving = grants.filter(({ permissions }) => permissions.includes(permission));
  if (giving.some(({ pools }) => pools === 'all')) return 'all';
  if (!isOfPools(permission)) return [];
  return [...new Set(giving.flatMap(({ pools }) => pools))];
}

/** All pools that these grants name, whatever for. */
export function anyPools(grants: readonly Grant[]): Pools {
  if (grants.some(({ pools }) => pools === 'all')) return 'all';
  return [...new Set(grants.flatMap(({ pools }) => pools))];
}

/** Tells whether these grants give a permission, in some pool at least. */
export function may(grants: readonly Grant[], permission: Permission): boolean {
  return poolsWith(grants, permission).length > 0;
}

/** Tells whether somebody with these grants may give this one: nobody gives what he has not. */
export function mayGive(grants: readonly Grant[], given: Grant): boolean {
  return given.permissions.every((permission) => isWithin(given.pools, poolsWith(grants, permission)));
}

/** Tells whether a permission is given in pools. */
export function isOfPools(permission: Permission): boolean {
  return POOL_PERMISSIONS.some((one) => one === permission);
}

/** Tells whether a pool is among these. */
export function hasPool(pools: Pools, pool: string): boolean {
  return pools === 'all' || pools.includes(pool);
}

function isWithin(inner: Pools, outer: Pools): boolean {
  if (outer === 'all') return true;
  // no pool at all gives nothing, but a permission that is given nowhere may not be handed on either
  return inner !== 'all' && outer.length > 0 && inner.every((pool) => outer.includes(pool));
}

/** What a new group may begin with. */
export type GroupTemplate = { readonly name: string; readonly permissions: readonly GivenPermission[] };
export const GROUP_TEMPLATES: readonly GroupTemplate[] = [
  { name: 'Technicians', permissions: ['ewons.read', 'keys.export'] },
  {
    name: 'Operators',
    permissions: ['ewons.read', 'ewons.edit', 'registrations.read', 'registrations.decide', 'commands', 'log.read'],
  },
  { name: 'Viewers', permissions: ['ewons.read', 'log.read'] },
];
