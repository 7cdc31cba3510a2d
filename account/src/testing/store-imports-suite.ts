import { type AccountId, type CommandId, type DeviceId, type Serial, timestampOf } from '@ewon-agent/contracts';
import { assert, type SuiteOptions, suite } from '@ewon-agent/contracts/testing';
import type { HandoverRecord, MovingEwon } from '../core/imports/handover.ts';
import type { ImportedEwon, ImportRecord } from '../core/imports/imports.ts';
import { NOW_MS } from './facts.ts';
import { accountRow } from './records.ts';
import { onStore, type StoreFixture } from './store-fixture.ts';

const at = (minute: number) => timestampOf(NOW_MS + minute * 60_000);
const imported = (importId: string, minute: number): ImportRecord => ({
  ...{ importId, state: 'listed', sealedRight: 'sealed', pool: '', directoryUrl: '', by: 'ann', staying: [] },
  source: { accountId: 'a_a' as AccountId, name: 'A', url: 'https://a.test', ca: null },
  ...{ trouble: null, createdAt: at(minute), startedAt: null, changedAt: at(minute) },
});
const ewon = (publicKey: string, facts: Partial<ImportedEwon> = {}): ImportedEwon => ({
  ...{ publicKey, serial: '1524-0071-21' as Serial, model: 'Flexy', sourceName: 'Press', name: 'Press' },
  ...{ state: 'listed', agreed: 'nothing', reason: null, deviceId: null, ...facts },
});
const moving = (handoverId: string, deviceId: string, minute: number, facts: Partial<MovingEwon> = {}): MovingEwon => ({
  ...{ handoverId, deviceId: deviceId as DeviceId, publicKey: 'k', commandId: 'c_a' as CommandId, agent: '1.0.0' },
  ...{ toName: 'B', state: 'ordered', reason: null, at: at(minute), ...facts },
});

/** The part of the store's suite that is about imports from other accounts, and by them. */
export function storeImportsSuite(
  name: string,
  makeFixture: () => Promise<StoreFixture>,
  options: Pick<SuiteOptions, 'needs'>,
): void {
  const on = onStore(makeFixture);

  suite(`${name}: imports`, options, (test) => {
    test(
      'imports, the newest first, and their Ewons by key, each once; what was listed and not chosen is forgotten; no other account sees them',
      on(async (account, store) => {
        const row = accountRow();
        await store.createAccount(row);
        const many = Array.from({ length: 230 }, (_, i) => ewon(`k${String(i).padStart(3, '0')}`));
        await account.transact(async (tx) => {
          await tx.keepImport(imported('one', 0));
          await tx.keepImport(imported('two', 1));
          await tx.keepImport({ ...imported('one', 0), state: 'running', pool: 'North' });
          const states = (await tx.imports()).map(({ importId, state }) => [importId, state]);
          assert.deepEqual(states, [
            ['two', 'listed'],
            ['one', 'running'],
          ]);
          await tx.keepImportedEwons('one', many);
          await tx.keepImportedEwons('two', [ewon('k000', { name: 'Other' })]);
          assert.deepEqual(await tx.importedEwons('one'), many);
          await tx.keepImportedEwons('one', [ewon('k001', { state: 'waiting', name: 'Pump' })]);
          await tx.removeListed('one');
          assert.deepEqual(await tx.importedEwons('one'), [ewon('k001', { state: 'waiting', name: 'Pump' })]);
          assert.deepEqual(await tx.countImported('one'), { waiting: 1, moved: 0, failed: 0, stayed: 0 });
          assert.equal((await tx.importedEwon('two', 'k000'))?.name, 'Other');
          assert.equal(await tx.importedEwon('one', 'k000'), undefined);
        });
        await store.account(row.accountId).transact(async (tx) => {
          assert.deepEqual(
            [await tx.imports(), await tx.import('one'), await tx.importedEwons('one')],
            [[], undefined, []],
          );
          await tx.removeImport('one');
        });
        await account.transact(async (tx) => {
          assert.equal((await tx.import('one'))?.pool, 'North');
          await tx.removeImport('one');
          assert.deepEqual([await tx.import('one'), await tx.importedEwons('one')], [undefined, []]);
          assert.equal((await tx.importedEwons('two')).length, 1);
        });
      }),
    );

    test(
      'rights by their hash until they are over, and the last order of each Ewon; no other account sees them',
      on(async (account, store) => {
        const row = accountRow();
        await store.createAccount(row);
        const right = (handoverId: string, minute: number): HandoverRecord => ({
          ...{ handoverId, rightHash: `hash ${handoverId}`, userId: 'u', move: null, toName: null },
          ...{ createdAt: at(0), orderUntil: at(minute), expiresAt: at(minute) },
        });
        await account.transact(async (tx) => {
          await tx.keepHandover(right('one', 1));
          await tx.keepHandover(right('two', 2));
          await tx.keepHandover({ ...right('two', 3), move: 'm' });
          assert.deepEqual(await tx.handoverOf('hash two'), { ...right('two', 3), move: 'm' });
          await tx.pruneHandovers(at(2));
          assert.deepEqual(
            (await tx.handovers()).map(({ handoverId }) => handoverId),
            ['two'],
          );
          await tx.keepMoving(moving('one', 'd_a', 1));
          await tx.keepMoving(moving('two', 'd_b', 2));
          await tx.keepMoving(moving('one', 'd_a', 3, { state: 'failed', reason: 'MOVE_UNKNOWN' }));
          await tx.keepMoving(moving('two', 'd_a', 4));
          const ids = (list: readonly MovingEwon[]) => list.map(({ handoverId, deviceId }) => [handoverId, deviceId]);
          assert.deepEqual(ids(await tx.movingEwons('one')), [['one', 'd_a']]);
          assert.deepEqual(ids(await tx.allMoving()).toSorted(), [
            ['two', 'd_a'],
            ['two', 'd_b'],
          ]);
          assert.deepEqual(await tx.lastMoveOf('d_a' as DeviceId), moving('two', 'd_a', 4));
          assert.deepEqual(ids(await tx.lastMoves()).toSorted(), [
            ['two', 'd_a'],
            ['two', 'd_b'],
          ]);
        });
        await store.account(row.accountId).transact(async (tx) => {
          assert.equal(await tx.handoverOf('hash two'), undefined);
          assert.deepEqual([await tx.handovers(), await tx.allMoving(), await tx.lastMoves()], [[], [], []]);
          await tx.removeHandover('two');
          await tx.pruneHandovers(at(99));
        });
        await account.transact(async (tx) => {
          assert.ok(await tx.handoverOf('hash two'));
          await tx.removeHandover('two');
          assert.equal(await tx.handoverOf('hash two'), undefined);
          assert.ok(await tx.lastMoveOf('d_b' as DeviceId), 'what was ordered stays');
        });
      }),
    );
  });
}
