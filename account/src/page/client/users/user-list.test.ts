import { timestampOf } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { foundUsers, hasEnded, isLocked, type UserKind, type UserOrder } from './user-list.ts';
import type { GroupView, UserView } from './users-api.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');
const past = timestampOf(NOW_MS - 1);
const ahead = timestampOf(NOW_MS + 1);
const user = (login: string, with_: Partial<UserView> = {}): UserView => ({
  ...{ id: login, login, fullName: '', email: '', customFields: ['', '', ''], twoFactor: 'off', twoFactorSince: null },
  ...{ passwordSetAt: past, passwordExpiresAt: null, createdAt: past, signedInAt: null, groupIds: [] },
  ...{ recoveryCodes: 0, lockedUntil: null, pcsForgottenAt: null },
  ...with_,
});
const groups: readonly GroupView[] = [
  { id: 'g', name: 'Öl', permissions: [], pools: 'all', members: 1, isBuiltIn: false },
];
const USERS = [
  user('bob', { customFields: ['Badge 10', '', ''], lockedUntil: ahead, signedInAt: past }),
  user('Ann', { customFields: ['Badge 9', '', ''], twoFactor: 'on', groupIds: ['g'], lockedUntil: past }),
  user('eve', { fullName: 'Ärger', passwordExpiresAt: timestampOf(NOW_MS), twoFactor: 'wanted' }),
];
const logins = (asked: { search?: string; kind?: UserKind; order?: UserOrder } = {}) =>
  foundUsers(
    USERS,
    { search: '', kind: '', order: { sort: 'login', order: 'up' }, nowMs: NOW_MS, ...asked },
    groups,
  ).map(({ login }) => login);

suite('the list of users', (test) => {
  test('is sorted by each column, as people count, and among equals by login', () => {
    for (const [sort, up] of [
      ['login', ['Ann', 'bob', 'eve']],
      ['custom1', ['eve', 'Ann', 'bob']],
      ['custom2', ['Ann', 'bob', 'eve']],
      ['groups', ['bob', 'eve', 'Ann']],
      ['twoFactor', ['bob', 'Ann', 'eve']],
      ['signedIn', ['Ann', 'eve', 'bob']],
    ] as const) {
      assert.deepEqual(logins({ order: { sort, order: 'up' } }), up, sort);
      assert.equal(logins({ order: { sort, order: 'down' } })[0], sort === 'custom2' ? 'Ann' : up.at(-1), sort);
    }
  });

  test('is searched in names, custom fields and groups, and filtered by what an administrator looks for', () => {
    for (const [search, found] of [
      ['badge 1', ['bob']],
      ['ÄRGER', ['eve']],
      ['öl', ['Ann']],
      ['nobody', []],
    ] as const)
      assert.deepEqual(logins({ search }), found, search);
    for (const [kind, found] of [
      ['', ['Ann', 'bob', 'eve']],
      ['locked', ['bob']],
      ['ended', ['eve']],
      ['twoFactorOn', ['Ann']],
      ['twoFactorOff', ['bob', 'eve']],
      ['noGroup', ['bob', 'eve']],
    ] as const)
      assert.deepEqual(logins({ kind }), found, kind);
  });

  test('a lock-out and a password are over at the very moment they end', () => {
    assert.deepEqual(
      [isLocked({ lockedUntil: timestampOf(NOW_MS) }, NOW_MS), isLocked({ lockedUntil: ahead }, NOW_MS)],
      [false, true],
    );
    const ends = { passwordExpiresAt: timestampOf(NOW_MS) };
    assert.deepEqual([hasEnded(ends, NOW_MS - 1), hasEnded(ends, NOW_MS)], [false, true]);
  });
});
