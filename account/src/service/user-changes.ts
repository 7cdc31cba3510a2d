import { err, ok, type Result, type Timestamp, timestampOf, toBase64url } from '@ewon-agent/contracts';
import { FAILURES_MAX, lockedSince, lockedUntil, networkOfTries, triesName } from '../core/lock-out.ts';
import { differencesOf, userTold, valuesOf } from '../core/log-changes.ts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import {
  FIRST_PASSWORD_POLICY,
  isUsedBefore,
  judgePassword,
  POLICY_BOUNDS,
  passwordExpiry,
} from '../core/password-policy.ts';
import { mayGive } from '../core/permissions.ts';
import { type ThreeChange, threeAfter } from '../core/three.ts';
import { FIRST_TWO_FACTOR_POLICY } from '../core/two-factor.ts';
import {
  ADMINISTRATORS,
  ADMINISTRATORS_NAME,
  isLastAdministrator,
  isReserved,
  type Person,
  personOf,
  type UserRecord,
} from '../core/users.ts';
import { type House, newToken, transactAndTell } from '../house.ts';
import type { StoreTx } from '../store/store.ts';
import type { Doing } from './change-state.ts';

// What is done with users. Nobody gives what he has not, and nobody but an Administrator touches one.

/** What a user is made of. */
export type NewUser = {
  readonly login: string;
  readonly password: string;
  readonly fullName?: string;
  readonly email?: string;
  readonly customFields?: UserRecord['customFields'];
  readonly groupIds?: readonly string[];
};

/** What is changed of a user; his groups are all that are named. */
export type UserChange = Partial<Pick<UserRecord, 'fullName' | 'email'>> & {
  readonly customFields?: ThreeChange;
  readonly groupIds?: readonly string[];
};

/** Makes a user. Codes: LOGIN_RESERVED, PASSWORD_UNFIT, LOGIN_TAKEN, NOT_FOUND (a group), NOT_PERMITTED. */
export async function addUser(house: House, { password, groupIds = [], ...set }: NewUser): Promise<Result<UserRecord>> {
  if (isReserved(set.login)) return err('LOGIN_RESERVED', set.login);
  const fit = judgePassword(await passwordPolicyOf(house), password);
  if (!fit.ok) return fit;
  const salt = toBase64url(house.random.bytes(16));
  const passwordHash = await house.passwords.hash(fit.value, salt);
  return transactAndTell(house, async (tx, telling, nowMs) => {
    if (await tx.userByLogin(set.login)) return err('LOGIN_TAKEN', set.login);
    const given = await mayPutInto(tx, house.person, groupIds);
    if (!given.ok) return given;
    const twoFactorPolicy = (await tx.document('twoFactorPolicy')) ?? FIRST_TWO_FACTOR_POLICY;
    const policy = (await tx.document('passwordPolicy')) ?? FIRST_PASSWORD_POLICY;
    const at = timestampOf(nowMs);
    const user: UserRecord = {
      ...{ userId: `u_${newToken(house.random)}`, fullName: '', email: '', customFields: ['', '', ''], ...set },
      twoFactor: twoFactorPolicy.enabled && twoFactorPolicy.forNewUsers ? 'wanted' : 'off',
      ...{ twoFactorSince: null, createdAt: at, signedInAt: null },
      ...{ passwordSetAt: at, passwordExpiresAt: passwordExpiry(policy, nowMs) },
    };
    await tx.insertUser(user, { salt, passwordHash, sealedSecret: null, sealedNewSecret: null, lastStep: 0 });
    await tx.addPassword(user.userId, passwordHash, POLICY_BOUNDS.differentPasswords.max);
    await tx.setGroupsOf(user.userId, groupIds);
    const told = { ...userTold(user, await groupNames(tx, groupIds)), 'two-factor': user.twoFactor };
    await noteUser({ tx, telling, nowMs }, LOG_TEXTS.userAdded(user.login, [...valuesOf(told), 'password set']));
    return ok(user);
  });
}

/** Removes a user and ends his sessions. Codes: NOT_FOUND, NOT_PERMITTED, LAST_ADMINISTRATOR. */
export async function removeUser(house: House, userId: string): Promise<Result<UserRecord>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const user = await userToChange(tx, house.person, userId);
    if (!user.ok) return user;
    if (isLastAdministrator(userId, await tx.members())) return err('LAST_ADMINISTRATOR', user.value.login);
    const lost = valuesOf(userTold(user.value, await groupNames(tx, await tx.groupsOf(userId))));
    await tx.removeUser(userId);
    await endHandoversOf(tx, userId);
    await noteUser({ tx, telling, nowMs }, LOG_TEXTS.userRemoved(user.value.login, lost));
    return user;
  });
}

