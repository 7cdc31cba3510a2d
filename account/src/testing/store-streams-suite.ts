import { timestampOf } from '@ewon-agent/contracts';
import { assert, type SuiteOptions, suite } from '@ewon-agent/contracts/testing';
import { NOW_MS } from './facts.ts';
import { accountRow, alarmRecord, ewonRecord, logEntry, telemetryRecord } from './records.ts';
import { onStore, type StoreFixture } from './store-fixture.ts';

/** The obligations of {@link Store} towards messages that come in great numbers. Part of the store suite. */
export function storeStreamsSuite(
  name: string,
  makeFixture: () => Promise<StoreFixture>,
  options: Pick<SuiteOptions, 'needs'>,
): void {
  const on = onStore(makeFixture);
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

  suite(`${name}: streams`, options, (test) => {
    test(
      'many lines are added in their order and numbered; those that were there are left out, also within one call',
      on(async (account) => {
        const { deviceId } = ewonRecord();
        const line = (seq: number) => ({
          entry: logEntry({ event: `n ${seq}`, deviceId }),
          origin: { epoch: 'e', seq },
        });
        await account.transact(async (tx) => {
          assert.deepEqual(await tx.appendLogs([]), []);
          const first = await tx.appendLogs(numbers(237).map(line));
          assert.deepEqual([first.length, first[0]?.id, first.at(-1)?.event], [237, 1, 'n 236']);
          const again = await tx.appendLogs([line(5), line(300), line(300), line(236), line(301)]);
          assert.deepEqual(
            again.map(({ event }) => event),
            ['n 300', 'n 301'],
          );
          const plain = { entry: logEntry({ event: 'the same' }) };
          assert.equal((await tx.appendLogs([plain, plain])).length, 2, 'without an origin nothing is the same');
          const kept = await tx.log({ limit: 1000 });
          assert.deepEqual(
            kept.map(({ event }) => event),
            [...numbers(237).map((n) => `n ${n}`), 'n 300', 'n 301', 'the same', 'the same'],
          );
          const ids = kept.map(({ id }) => id);
          assert.deepEqual(
            ids.toSorted((a, b) => a - b),
            ids,
          );
        });
      }),
    );
    test(
      'telemetry: once by device, epoch and seq; the first that came stays',
      on(async (account) => {
        const [one, two] = [ewonRecord().deviceId, ewonRecord().deviceId];
        const records = numbers(123).map((seq) => telemetryRecord({ deviceId: one, seq }));
        await account.transact(async (tx) => {
          await tx.addTelemetry([]);
          await tx.addTelemetry([...records, ...records]);
          await tx.addTelemetry([
            telemetryRecord({ deviceId: one, seq: 3, samples: [{ tag: 'late', value: 'x' }] }),
            telemetryRecord({ deviceId: one, seq: 2 ** 40, epoch: 'f' }),
            telemetryRecord({ deviceId: two, seq: 3 }),
          ]);
          const kept = await tx.telemetry({ deviceId: one, limit: 1000 });
          assert.deepEqual(kept, [...records, telemetryRecord({ deviceId: one, seq: 2 ** 40, epoch: 'f' })]);
          assert.equal((await tx.telemetry({ deviceId: two, limit: 9 })).length, 1);
        });
      }),
    );
    test(
      'telemetry is pruned from its old end, by number and by bytes, whoever sent it',
      on(async (account) => {
        const [one, two] = [ewonRecord().deviceId, ewonRecord().deviceId];
        const sizeBytes = JSON.stringify(telemetryRecord({ deviceId: one }).samples).length;
        await account.transact(async (tx) => {
          for (const seq of numbers(10)) {
            const receivedAt = timestampOf(NOW_MS + seq);
            await tx.addTelemetry([telemetryRecord({ deviceId: seq % 2 ? one : two, seq, receivedAt })]);
          }
          const kept = async () => {
            const all = [one, two].map((deviceId) => tx.telemetry({ deviceId, limit: 99 }));
            return (await Promise.all(all)).flatMap((records) => records.map(({ seq }) => seq)).sort();
          };
          await tx.pruneTelemetry({ messages: 10, sizeBytes: 10 * sizeBytes });
          assert.equal((await kept()).length, 10);
          await tx.pruneTelemetry({ messages: 7, sizeBytes: 1e9 });
          assert.deepEqual(await kept(), [3, 4, 5, 6, 7, 8, 9]);
          await tx.pruneTelemetry({ messages: 100, sizeBytes: 4 * sizeBytes + 1 });
          assert.deepEqual(await kept(), [6, 7, 8, 9]);
        });
      }),
    );
    test(
      'alarms: one for each Ewon and code, kept in its place; the open ones are listed, the oldest first',
      on(async (account, store) => {
        const [one, two] = [ewonRecord().deviceId, ewonRecord().deviceId];
        const [older, newer] = [
          alarmRecord({ deviceId: two }),
          alarmRecord({ deviceId: one, openedAt: timestampOf(NOW_MS + 1) }),
        ];
        const closed = alarmRecord({ deviceId: one, code: 'B', open: false, seq: 2 ** 40 });
        await account.transact(async (tx) => {
          await tx.keepAlarms([newer, older, closed, { ...closed, open: true }]);
          await tx.keepAlarms([closed]);
          assert.deepEqual(await tx.openAlarms(), [older, newer]);
          assert.deepEqual(
            (await tx.alarmsOf([one])).toSorted((a, b) => a.code.localeCompare(b.code)),
            [newer, closed],
          );
          assert.deepEqual(await tx.alarmsOf([]), []);
        });
        const row = accountRow();
        await store.createAccount(row);
        await store.account(row.accountId).transact(async (tx) => {
          await tx.keepAlarms([{ ...older, text: 'of another account' }]);
          assert.equal((await tx.openAlarms()).length, 1);
        });
        assert.deepEqual(await account.transact((tx) => tx.openAlarms()), [older, newer]);
      }),
    );
    test(
      'many Ewons are found and seen by one question each: those there are, each once',
      on(async (account) => {
        const ewons = numbers(123).map(() => ewonRecord());
        const ids = ewons.map(({ deviceId }) => deviceId);
        await account.transact(async (tx) => {
          for (const ewon of ewons) await tx.insertEwon(ewon);
          assert.deepEqual(await tx.ewonsNamed([]), []);
          const asked = [...ids.slice(0, 115), ...ids.slice(0, 3), ewonRecord().deviceId];
          const found = (await tx.ewonsNamed(asked)).map(({ deviceId }) => deviceId);
          assert.deepEqual(found.toSorted(), ids.slice(0, 115).toSorted());
          const at = timestampOf(NOW_MS);
          await tx.sawEwons([], at);
          await tx.sawEwons(ids.slice(0, 12), at);
          const seen = (await tx.ewons({})).filter(({ lastSeenAt }) => lastSeenAt === at);
          assert.deepEqual(seen.map(({ deviceId }) => deviceId).toSorted(), ids.slice(0, 12).toSorted());
        });
      }),
    );
  });
}
