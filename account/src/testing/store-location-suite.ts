import { MINUTE_MS, timestampOf } from '@ewon-agent/contracts';
import { assert, type SuiteOptions, suite } from '@ewon-agent/contracts/testing';
import type { CellRecord } from '../core/cells.ts';
import { type LocationRecord, noLocation } from '../core/location.ts';
import { NOW_MS } from './facts.ts';
import { accountRow, ewonRecord } from './records.ts';
import { onStore, type StoreFixture } from './store-fixture.ts';

/** The obligations of {@link Store} about places. */
export function storeLocationSuite(
  name: string,
  makeFixture: () => Promise<StoreFixture>,
  options: Pick<SuiteOptions, 'needs'> = {},
): void {
  const on = onStore(makeFixture);
  const at = timestampOf(NOW_MS);
  const place = { lat: 52.3702, lng: -4.8952, accuracy: 12.5, source: 'gnss', at } as const;
  const [one, two] = [ewonRecord().deviceId, ewonRecord().deviceId];

  suite(`${name}: places`, options, (test) => {
    test(
      'a place is given back as it was kept, the later one in the place of the earlier, and forgotten whole',
      on(async (account) => {
        const bare = noLocation(one);
        const full: LocationRecord = {
          ...{ deviceId: one, location: { ...place, source: 'cell', fallback: 'lacf' }, offBy: null, tries: 3 },
          ...{ evidenceKey: 'k', passed: [{ source: 'gnss', why: 'too old', detail: '2 h' }], home: place },
          ...{ address: '198.51.100.7', dueAt: at },
        };
        await account.transact(async (tx) => {
          await tx.keepLocation(bare);
          assert.deepEqual(await tx.locationOf(one), bare);
          await tx.keepLocation(full);
          await tx.keepLocation({ ...noLocation(two), offBy: 'device' });
          assert.deepEqual(await tx.locationOf(one), full);
          assert.equal((await tx.locations()).length, 2);
          await tx.forgetLocation(one);
          assert.equal(await tx.locationOf(one), undefined);
          assert.equal((await tx.locationOf(two))?.offBy, 'device');
        });
      }),
    );
    test(
      'what is due by now is found, the longest due first, and what is not due is not',
      on(async (account) => {
        const [soon, now, never] = [one, two, ewonRecord().deviceId];
        await account.transact(async (tx) => {
          await tx.keepLocation({ ...noLocation(soon), dueAt: timestampOf(NOW_MS + MINUTE_MS) });
          await tx.keepLocation({ ...noLocation(now), dueAt: at });
          await tx.keepLocation(noLocation(never));
          const due = async (ms: number, limit = 9) =>
            (await tx.dueLocations(timestampOf(NOW_MS + ms), limit)).map(({ deviceId }) => deviceId);
          assert.deepEqual(await due(0), [now]);
          assert.deepEqual(await due(MINUTE_MS), [now, soon]);
          assert.deepEqual(await due(MINUTE_MS, 1), [now]);
        });
      }),
    );
    test(
      'answers of a service are kept by Ewon and question, the newest twenty, and go with the place',
      on(async (account) => {
        const answer = { is: 'found', lat: 1, lng: 2, accuracy: 30 } as const;
        await account.transact(async (tx) => {
          for (let n = 0; n < 22; n++) await tx.keepAnswer(one, `q${n}`, answer, timestampOf(NOW_MS + n));
          await tx.keepAnswer(one, 'q21', { is: 'unknown' }, timestampOf(NOW_MS + 99));
          const has = async (key: string, since = at) => tx.answerOf(one, key, since);
          assert.deepEqual([await has('q0'), await has('q1'), await has('q2')], [undefined, undefined, answer]);
          assert.deepEqual(await has('q21'), { is: 'unknown' });
          assert.equal(await has('q2', timestampOf(NOW_MS + 3)), undefined);
          assert.equal(await tx.answerOf(two, 'q2', at), undefined);
          await tx.forgetLocation(one);
          assert.equal(await has('q2'), undefined);
        });
      }),
    );
    test(
      'that an Ewon goes about is kept of that Ewon, until it stays, also when its place is forgotten',
      on(async (account) => {
        await account.transact(async (tx) => {
          for (let times = 0; times < 2; times++) await tx.setMobile(one, 'moves');
          await tx.forgetLocation(one);
          assert.deepEqual([await tx.isMobile(one), await tx.isMobile(two)], [true, false]);
          for (let times = 0; times < 2; times++) await tx.setMobile(one, 'stays');
          assert.equal(await tx.isMobile(one), false);
        });
      }),
    );
    test(
      'cells are found by their whole name or by their area; the same name again is the same cell',
      on(async (account, store) => {
        const cell = (n: number, facts: Partial<CellRecord> = {}): CellRecord => ({
          ...{ mcc: 206, mnc: 1, area: 7, cell: n, radio: 'lte', lat: 50.5, lng: 4.25, rangeM: 1000, samples: 3 },
          ...facts,
        });
        const large = cell(0xf_ff_ff_ff_ff, { radio: 'nr' });
        await account.transact(async (tx) => {
          await tx.keepCells([...Array.from({ length: 111 }, (_, n) => cell(n)), large]);
          await tx.keepCells([cell(5, { lat: -1.5, samples: 9 })]);
          assert.deepEqual(await tx.cellsNamed([cell(5), cell(5, { mnc: 2 }), cell(5, { radio: 'gsm' }), large]), [
            cell(5, { lat: -1.5, samples: 9 }),
            large,
          ]);
          assert.equal((await tx.cellsOfArea(cell(0), 1000)).length, 111);
          assert.equal((await tx.cellsOfArea(cell(0), 10)).length, 10);
          assert.deepEqual(await tx.countCells(), [
            { mcc: 206, mnc: 1, radio: 'lte', cells: 111 },
            { mcc: 206, mnc: 1, radio: 'nr', cells: 1 },
          ]);
        });
        const row = accountRow();
        await store.createAccount(row);
        const others = await store
          .account(row.accountId)
          .transact(async (tx) => [
            ...(await tx.cellsNamed([cell(5)])),
            ...(await tx.cellsOfArea(cell(5), 9)),
            ...(await tx.countCells()),
          ]);
        assert.deepEqual(others, []);
      }),
    );
    test(
      'no account sees or forgets a place of another',
      on(async (mine, store) => {
        const row = accountRow();
        await store.createAccount(row);
        await mine.transact((tx) => tx.keepLocation({ ...noLocation(one), location: place, dueAt: at }));
        await store.account(row.accountId).transact(async (tx) => {
          assert.deepEqual([await tx.locations(), await tx.locationOf(one)], [[], undefined]);
          assert.deepEqual(await tx.dueLocations(at, 9), []);
          await tx.forgetLocation(one);
        });
        assert.equal((await mine.transact((tx) => tx.locations())).length, 1);
      }),
    );
  });
}
