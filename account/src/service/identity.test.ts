import 'reflect-metadata';
import { timestampOf } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { createBus } from '../bus.ts';
import type { House } from '../house.ts';
import { NOW_MS } from '../testing/facts.ts';
import { openIngestFixture } from '../testing/ingest-fixture.ts';
import { allowRenewal, releaseEwon } from './identity.ts';

suite('what a person decides about an identity', (test) => {
  test('stands in the log under his name', async () => {
    const { ids, store, clock, close } = await openIngestFixture();
    const [id] = ids;
    const at = timestampOf(NOW_MS);
    await store.transact((tx) => tx.updateEwon(id, { name: 'Pump', quarantinedAt: at, renewalAskedAt: at }));
    const person = { name: 'ann', userId: 'u', isAdministrator: false, grants: [] };
    const broker = { admit: async () => {} };
    const house = { store, clock, broker, person, bus: createBus(), log: { write: () => {} } } as unknown as House;
    assertOk(await allowRenewal(house, id));
    assertOk(await releaseEwon(house, id));
    const lines = await store.transact((tx) => tx.log({ limit: 9 }));
    assert.deepEqual(
      lines.map(({ name, subject, event, deviceId }) => [name, subject, event, deviceId]),
      [
        ['ann', 'User', 'The next certificate of Ewon [Pump] was allowed.', id],
        ['ann', 'User', 'Ewon [Pump] was released from quarantine.', id],
      ],
    );
    await close();
  });
});
