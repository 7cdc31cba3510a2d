import { type DeviceId, MINUTE_MS, timestampOf } from '@ewon-agent/contracts';
import { assert, type SuiteOptions, suite } from '@ewon-agent/contracts/testing';
import type { AccountKeyRecord, RolloutRecord } from '../core/records.ts';
import { newRollout } from '../core/rollout.ts';
import { NOW_MS } from './facts.ts';
import { accountRow, commandRecord, ewonRecord } from './records.ts';
import { onStore, type StoreFixture } from './store-fixture.ts';

const key = (number: number, facts: Partial<AccountKeyRecord> = {}): AccountKeyRecord => ({
  ...{ number, publicKey: `key ${number}`, sealedSeed: 'sealed', announcement: null, state: 'current' },
  ...{ createdAt: timestampOf(NOW_MS), ...facts },
});

/** The part of the store's suite that is about keys of the account, policy and commands. */
export function storeOrdersSuite(
  name: string,
  makeFixture: () => Promise<StoreFixture>,
  options: Pick<SuiteOptions, 'needs'>,
): void {
  const on = onStore(makeFixture);

  suite(`${name}: orders`, options, (test) => {
    test(
      'keys of the account are there by their number, each once, with what announces them',
      on(async (account) => {
        const announcement = { protected: 'e30', payload: 'e30', signature: 'AA' };
        const second = key(2, { announcement, state: 'next' });
        await account.transact(async (tx) => {
          await tx.insertAccountKey(second);
          await tx.insertAccountKey(key(1));
          assert.deepEqual(await tx.accountKeys(), [key(1), second]);
          await tx.updateAccountKey(1, { state: 'old' });
          assert.equal((await tx.accountKeys())[0]?.state, 'old');
        });
        const again = account.transact((tx) => tx.insertAccountKey(key(2)));
        await again.then(
          () => assert.fail('twice'),
          () => {},
        );
      }),
    );

    test(
      'the root of the patches and the rollouts of an account, each patch once, the oldest first; no other account sees them',
      on(async (account, store) => {
        const other = accountRow();
        await store.createAccount(other);
        const of = (path: string, minute: number): RolloutRecord => {
          const groups = [['d_a' as DeviceId]];
          const at = timestampOf(NOW_MS + minute * MINUTE_MS);
          const rollout = newRollout({
            ...{ path, kind: 'agent', version: '1.4.2', groups, successPercent: 90, failuresMax: 0 },
          });
          return { rollout, policyFor: null, startedAt: at, changedAt: at };
        };
        const stopped: RolloutRecord = { ...of('b', 0), rollout: { ...of('b', 0).rollout, state: 'stopped' } };
        await account.transact(async (tx) => {
          assert.deepEqual(
            [await tx.patchRoot(), await tx.rollouts(), await tx.rollout('a')],
            [undefined, [], undefined],
          );
          await tx.setPatchRoot('a'.repeat(64));
          await tx.setPatchRoot('b'.repeat(64));
          for (const record of [of('a', 1), of('b', 0), { ...stopped, policyFor: 'stopped' }])
            await tx.keepRollout(record);
          assert.equal(await tx.patchRoot(), 'b'.repeat(64));
          assert.deepEqual(await tx.rollouts(), [{ ...stopped, policyFor: 'stopped' }, of('a', 1)]);
          assert.deepEqual(await tx.rollout('a'), of('a', 1));
        });
        const elsewhere = store.account(other.accountId);
        assert.deepEqual(await elsewhere.transact(async (tx) => [await tx.patchRoot(), ...(await tx.rollouts())]), [
          undefined,
        ]);
      }),
    );

    test(
      'one policy of an account, the last one set; its version is a number, also beyond 32 bits',
      on(async (account, store) => {
        const other = accountRow();
        await store.createAccount(other);
        const settings = { geolocation: true, remoteManagement: false, denied: ['p'] };
        const signed = { v: 1, signed: { protected: 'e30', payload: 'e30', signature: 'AA' } } as const;
        const first = { version: 1, settings, issuedAt: timestampOf(NOW_MS), signed };
        const next = { ...first, version: 2 ** 40, settings: { ...settings, geolocation: false } };
        await account.transact(async (tx) => {
          assert.equal(await tx.policy(), undefined);
          await tx.setPolicy(first);
          await tx.setPolicy(next);
          assert.deepEqual(await tx.policy(), next);
        });
        assert.equal(await store.account(other.accountId).transact((tx) => tx.policy()), undefined);
      }),
    );

    test(
      'a command is kept as it is and changed; the newest are asked for, of a device, or open',
      on(async (account) => {
        const at = (n: number) => timestampOf(NOW_MS + n);
        const one = commandRecord({ issuedAt: at(1), arguments: { seconds: 3, loud: true } });
        const two = commandRecord({ issuedAt: at(2), state: 'failed', reason: 'COMMAND_UNKNOWN', result: { a: [1] } });
        const three = commandRecord({ issuedAt: at(3), deviceId: two.deviceId, state: 'executing' });
        await account.transact(async (tx) => {
          for (const record of [three, one, two]) await tx.insertCommand(record);
          assert.deepEqual(await tx.command(two.commandId), two);
          assert.deepEqual(await tx.commands({}), [one, two, three]);
          assert.deepEqual(await tx.commands({ limit: 2 }), [two, three]);
          assert.deepEqual(await tx.commands({ isOpen: true }), [one, three]);
          assert.deepEqual(await tx.commands({ deviceId: commandRecord().deviceId, limit: 1 }), [three]);
          const change = { state: 'successful', saidBy: 'device', result: { b: 2 }, changedAt: at(9) } as const;
          await tx.updateCommand(three.commandId, change);
          assert.deepEqual(await tx.command(three.commandId), { ...three, ...change });
          await tx.updateCommand(three.commandId, { result: null });
          assert.equal((await tx.command(three.commandId))?.result, null);
        });
      }),
    );

    test(
      'commands of some pools: the newest of these, whatever was sent in others since; those of one Ewon, wherever it is',
      on(async (account) => {
        const [north, south] = [ewonRecord({ pool: 'North' }), ewonRecord({ pool: 'South' })];
        const [one, two, three] = [north, north, south].map(({ deviceId }, n) =>
          commandRecord({ deviceId, issuedAt: timestampOf(NOW_MS + n) }),
        );
        await account.transact(async (tx) => {
          for (const ewon of [north, south]) await tx.insertEwon(ewon);
          for (const record of [one, two, three]) if (record) await tx.insertCommand(record);
          assert.deepEqual(await tx.commands({ pools: ['North'], limit: 1 }), [two]);
          assert.deepEqual(await tx.commands({ pools: ['North', 'South'], isOpen: true }), [one, two, three]);
          assert.deepEqual(await tx.commands({ pools: [] }), []);
          assert.deepEqual(await tx.commandsOf(north.deviceId), [one, two]);
        });
      }),
    );

    test(
      'only what is at its end is forgotten, the oldest first',
      on(async (account) => {
        const records = Array.from({ length: 6 }, (_, n) =>
          commandRecord({ issuedAt: timestampOf(NOW_MS + n), state: n === 0 ? 'init' : 'failed' }),
        );
        await account.transact(async (tx) => {
          for (const record of records) await tx.insertCommand(record);
          await tx.pruneCommands(2);
          assert.deepEqual(await tx.commands({}), [records[0], ...records.slice(4)]);
          await tx.pruneCommands(2);
          assert.equal((await tx.commands({})).length, 3);
        });
      }),
    );
  });
}