/** Changes what is known of a user, and his groups; the same again is success and says nothing. Codes: NOT_FOUND, NOT_PERMITTED, LAST_ADMINISTRATOR. */
export async function changeUser(
  house: House,
  userId: string,
  { groupIds, customFields, ...named }: UserChange,
): Promise<Result<UserRecord>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const user = await userToChange(tx, house.person, userId);
    if (!user.ok) return user;
    const given = await mayPutInto(tx, house.person, groupIds ?? []);
    if (!given.ok) return given;
    const leaves = groupIds !== undefined && !groupIds.includes(ADMINISTRATORS);
    if (leaves && isLastAdministrator(userId, await tx.members())) return err('LAST_ADMINISTRATOR', user.value.login);
    const set = { ...named, customFields: threeAfter(user.value.customFields, customFields) };
    const now = { ...user.value, ...set };
    const before = await tx.groupsOf(userId);
    const changes = differencesOf(
      userTold(user.value, await groupNames(tx, before)),
      userTold(now, await groupNames(tx, groupIds ?? before)),
    );
    if (changes.length === 0) return user;
    await tx.updateUser(userId, set);
    if (groupIds) await tx.setGroupsOf(userId, groupIds);
    await noteUser({ tx, telling, nowMs }, LOG_TEXTS.userChanged(user.value.login, changes));
    return ok(now);
  });
}

/** Sets the password of another user, and ends his sessions. Codes: NOT_FOUND, NOT_PERMITTED, PASSWORD_UNFIT, PASSWORD_USED_BEFORE. */
export async function setPassword(house: House, userId: string, password: string): Promise<Result<UserRecord>> {
  const mayBeChanged = await house.store.transact((tx) => userToChange(tx, house.person, userId));
  return mayBeChanged.ok ? replacePassword(house, userId, password) : mayBeChanged;
}

/**
 * Puts a password in the place of the present one, and ends the sessions of the user.
 * @param butSession hash of the one that stays
 * Codes: NOT_FOUND, PASSWORD_UNFIT, PASSWORD_USED_BEFORE.
 */
export async function replacePassword(
  house: House,
  userId: string,
  password: string,
  butSession?: string,
): Promise<Result<UserRecord>> {
  const fit = judgePassword(await passwordPolicyOf(house), password);
  if (!fit.ok) return fit;
  const known = await house.store.transact((tx) => tx.credentials(userId));
  if (!known) return err('NOT_FOUND', 'user');
  const passwordHash = await house.passwords.hash(fit.value, known.salt);
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const user = await tx.user(userId);
    if (!user) return err('NOT_FOUND', 'user');
    const used = await usedBefore(tx, user, passwordHash);
    if (used) return used;
    const policy = (await tx.document('passwordPolicy')) ?? FIRST_PASSWORD_POLICY;
    const set = { passwordSetAt: timestampOf(nowMs), passwordExpiresAt: passwordExpiry(policy, nowMs) };
    await tx.updateUser(userId, set);
    await tx.updateCredentials(userId, { passwordHash });
    await tx.addPassword(userId, passwordHash, POLICY_BOUNDS.differentPasswords.max);
    await tx.endUserSessions(userId, butSession);
    await endHandoversOf(tx, userId);
    await tx.forgetPcs(userId); // whoever knew the old password may have had himself remembered
    await noteUser({ tx, telling, nowMs }, LOG_TEXTS.passwordSet(user.login));
    return ok({ ...user, ...set });
  });
}

/** Why a user may not have this password again; undefined when he may. Codes: PASSWORD_USED_BEFORE. */
export async function usedBefore(
  tx: StoreTx,
  { userId }: Pick<UserRecord, 'userId'>,
  passwordHash: string,
): Promise<Result<never> | undefined> {
  const policy = (await tx.document('passwordPolicy')) ?? FIRST_PASSWORD_POLICY;
  if (!isUsedBefore(policy, passwordHash, await tx.passwordsOf(userId))) return undefined;
  return err('PASSWORD_USED_BEFORE', `must differ from the last ${policy.differentPasswords}`);
}

