import type { Me } from '../api-types.ts';
import type { Sorting } from '../sorting.ts';
import type { GroupView, UserView } from './users-api.ts';

// Which users are shown, and in which order. An account has as many users as people work with it: all of them are here.

export type UserSort = 'login' | 'groups' | 'twoFactor' | 'signedIn' | 'custom1' | 'custom2' | 'custom3';
export type UserOrder = Sorting<UserSort>;
/** `ended`: his password has ended, and he gives a new one at his next sign-in. */
export type UserKind = '' | 'locked' | 'ended' | 'twoFactorOn' | 'twoFactorOff' | 'noGroup';

const COLLATOR = new Intl.Collator(undefined, { numeric: true });

/** The users in whose texts every word of a search stands, of one kind, in an order; among equals by login. */
export function foundUsers(
  users: readonly UserView[],
  asked: { readonly search: string; readonly kind: UserKind; readonly order: UserOrder; readonly nowMs: number },
  groups: readonly GroupView[],
): readonly UserView[] {
  const words = asked.search.toLowerCase().split(/\s+/);
  const { sort, order } = asked.order;
  const sign = order === 'up' ? 1 : -1;
  return users
    .filter((user) => {
      const text = [user.login, user.fullName, user.email, ...user.customFields, groupNames(user, groups)].join('\n');
      return words.every((word) => text.toLowerCase().includes(word)) && isOf(user, asked.kind, asked.nowMs);
    })
    .toSorted(
      (a, b) =>
        sign * COLLATOR.compare(sortedBy(a, sort, groups), sortedBy(b, sort, groups)) ||
        COLLATOR.compare(a.login, b.login),
    );
}

/** The names of the groups of a user, in one text. */
export function groupNames(user: UserView, groups: readonly GroupView[]): string {
  return groups
    .filter(({ id }) => user.groupIds.includes(id))
    .map(({ name }) => name)
    .join(', ');
}

/** Tells whether a user must give a new password at his next sign-in. */
export function hasEnded({ passwordExpiresAt }: Pick<UserView, 'passwordExpiresAt'>, nowMs: number): boolean {
  return passwordExpiresAt !== null && Date.parse(passwordExpiresAt) <= nowMs;
}

/** Tells whether a user is locked out still; the server said until when. */
export function isLocked({ lockedUntil }: Pick<UserView, 'lockedUntil'>, nowMs: number): boolean {
  return lockedUntil !== null && Date.parse(lockedUntil) > nowMs;
}

function isOf(user: UserView, kind: UserKind, nowMs: number): boolean {
  switch (kind) {
    case '':
      return true;
    case 'locked':
      return isLocked(user, nowMs);
    case 'ended':
      return hasEnded(user, nowMs);
    case 'twoFactorOn':
      return user.twoFactor === 'on';
    case 'twoFactorOff':
      return user.twoFactor !== 'on';
    case 'noGroup':
      return user.groupIds.length === 0;
  }
}

function sortedBy(user: UserView, sort: UserSort, groups: readonly GroupView[]): string {
  if (sort === 'login') return user.login;
  if (sort === 'groups') return groupNames(user, groups);
  if (sort === 'twoFactor') return user.twoFactor;
  if (sort === 'signedIn') return user.signedInAt ?? '';
  return user.customFields[Number(sort.at(-1)) - 1] ?? '';
}

/** Tells whether a user is the one who looks at the page. */
export function isOneself({ login }: Pick<UserView, 'login'>, { user }: Pick<Me, 'user'>): boolean {
  return user?.login === login;
}

/** Tells whether a user is the only one in a group. */
export function isLastOf({ groupIds }: Pick<UserView, 'groupIds'>, group: GroupView | undefined): boolean {
  return group?.members === 1 && groupIds.includes(group.id);
}
