import { assert, suite } from '@ewon-agent/contracts/testing';
import { isActive, linkedDevices } from './linked.ts';
import { nodeSqliteDialect } from './store/dialect-node-sqlite.ts';
import type { AccountStore } from './store/store.ts';
import { openStore } from './store/store-kysely.ts';
import { accountRow, ewonRecord } from './testing/records.ts';

const AT = '2026-03-01T12:00:00.000Z';

/** An account with two linked devices, each with a certificate, and whether a connection with one would be let in. */
function onTwoDevices(
  story: (at: { account: AccountStore } & Awaited<ReturnType<typeof twoDevices>>) => Promise<void>,
) {
  return async () => {
    const store = await openStore(nodeSqliteDialect(':memory:'));
    try {
      const row = accountRow();
      await store.createAccount(row);
      const account = store.account(row.accountId);
      await story({ account, ...(await twoDevices(account)) });
    } finally {
      await store.close();
    }
  };
}

async function twoDevices(account: AccountStore) {
  const one = ewonRecord({ certificateSerial: '4a01' });
  const two = ewonRecord({ certificateSerial: '4a02' });
  await account.transact(async (tx) => {
    for (const ewon of [one, two]) {
      await tx.insertEwon(ewon);
      const { certificateSerial: serial, deviceId } = ewon;
      await tx.insertCertificate({ serial, deviceId, pem: 'PEM', notBefore: AT, notAfter: AT, revokedAt: null });
    }
  });
  const letIn = (ewon: typeof one, serial: string, accountId = account.accountId) =>
    isActive(account, { accountId, deviceId: ewon.deviceId }, serial);
  return { one, two, letIn };
}

suite('who may connect', (test) => {
  test(
    'a linked device with its own certificate, whatever the case of its serial number',
    onTwoDevices(async ({ one, letIn }) => {
      assert.deepEqual([await letIn(one, '4a01'), await letIn(one, '4A01')], [true, true]);
    }),
  );

  test(
    'not with the certificate of another device, an unknown one, or in another account',
    onTwoDevices(async ({ one, letIn }) => {
      const answers = [letIn(one, '4a02'), letIn(one, 'ffff'), letIn(one, '4a01', accountRow().accountId)];
      assert.deepEqual(await Promise.all(answers), [false, false, false]);
    }),
  );

  test(
    'not with a revoked certificate, although the device is still linked',
    onTwoDevices(async ({ account, one, two, letIn }) => {
      await account.transact((tx) => tx.revokeCertificates(one.deviceId, AT));
      assert.deepEqual([await letIn(one, '4a01'), await letIn(two, '4a02')], [false, true]);
    }),
  );

  test(
    'not when it is linked no more, although nobody revoked its certificate; nor is a broker told of it',
    onTwoDevices(async ({ account, one, two, letIn }) => {
      for (const link of ['unlinked', 'removed', 'replaced'] as const) {
        await account.transact((tx) => tx.updateEwon(one.deviceId, { link }));
        assert.equal(await letIn(one, '4a01'), false, link);
        assert.deepEqual(
          (await linkedDevices(account)).map((device) => device.deviceId),
          [two.deviceId],
        );
      }
    }),
  );
});