/** Ends the rights to import that his password gave other accounts; what they have ordered goes on. */
async function endHandoversOf(tx: StoreTx, userId: string): Promise<void> {
  for (const { handoverId, userId: by } of await tx.handovers()) if (by === userId) await tx.removeHandover(handoverId);
}

/** Ends the lock-out of a user. Codes: NOT_FOUND, NOT_PERMITTED. */
export async function unlockUser(house: House, userId: string): Promise<Result<UserRecord>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const user = await userToChange(tx, house.person, userId);
    if (!user.ok) return user;
    await tx.forgetTries(triesName('user', { login: user.value.login, network: '' }));
    await noteUser({ tx, telling, nowMs }, LOG_TEXTS.unlocked(user.value.login));
    return user;
  });
}

/** Ends the lock-out of a source network, named as http/source-network.ts does. Codes: NOT_FOUND (it has no failed tries). */
export async function unlockNetwork(house: House, network: string): Promise<Result<{ readonly network: string }>> {
  return transactAndTell(house, async (tx, telling) => {
    const who = triesName('network', { login: '', network });
    if (!(await tx.triesOf(who))) return err('NOT_FOUND', `failed sign-ins of network ${network}`);
    await tx.forgetTries(who);
    await telling.noteDone(tx, { event: LOG_TEXTS.networkUnlocked(network) });
    telling.tell({ type: 'settings', id: USERS_CHANGED });
    return ok({ network });
  });
}

/** Networks of which nobody may try to sign in, and until when. */
export async function lockedNetworks({
  store,
  clock,
}: Pick<House, 'store' | 'clock'>): Promise<readonly LockedNetwork[]> {
  const nowMs = clock.now();
  const many = await store.transact((tx) => tx.manyTries(FAILURES_MAX, lockedSince(nowMs)));
  return many.flatMap(({ who, ...tries }) => {
    const [network, untilMs] = [networkOfTries(who), lockedUntil(tries, nowMs)];
    return network === undefined || untilMs === undefined ? [] : [{ network, lockedUntil: timestampOf(untilMs) }];
  });
}

export type LockedNetwork = { readonly network: string; readonly lockedUntil: Timestamp };

/** Finds a user that somebody may change: one who may nothing that he may not himself. Codes: NOT_FOUND, NOT_PERMITTED. */
export async function userToChange(tx: StoreTx, by: Person, userId: string): Promise<Result<UserRecord>> {
  const user = await tx.user(userId);
  if (!user) return err('NOT_FOUND', 'user');
  const { grants, isAdministrator } = personOf(user, await tx.groupsOf(userId), await tx.groups());
  if (by.isAdministrator) return ok(user);
  const isWithin = !isAdministrator && grants.every((grant) => mayGive(by.grants, grant));
  return isWithin ? ok(user) : err('NOT_PERMITTED', `${user.login} may more than you`);
}

/** Tells whether somebody may put users into these groups. Codes: NOT_FOUND (a group), NOT_PERMITTED. */
export async function mayPutInto(tx: StoreTx, by: Person, groupIds: readonly string[]): Promise<Result<undefined>> {
  const groups = await tx.groups();
  for (const groupId of groupIds) {
    const group = groups.find((one) => one.groupId === groupId);
    if (!group && groupId !== ADMINISTRATORS) return err('NOT_FOUND', `group ${groupId}`);
    if (!by.isAdministrator && !(group && mayGive(by.grants, group)))
      return err('NOT_PERMITTED', `${group?.name ?? groupId} gives more than you may`);
  }
  return ok(undefined);
}

/** Names of groups in the order of all groups, whatever order they were given in; one that is gone has none. */
async function groupNames(tx: StoreTx, groupIds: readonly string[]): Promise<readonly string[]> {
  const all = [{ groupId: ADMINISTRATORS, name: ADMINISTRATORS_NAME }, ...(await tx.groups())];
  return all.filter(({ groupId }) => groupIds.includes(groupId)).map(({ name }) => name);
}

/** Writes into the log what somebody did with users, and has open sessions and streams look again at what they may. */
export async function noteUser({ tx, telling }: Doing, event: string): Promise<void> {
  await telling.noteDone(tx, { event });
  telling.tell({ type: 'settings', id: USERS_CHANGED });
}

/** The id under which the bus tells that users, groups, sessions or tokens are others now. */
export const USERS_CHANGED = 'users';

async function passwordPolicyOf({ store }: Pick<House, 'store'>) {
  return (await store.transact((tx) => tx.document('passwordPolicy'))) ?? FIRST_PASSWORD_POLICY;
}
