import { err, type Fault, ok, type Result, timestampOf } from '@ewon-agent/contracts';
import { differencesOf, grantTold, valuesOf } from '../core/log-changes.ts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { type Grant, isOfPools, mayGive } from '../core/permissions.ts';
import { ADMINISTRATORS_NAME, type GroupRecord, type Person } from '../core/users.ts';
import { type House, newToken, transactAndTell } from '../house.ts';
import type { StoreTx } from '../store/store.ts';
import { noteUser } from './user-changes.ts';

/** What a group is made of. */
export type GroupSet = Pick<GroupRecord, 'name' | 'permissions' | 'pools'>;

/** Makes a group. Codes: CONFLICT (its name), NOT_FOUND (a pool), BAD_REQUEST, NOT_PERMITTED. */
export async function addGroup(house: House, set: GroupSet): Promise<Result<GroupRecord>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const fault = (await refusalOfName(tx, set.name)) ?? (await refusalOfGrant(tx, house.person, set));
    if (fault) return { ok: false, fault };
    const group = { groupId: `g_${newToken(house.random)}`, ...set, createdAt: timestampOf(nowMs) };
    await tx.insertGroup(group);
    await noteUser({ tx, telling, nowMs }, LOG_TEXTS.groupAdded(set.name, valuesOf(grantTold(set))));
    return ok(group);
  });
}

/**
 * Changes a group; those in it may at once what it says then. What is judged is what it becomes; the same again is success and says nothing.
 * The same codes, and NOT_FOUND.
 */
export async function changeGroup(
  house: House,
  groupId: string,
  change: Partial<GroupSet>,
): Promise<Result<GroupRecord>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const group = (await tx.groups()).find((one) => one.groupId === groupId);
    if (!group) return err('NOT_FOUND', 'group');
    const fault = refusalToGive(house.person, group);
    if (fault) return { ok: false, fault };
    const now = { ...group, ...change };
    const changes = differencesOf({ name: group.name, ...grantTold(group) }, { name: now.name, ...grantTold(now) });
    if (changes.length === 0) return ok(group);
    const regrants = change.permissions !== undefined || change.pools !== undefined;
    const refusal =
      (await refusalOfName(tx, now.name, groupId)) ??
      (regrants ? await refusalOfGrant(tx, house.person, now) : undefined);
    if (refusal) return { ok: false, fault: refusal };
    await tx.updateGroup(groupId, change);
    await noteUser({ tx, telling, nowMs }, LOG_TEXTS.groupChanged(group.name, changes));
    return ok(now);
  });
}

/** Removes a group. Codes: NOT_FOUND, NOT_PERMITTED. */
export async function removeGroup(house: House, groupId: string): Promise<Result<GroupRecord>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const group = (await tx.groups()).find((one) => one.groupId === groupId);
    if (!group) return err('NOT_FOUND', 'group');
    const fault = refusalToGive(house.person, group);
    if (fault) return { ok: false, fault };
    const lost = valuesOf({ ...grantTold(group), users: await loginsIn(tx, groupId) });
    await tx.removeGroup(groupId);
    await noteUser({ tx, telling, nowMs }, LOG_TEXTS.groupRemoved(group.name, lost));
    return ok(group);
  });
}

/** Why somebody may not give this, or it means nothing. Codes: NOT_FOUND (a pool), BAD_REQUEST, NOT_PERMITTED. */
export async function refusalOfGrant(
  tx: StoreTx,
  by: Person,
  { permissions, pools }: Grant,
): Promise<Fault | undefined> {
  if (pools.length === 0) return err('BAD_REQUEST', 'pools: name one at least, or all').fault;
  const present = await tx.pools();
  const unknown = pools === 'all' ? undefined : pools.find((pool) => !present.includes(pool));
  if (unknown !== undefined) return err('NOT_FOUND', `pool ${unknown}`).fault;
  const ofAccount = pools === 'all' ? undefined : permissions.find((permission) => !isOfPools(permission));
  if (ofAccount !== undefined) return err('BAD_REQUEST', `${ofAccount} is given with all pools only`).fault;
  return refusalToGive(by, { permissions, pools });
}

async function loginsIn(tx: StoreTx, groupId: string): Promise<readonly string[]> {
  const ids = (await tx.members()).filter((one) => one.groupId === groupId).map(({ userId }) => userId);
  return (await tx.users()).filter(({ userId }) => ids.includes(userId)).map(({ login }) => login);
}

async function refusalOfName(tx: StoreTx, name: string, groupId?: string): Promise<Fault | undefined> {
  const isTaken = (await tx.groups()).some((one) => one.name === name && one.groupId !== groupId);
  return isTaken || name === ADMINISTRATORS_NAME
    ? err('CONFLICT', `there is a group ${name} already`).fault
    : undefined;
}

function refusalToGive(by: Person, grant: Grant): Fault | undefined {
  return mayGive(by.grants, grant) ? undefined : err('NOT_PERMITTED', 'it gives more than you may').fault;
}
