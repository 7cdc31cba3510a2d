import { DAY_MS, MINUTE_MS, timestampOf } from '@ewon-agent/contracts';
import { assert, type SuiteOptions, suite } from '@ewon-agent/contracts/testing';
import { forgetLog } from '../service/log-list.ts';
import type { LogAsk, LogCursor } from '../store/lists.ts';
import { listsInPools } from '../store/lists-in-pools.ts';
import type { LogPart, StoreTx } from '../store/store.ts';
import { createVirtualClock } from './clock-virtual.ts';
import { NOW_MS } from './facts.ts';
import { ewonRecord, logEntry } from './records.ts';
import { onStore, type StoreFixture } from './store-fixture.ts';

/** The obligations of {@link Store} about the log, which is read page by page. */
export function storeLogSuite(
  name: string,
  makeFixture: () => Promise<StoreFixture>,
  options: Pick<SuiteOptions, 'needs'> = {},
): void {
  const on = onStore(makeFixture);
  const at = (minute: number) => timestampOf(NOW_MS + minute * MINUTE_MS);

  suite(`${name}: lists of the log`, options, (test) => {
    const { deviceId } = ewonRecord();
    const fill = async (tx: StoreTx): Promise<void> => {
      const lines = [
        logEntry({ at: at(0), event: 'e0', name: 'Pump', deviceId }),
        logEntry({ at: at(3), event: 'e1', name: 'fan', severity: 'error', code: 'GRK_EXPIRED' }),
        logEntry({ at: at(1), event: 'e2 late', name: 'Pump', deviceId }),
        logEntry({ at: at(4), event: 'e3', name: 'ann', subject: 'User' }),
        logEntry({ at: at(4), event: 'e4 100%', name: 'bob', subject: 'User', severity: 'error' }),
      ];
      await tx.appendLogs(lines.map((entry) => ({ entry })));
    };
    const events = async (tx: StoreTx, ask: Partial<LogAsk>): Promise<readonly string[]> => {
      const found: string[] = [];
      let after: LogCursor | undefined;
      do {
        const page = await tx.logPage({ sort: 'time', order: 'up', limit: 2, ...ask, ...(after && { after }) });
        found.push(...page.lines.map(({ event }) => event));
        after = page.next;
      } while (after);
      return found;
    };

    test(
      'in the order of time, by filters, backwards the same backwards',
      on(async (account) => {
        await account.transact(async (tx) => {
          await fill(tx);
          const all = ['e0', 'e2 late', 'e1', 'e3', 'e4 100%'];
          assert.deepEqual(await events(tx, {}), all);
          assert.deepEqual(await events(tx, { order: 'down', limit: 3 }), all.toReversed());
          assert.deepEqual(await events(tx, { kind: 'error' }), ['e1', 'e4 100%']);
          assert.deepEqual(await events(tx, { kind: 'user' }), ['e3']);
          assert.deepEqual(await events(tx, { kind: 'message' }), ['e0', 'e2 late']);
          assert.deepEqual(await events(tx, { deviceId }), ['e0', 'e2 late']);
          assert.deepEqual(await events(tx, { deviceId, kind: 'error' }), []);
          assert.deepEqual(await events(tx, { user: 'bob' }), ['e4 100%']);
          assert.deepEqual(await events(tx, { called: 'Pump', kind: 'message' }), ['e0', 'e2 late']);
          assert.deepEqual(await events(tx, { called: 'Pum' }), []);
          assert.deepEqual(await events(tx, { words: ['pump', 'late'] }), ['e2 late']);
          assert.deepEqual(await events(tx, { words: ['grk_exp'] }), ['e1']);
          assert.deepEqual(await events(tx, { words: ['0%'] }), ['e4 100%']);
          await tx.insertEwon(ewonRecord({ deviceId, pool: 'North' }));
          assert.deepEqual(await events(tx, { pools: ['North'] }), ['e0', 'e2 late']);
          assert.deepEqual([...(await events(tx, { pools: [] })), ...(await events(tx, { pools: ['Default'] }))], []);
          const seen = listsInPools(tx, ['North']);
          assert.equal((await seen.logPage({ sort: 'time', order: 'up', limit: 9 })).lines.length, 2);
          assert.equal(
            (await listsInPools(tx, ['Default']).ewonPage({ sort: 'name', order: 'up', limit: 9 })).rows.length,
            0,
          );
          assert.equal((await seen.ewonCounts()).total, 1);
          assert.deepEqual(
            (await seen.linkedEwons()).map((ewon) => [ewon.deviceId, ewon.online, ewon.lastSeenAt]),
            [[deviceId, false, null]],
          );
          assert.deepEqual(await seen.linkedEwons(['Default']), []);
          assert.equal(await seen.countEwons({ pools: ['Default'] }), 0);
          assert.deepEqual(await events(tx, { from: at(1), to: at(4) }), ['e2 late', 'e1']);
        });
      }),
    );

    test(
      'words in any script, whatever the case of their letters, page by page and by another column',
      on(async (account) => {
        await account.transact(async (tx) => {
          const lines = ['Ärger', 'ÄRGER', 'Arger', 'насос 1', 'НАСОС 2', 'Kühlung 100%', 'KÜHLUNG 10', 'kahlung'];
          const entries = lines.map((event, n) => ({
            entry: logEntry({ at: at(n), event, name: n === 2 ? 'Ä' : 'x' }),
          }));
          await tx.appendLogs(entries);
          for (const [words, found] of [
            [['ärger'], ['Ärger', 'ÄRGER']],
            [['насос'], ['насос 1', 'НАСОС 2']],
            [['насос', '2'], ['НАСОС 2']],
            [['kühl'], ['Kühlung 100%', 'KÜHLUNG 10']],
            [['ühlung', '0%'], ['Kühlung 100%']],
            [['ä'], ['Ärger', 'ÄRGER', 'Arger']],
            [['ж'], []],
          ] as const) {
            assert.deepEqual(await events(tx, { words, limit: 1 }), found, words.join(' '));
            assert.deepEqual(await events(tx, { words, limit: 1, order: 'down' }), found.toReversed());
            const sorted = await events(tx, { words, limit: 1, sort: 'code' });
            assert.deepEqual(sorted, found, `${words.join(' ')} by another column`);
          }
        });
      }),
    );

    test(
      'by the other columns, while new lines come in',
      on(async (account) => {
        await account.transact(async (tx) => {
          await fill(tx);
          assert.deepEqual(await events(tx, { sort: 'name' }), ['e3', 'e4 100%', 'e1', 'e0', 'e2 late']);
          assert.deepEqual(await events(tx, { sort: 'subject' }), ['e0', 'e2 late', 'e1', 'e3', 'e4 100%']);
          assert.deepEqual(await events(tx, { sort: 'kind' }), ['e1', 'e4 100%', 'e0', 'e2 late', 'e3']);
          assert.deepEqual(await events(tx, { sort: 'code', order: 'down', limit: 4 }), [
            ...['e1', 'e4 100%', 'e3', 'e2 late', 'e0'],
          ]);
          const ask = { sort: 'event', order: 'up', limit: 3 } as const;
          const first = await tx.logPage(ask);
          await tx.appendLog(logEntry({ at: at(9), event: 'e9' }));
          const second = await tx.logPage({ ...ask, after: first.next as never });
          assert.deepEqual(
            second.lines.map(({ event }) => event),
            ['e3', 'e4 100%'],
          );
          assert.equal(second.next, undefined);
        });
      }),
    );

    test(
      'what devices cause pushes out neither a sign-in nor a decision; these have an age, and a number that cannot fill a disk',
      on(async (account) => {
        const clock = createVirtualClock(NOW_MS + 9 * DAY_MS);
        const kept = { store: account, clock };
        const say = (event: string, day: number) =>
          logEntry({ at: timestampOf(NOW_MS + day * DAY_MS), event, name: 'ann', subject: 'User' });
        const decision = 'Ewon 1 was rejected (by ann).';
        const all = () => account.transact((tx) => events(tx, {}));
        await account.transact(async (tx) => {
          await tx.setDocument('logKept', { lines: 3, days: null, auditDays: 8 });
          await tx.appendLogs([
            { entry: say('ann signed in', 0) },
            { entry: logEntry({ at: timestampOf(NOW_MS + 2 * DAY_MS), event: decision, deviceId }), isDecision: true },
            ...Array.from({ length: 40 }, (_, n) => ({
              entry: logEntry({ at: timestampOf(NOW_MS + 3 * DAY_MS + n), event: `flap ${n}`, deviceId }),
            })),
            {
              entry: logEntry({ at: at(0), event: 'a device says (by ann).', deviceId }),
              origin: { epoch: 'e', seq: 1 },
            },
          ]);
          await tx.appendLogs([{ entry: say('ann signed out', 4) }]);
          assert.deepEqual(await events(tx, { user: 'ann' }), ['ann signed in', decision, 'ann signed out']);
        });
        const flaps = ['flap 37', 'flap 38', 'flap 39'];
        await forgetLog({ ...kept, clock: createVirtualClock(NOW_MS + 7 * DAY_MS) });
        assert.deepEqual(await all(), ['ann signed in', decision, ...flaps, 'ann signed out']);
        await forgetLog(kept);
        assert.deepEqual(await all(), [decision, ...flaps, 'ann signed out'], 'too old');
        await forgetLog(kept, { auditLines: 1 });
        assert.deepEqual(await all(), [...flaps, 'ann signed out'], 'too many');
        await account.transact((tx) => tx.setDocument('logKept', { lines: 3, days: 3 }));
        await forgetLog(kept);
        assert.deepEqual(await all(), [], 'who said days before there were two parts meant all lines');
      }),
    );

    test(
      'lines before a time are forgotten, so many at once; how long they are kept is remembered',
      on(async (account) => {
        await account.transact(async (tx) => {
          await fill(tx);
          const prune = (part: LogPart, minute: number) => tx.pruneLogBefore(part, at(minute), 2);
          assert.equal(await prune('devices', 4), 2);
          assert.deepEqual(await events(tx, {}), ['e1', 'e3', 'e4 100%']);
          assert.deepEqual([await prune('devices', 9), await prune('devices', 9)], [1, 0]);
          assert.deepEqual(await events(tx, {}), ['e3', 'e4 100%'], 'lines about users are another part');
          assert.deepEqual([await prune('audit', 4), await prune('audit', 5)], [0, 2]);
          assert.equal(await tx.document('logKept'), undefined);
          await tx.setDocument('logKept', { lines: 5, days: null });
          await tx.setDocument('logKept', { lines: 1000, days: 90 });
          assert.deepEqual(await tx.document('logKept'), { lines: 1000, days: 90 });
        });
      }),
    );
  });
}
