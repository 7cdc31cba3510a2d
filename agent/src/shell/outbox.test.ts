import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  err,
  HOUR_MS,
  MINUTE_MS,
  type OutboxEntry,
  type OutboxMessage,
  type OutboxOpened,
  type OutboxPort,
} from '@ewon-agent/contracts';
import { numbersOf, outboxMessage } from '@ewon-agent/contracts/suites/outbox-suite';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { openSqliteOutbox } from '../adapters/outbox-sqlite.ts';
import type { OutboxLimits } from '../core/outbox-room.ts';
import { testClock } from '../testing/test-clock.ts';
import { createOutbox } from './outbox.ts';
import type { OutboxCounts } from './outbox-drops.ts';

/** An outbox on a real file, whose disk can be made to take nothing, and what it told. */
function fixture(limits?: OutboxLimits) {
  const dir = mkdtempSync(join(tmpdir(), 'outbox-'));
  const file = openSqliteOutbox(join(dir, 'outbox.db'), () => 0);
  const { clock, pass } = testClock();
  const disk = { isFull: false, appends: [] as number[], opened: file.opened as OutboxOpened };
  const port: OutboxPort = {
    ...file,
    get epoch() {
      return file.epoch;
    },
    get opened() {
      return disk.opened;
    },
    append(messages) {
      disk.appends.push(messages.length);
      return disk.isFull ? err('STATE_UNWRITABLE', 'the disk is full') : file.append(messages);
    },
  };
  const told: OutboxCounts[] = [];
  const damaged: OutboxOpened[] = [];
  const heard: OutboxEntry[] = [];
  const outbox = createOutbox({
    port,
    clock,
    ...(limits ? { limits } : {}),
    dropped: (counts) => told.push(counts),
    damaged: (opened) => damaged.push(opened),
  });
  outbox.onAccepted((entries) => heard.push(...entries));
  return {
    outbox,
    port,
    disk,
    pass,
    told,
    damaged,
    heard,
    waiting: () => numbersOf(file.waiting(0, 100_000)),
    close() {
      outbox.close();
      file.close();
      rmSync(dir, { recursive: true });
    },
  };
}

const many = (from: number, to: number, kind?: OutboxMessage['kind']) =>
  Array.from({ length: to - from + 1 }, (_, i) => outboxMessage(from + i, kind));
/** What one message of `outboxMessage` with two digits takes. */
const ONE = Buffer.byteLength(outboxMessage(10).body) + 32;
const small = (messages: number): OutboxLimits => ({
  budgetBytes: messages * ONE,
  floors: { alarm: 0, event: 0, telemetry: 0 },
});

