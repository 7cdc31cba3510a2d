import { MINUTE_MS, timestampOf } from '@ewon-agent/contracts';
import { assert, type SuiteOptions, suite } from '@ewon-agent/contracts/testing';
import { FIRST_PASSWORD_POLICY } from '../core/password-policy.ts';
import type { ApiTokenRecord, GroupRecord, UserSession } from '../core/users.ts';
import type { AccountStore, StoreTx } from '../store/store.ts';
import { NOW_MS } from './facts.ts';
import { accountRow, ewonRecord, logEntry } from './records.ts';
import { onStore, type StoreFixture } from './store-fixture.ts';
import { CREDENTIALS, userRecord } from './users.ts';

const at = (minute: number) => timestampOf(NOW_MS + minute * MINUTE_MS);
const group = (groupId: string, facts: Partial<GroupRecord> = {}): GroupRecord => ({
  ...{ groupId, name: groupId, permissions: ['ewons.read'], pools: ['North'], createdAt: at(0), ...facts },
});
const session = (sessionHash: string, userId: string, minute: number): UserSession => ({
  ...{ sessionHash, userId, createdAt: at(minute), expiresAt: at(minute + 10), network: 'n', browser: 'b' },
});
const token = (tokenId: string): ApiTokenRecord => ({
  ...{ tokenId, name: 'a', prefix: 'abcd', tokenHash: `hash of ${tokenId}`, permissions: ['log.read'], pools: 'all' },
  apis: ['admin'],
  ...{ createdBy: 'ann', createdAt: at(0), usedAt: null },
});

/** The part of the store's suite that is about users, groups, sign-ins and tokens. */
export function storeUsersSuite(
  name: string,
  makeFixture: () => Promise<StoreFixture>,
  options: Pick<SuiteOptions, 'needs'>,
): void {
  const on = onStore(makeFixture);
  const fails = async (account: AccountStore, work: (tx: StoreTx) => Promise<unknown>): Promise<void> => {
    const done = await account.transact(work).then(
      () => 'done',
      () => 'refused',
    );
    assert.equal(done, 'refused');
  };

  suite(`${name}: users`, options, (test) => {
    test(
      'are there by their login, whatever its letters; each once; no other account sees them',
      on(async (account, store) => {
        const [bob, ann] = [userRecord({ login: 'Bob' }), userRecord({ login: 'ann', customFields: ['a', 'b', 'c'] })];
        await account.transact(async (tx) => {
          await tx.insertUser(bob, CREDENTIALS);
          await tx.insertUser(ann, { ...CREDENTIALS, sealedSecret: 's', lastStep: 2 ** 40 });
          assert.deepEqual(await tx.users(), [ann, bob]);
          assert.deepEqual(await tx.userByLogin('BOB'), bob);
          assert.deepEqual(await tx.credentials(ann.userId), { ...CREDENTIALS, sealedSecret: 's', lastStep: 2 ** 40 });
          await tx.updateUser(bob.userId, { email: 'bob@site', twoFactor: 'on', customFields: ['x', '', ''] });
          await tx.updateUser(bob.userId, {});
          const now = await tx.user(bob.userId);
          assert.deepEqual(now, { ...bob, email: 'bob@site', twoFactor: 'on', customFields: ['x', '', ''] });
        });
        await fails(account, (tx) => tx.insertUser(userRecord({ login: 'bOB' }), CREDENTIALS));
        const other = accountRow();
        await store.createAccount(other);
        await store.account(other.accountId).transact(async (tx) => {
          assert.deepEqual(
            [await tx.users(), await tx.user(bob.userId), await tx.userByLogin('bob')],
            [[], ...[undefined, undefined]],
          );
          await tx.removeUser(bob.userId);
          await tx.updateUser(ann.userId, { email: 'x@y' });
        });
        assert.deepEqual(await account.transact(async (tx) => (await tx.users()).map(({ email }) => email)), [
          '',
          'bob@site',
        ]);
      }),
    );

    test(
      'old passwords are kept, the newest first, as many as asked; recovery codes are good once',
      on(async (account) => {
        const { userId } = userRecord();
        await account.transact(async (tx) => {
          for (const hash of ['a', 'b', 'c', 'd']) await tx.addPassword(userId, hash, 3);
          assert.deepEqual(await tx.passwordsOf(userId), ['d', 'c', 'b']);
          await tx.setRecoveryCodes(userId, ['x']);
          await tx.setRecoveryCodes(userId, ['y', 'z']);
          assert.deepEqual(
            [await tx.takeRecoveryCode(userId, 'x'), await tx.takeRecoveryCode(userId, 'y')],
            [false, true],
          );
          assert.deepEqual([await tx.takeRecoveryCode(userId, 'y'), await tx.countRecoveryCodes(userId)], [false, 1]);
        });
      }),
    );

    test(
      'groups by their name, with members; a user who is removed leaves nothing',
      on(async (account) => {
        const ann = userRecord();
        const { userId } = ann;
        await account.transact(async (tx) => {
          await tx.insertUser(ann, CREDENTIALS);
          await tx.insertGroup(group('g2', { name: 'B', pools: 'all' }));
          await tx.insertGroup(group('g1', { name: 'C' }));
          await tx.updateGroup('g1', { name: 'A', pools: [], permissions: [] });
          assert.deepEqual(await tx.groups(), [
            group('g1', { name: 'A', pools: [], permissions: [] }),
            group('g2', { name: 'B', pools: 'all' }),
          ]);
          await tx.setGroupsOf(userId, ['g2', 'administrators']);
          await tx.setGroupsOf(userId, ['g2', 'g1']);
          assert.deepEqual(await tx.groupsOf(userId), ['g1', 'g2']);
          await tx.removeGroup('g1');
          assert.deepEqual(await tx.members(), [{ userId, groupId: 'g2' }]);
          await tx.addUserSession(session('s', userId, 0));
          await tx.rememberPc({ tokenHash: 't', userId, rememberedAt: at(0) });
          await tx.setRecoveryCodes(userId, ['y']);
          await tx.removeUser(userId);
          const left = [await tx.userSession('s', at(1)), await tx.rememberedPc('t'), await tx.user(userId)];
          assert.deepEqual(left, [undefined, undefined, undefined]);
          assert.deepEqual([await tx.members(), await tx.countRecoveryCodes(userId)], [[], 0]);
        });
        await fails(account, (tx) => tx.insertGroup(group('g3', { name: 'B' })));
      }),
    );

    test(
      'sessions end one by one, all but one, or when they are over; tries and remembered PCs are kept and forgotten',
      on(async (account) => {
        await account.transact(async (tx) => {
          for (const [hash, minute] of [
            ['a', 0],
            ['b', 1],
            ['c', 2],
            ['d', 3],
          ] as const)
            await tx.addUserSession(session(hash, 'u', minute));
          assert.equal(await tx.userSession('a', at(10)), undefined);
          assert.deepEqual(await tx.userSession('b', at(10)), session('b', 'u', 1));
          await tx.endUserSession('d');
          const hashes = async () => (await tx.userSessions('u', at(0))).map(({ sessionHash }) => sessionHash);
          assert.deepEqual(await hashes(), ['c', 'b', 'a']);
          await tx.pruneUserSessions(at(10));
          assert.deepEqual(await hashes(), ['c', 'b']);
          await tx.endUserSessions('u', 'b');
          assert.deepEqual(await hashes(), ['b']);
          await tx.endUserSessions('u');
          assert.deepEqual(await hashes(), []);
          await tx.keepTries('x', { failures: 1, lastAtMs: NOW_MS });
          await tx.keepTries('x', { failures: 2, lastAtMs: NOW_MS + 1 });
          await tx.keepTries('y', { failures: 3, lastAtMs: NOW_MS });
          const many = async (failures: number, sinceMs: number) =>
            (await tx.manyTries(failures, sinceMs)).map(({ who, lastAtMs }) => [who, lastAtMs - NOW_MS]);
          assert.deepEqual(await many(2, NOW_MS), [
            ['x', 1],
            ['y', 0],
          ]);
          assert.deepEqual([await many(3, NOW_MS), await many(2, NOW_MS + 1)], [[['y', 0]], [['x', 1]]]);
          await tx.pruneTries(NOW_MS + 1);
          assert.deepEqual(
            [await tx.triesOf('x'), await tx.triesOf('y')],
            [{ failures: 2, lastAtMs: NOW_MS + 1 }, undefined],
          );
          await tx.forgetTries('x');
          assert.equal(await tx.triesOf('x'), undefined);
          const pc = { tokenHash: 't', userId: 'u', rememberedAt: at(0) };
          await tx.rememberPc(pc);
          assert.deepEqual(await tx.rememberedPc('t'), pc);
          await tx.prunePcs(at(0));
          assert.deepEqual(await tx.rememberedPc('t'), pc);
          await tx.prunePcs(at(1));
          assert.equal(await tx.rememberedPc('t'), undefined);
          await tx.rememberPc(pc);
          await tx.forgetPcs('u');
          assert.equal(await tx.rememberedPc('t'), undefined);
        });
      }),
    );

    test(
      'the log of some pools has the lines about their Ewons only, as many of them as asked',
      on(async (account) => {
        const [north, south] = [ewonRecord({ pool: 'North' }), ewonRecord({ pool: 'South' })];
        await account.transact(async (tx) => {
          for (const { deviceId } of [north, south]) await tx.appendLog(logEntry({ deviceId, event: deviceId }));
          for (const ewon of [north, south]) await tx.insertEwon(ewon);
          await tx.appendLog(logEntry({ deviceId: null, event: 'of the account' }));
          const events = async (pools: readonly string[], limit = 9) =>
            (await tx.log({ pools, limit })).map(({ event }) => event);
          assert.deepEqual(await events(['North', 'West']), [north.deviceId]);
          assert.deepEqual(await events(['South', 'North'], 1), [south.deviceId]);
          assert.deepEqual(await events([]), []);
        });
      }),
    );

    test(
      'numbers are given once and kept, one that is retired is not given again, and each account has its own',
      on(async (account, store) => {
        const many = Array.from({ length: 250 }, (_, n) => `ewon ${n}`);
        await account.transact(async (tx) => {
          assert.deepEqual([...(await tx.numbersOf(['a', 'b', 'a']))].toSorted(), [
            ['a', 1],
            ['b', 2],
          ]);
          const all = await tx.numbersOf([...many, 'b']);
          assert.deepEqual([all.size, new Set(all.values()).size, all.get('b')], [251, 251, 2]);
          const last = Math.max(...all.values());
          const what = (await tx.whatOf(last)) ?? '';
          assert.equal(all.get(what), last);
          await tx.retireNumber(what);
          assert.equal((await tx.numbersOf([what])).get(what), last + 1);
          assert.equal(await tx.whatOf(9999), undefined);
        });
        const other = accountRow();
        await store.createAccount(other);
        await store.account(other.accountId).transact(async (tx) => {
          assert.equal(await tx.whatOf(1), undefined);
          assert.equal((await tx.numbersOf(['b'])).get('b'), 1);
        });
      }),
    );

    test(
      'tokens, contacts and documents are kept, changed and removed',
      on(async (account) => {
        await account.transact(async (tx) => {
          await tx.insertApiToken(token('t1'));
          await tx.insertApiToken(token('t2'));
          await tx.updateApiToken('t1', { name: 'b', pools: ['North'], apis: ['M2Web'], usedAt: at(5) });
          const changed: ApiTokenRecord = {
            ...token('t1'),
            name: 'b',
            pools: ['North'],
            apis: ['M2Web'],
            usedAt: at(5),
          };
          assert.deepEqual(await tx.apiTokenOf('hash of t1'), changed);
          await tx.removeApiToken('t2');
          assert.deepEqual(await tx.apiTokens(), [changed]);
          const contact = { contactId: 'c', name: 'Ann', email: 'a@b', phone: '' };
          await tx.keepContact(contact);
          await tx.keepContact({ ...contact, phone: '1' });
          assert.deepEqual(await tx.contacts(), [{ ...contact, phone: '1' }]);
          await tx.removeContact('c');
          assert.deepEqual(await tx.contacts(), []);
          assert.equal(await tx.document('passwordPolicy'), undefined);
          await tx.setDocument('passwordPolicy', FIRST_PASSWORD_POLICY);
          await tx.setDocument('passwordPolicy', { ...FIRST_PASSWORD_POLICY, expiryDays: 10 });
          assert.deepEqual(await tx.document('passwordPolicy'), { ...FIRST_PASSWORD_POLICY, expiryDays: 10 });
        });
      }),
    );
  });
}