suite('outbox', (test) => {
  test('what comes within one turn is committed together and answered in order', async () => {
    const { outbox, disk, waiting, heard, close } = fixture();
    const accepted = many(1, 100).map((message) => outbox.accept(message));
    assert.deepEqual([disk.appends, waiting()], [[], []]);
    const entries = (await Promise.all(accepted)).map(assertOk);
    assert.deepEqual(disk.appends, [100]);
    assert.deepEqual(
      waiting(),
      [...Array(100).keys()].map((i) => i + 1),
    );
    assert.deepEqual(heard, entries);
    await outbox.accept(outboxMessage(101));
    assert.deepEqual(disk.appends, [100, 1]);
    close();
  });

  test('a thousand are committed before the turn ends, so that memory is bounded', async () => {
    const { outbox, disk, waiting, close } = fixture();
    const accepted = many(1, 2500).map((message) => outbox.accept(message));
    assert.deepEqual(disk.appends, [1000, 1000]);
    for (const result of await Promise.all(accepted)) assertOk(result);
    assert.deepEqual(disk.appends, [1000, 1000, 500]);
    assert.equal(waiting().length, 2500);
    close();
  });

  test('large ones are committed by their bytes', () => {
    const { outbox, disk, close } = fixture();
    const large = { ...outboxMessage(1), body: JSON.stringify({ n: 1, text: 'x'.repeat(100_000) }) };
    for (let n = 0; n < 6; n += 1) void outbox.accept(large);
    assert.deepEqual(disk.appends, [3, 3]);
    close();
  });

  test('an event that may not wait takes along what was collected, and the order holds', async () => {
    const { outbox, disk, waiting, close } = fixture();
    const first = outbox.accept(outboxMessage(1));
    const entry = assertOk(outbox.acceptNow(outboxMessage(2, 'event')));
    assert.deepEqual([disk.appends, waiting()], [[2], [1, 2]]);
    assert.equal(assertOk(await first).place, entry.place - 1);
    close();
  });

  test('while the disk takes nothing all are refused with its fault, tried once each turn; then it goes on', async () => {
    const { outbox, disk, waiting, heard, close } = fixture();
    disk.isFull = true;
    const accepted = many(1, 5000).map((message) => outbox.accept(message));
    for (const result of await Promise.all(accepted)) assertFault(result, 'STATE_UNWRITABLE');
    assert.deepEqual(disk.appends, [1000]);
    assertFault(outbox.acceptNow(outboxMessage(1, 'event')), 'STATE_UNWRITABLE');
    disk.isFull = false;
    assertOk(outbox.acceptNow(outboxMessage(6001, 'event')));
    assertOk(await outbox.accept(outboxMessage(6002)));
    assert.deepEqual(
      [waiting(), numbersOf(heard)],
      [
        [6001, 6002],
        [6001, 6002],
      ],
    );
    close();
  });

  test('when it is full the older half of the telemetry is thinned, then its oldest go; alarms and events stay', () => {
    const { outbox, waiting, close } = fixture(small(40));
    for (const message of [...many(10, 14, 'alarm'), ...many(15, 19, 'event'), ...many(20, 49)])
      assertOk(outbox.acceptNow(message));
    for (const message of many(50, 59)) assertOk(outbox.acceptNow(message));
    const kept = waiting();
    assert.equal(kept.length, 40);
    assert.deepEqual(kept.slice(0, 10), [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    assert.deepEqual(
      kept.slice(-20),
      [...Array(20).keys()].map((i) => 40 + i),
    );
    assert.ok(
      kept.slice(10, 15).every((n, i, all) => i === 0 || n - (all[i - 1] ?? 0) >= 2),
      kept.join(),
    );
    for (const message of many(60, 99)) assertOk(outbox.acceptNow(message));
    assert.deepEqual(waiting().slice(0, 10), [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    assert.equal(waiting().at(-1), 99);
    close();
  });

  test('telemetry that would push out events is refused; an alarm never is', () => {
    const { outbox, waiting, close } = fixture(small(10));
    for (const message of many(10, 19, 'event')) assertOk(outbox.acceptNow(message));
    assertFault(outbox.acceptNow(outboxMessage(20)), 'OUTBOX_FULL');
    assertOk(outbox.acceptNow(outboxMessage(21, 'alarm')));
    assert.deepEqual(waiting(), [11, 12, 13, 14, 15, 16, 17, 18, 19, 21]);
    close();
  });

  test('what is dropped is counted by kind, told soon, and then every ten minutes', () => {
    const { outbox, told, pass, close } = fixture(small(10));
    for (const message of many(10, 22)) assertOk(outbox.acceptNow(message));
    assert.deepEqual(told, []);
    pass(0);
    assert.deepEqual(told, [{ alarm: 0, event: 0, telemetry: 4 }]); // each time one more than is needed
    for (const message of many(23, 32, 'event')) assertOk(outbox.acceptNow(message));
    assertFault(outbox.acceptNow(outboxMessage(33)), 'OUTBOX_FULL');
    assertOk(outbox.acceptNow(outboxMessage(34, 'event')));
    pass(9 * MINUTE_MS);
    assert.equal(told.length, 1);
    pass(MINUTE_MS);
    assert.deepEqual(told[1], { alarm: 0, event: 1, telemetry: 10 });
    assert.deepEqual(outbox.facts().dropped, { alarm: 0, event: 1, telemetry: 14 });
    pass(HOUR_MS);
    assert.equal(told.length, 2);
    close();
  });

  test('what was dropped last is told when it closes, and what was collected is committed', async () => {
    const { outbox, told, port, close } = fixture(small(2));
    for (const message of many(10, 12)) assertOk(outbox.acceptNow(message));
    const last = outbox.accept(outboxMessage(13));
    outbox.close();
    assertOk(await last);
    assert.deepEqual(told, [{ alarm: 0, event: 0, telemetry: 2 }]);
    assert.equal(port.totals().telemetry.count, 2);
    close();
  });

  test('damage is told once, also when it is met later', () => {
    const { outbox, disk, damaged, pass, close } = fixture();
    assertOk(outbox.acceptNow(outboxMessage(1)));
    pass(0);
    assert.deepEqual(damaged, []);
    disk.opened = { salvaged: 3, damage: { code: 'OUTBOX_DAMAGED', detail: 'there' } };
    assertOk(outbox.acceptNow(outboxMessage(2)));
    assertOk(outbox.acceptNow(outboxMessage(3)));
    pass(0);
    assert.deepEqual(damaged, [disk.opened]);
    close();
  });

  test('the facts for health: what waits, for how long there is room, and what is written', () => {
    const { outbox, pass, close } = fixture({ ...small(8640), floors: { alarm: 0, event: 0, telemetry: 0 } });
    assert.deepEqual(outbox.facts(), {
      queued: 0,
      queuedBytes: 0,
      offlineHours: undefined,
      commitsPerDay: undefined,
      bytesPerDay: undefined,
      dropped: { alarm: 0, event: 0, telemetry: 0 },
    });
    for (let second = 0; second < 600; second += 10) {
      assertOk(outbox.acceptNow(outboxMessage(10)));
      pass(10_000);
    }
    const { queued, queuedBytes, offlineHours = 0, commitsPerDay = 0, bytesPerDay = 0 } = outbox.facts();
    assert.deepEqual([queued, queuedBytes], [60, 60 * ONE]);
    assert.ok(Math.abs(offlineHours - (8640 - 60) / 360) < 0.1, `${offlineHours}`);
    assert.ok(Math.abs(commitsPerDay - 8640) < 200, `${commitsPerDay}`);
    assert.ok(bytesPerDay >= commitsPerDay * 4096, `${bytesPerDay}`);
    close();
  });
});
