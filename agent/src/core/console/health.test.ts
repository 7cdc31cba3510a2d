import { assert, suite } from '@ewon-agent/contracts/testing';
import { type HealthFacts, healthLines, healthRows, type Verdict } from './health.ts';

const MIB = 1024 * 1024;
const GOOD: HealthFacts = {
  status: { registration: { state: 'registered' }, uplink: { state: 'online', since: '2026-03-01T12:00:00.000Z' } },
  own: {
    queued: 0,
    queuedBytes: 0,
    offlineHours: 900,
    bytesPerDay: 5e6,
    commitsPerDay: 900,
    rssBytes: 100 * MIB,
    uptimeMs: 1,
  },
  wan: { cause: 'WAN_ONLINE' },
  disk: { freeBytes: 900 * MIB, allBytes: 4000 * MIB },
  memory: { freeBytes: 200 * MIB, allBytes: 500 * MIB },
  nowMs: Date.parse('2026-03-01T12:00:00Z'),
} as unknown as HealthFacts;

/** What is otherwise, the row that tells it, its verdict and what is in it. */
const ROWS: readonly (readonly [object, string, Verdict, RegExp])[] = [
  [
    { status: { registration: { state: 'unregistered' }, uplink: { state: 'off' } } },
    'Uplink',
    'look',
    /unregistered.*"wizard"/,
  ],
  [
    { status: { ...GOOD.status, uplink: { state: 'waiting', trouble: 'UPLINK_UNREACHABLE' } } },
    'Uplink',
    'bad',
    /Check the network/,
  ],
  [{ wan: undefined }, 'WAN', 'good', /not watched/],
  [{ wan: { cause: 'WAN_CELL_LOST' } }, 'WAN', 'bad', /WAN_CELL_LOST: /],
  [{ nowMs: 1000 }, 'Clock', 'bad', /1970-01-01/],
  [{ own: { ...GOOD.own, offlineHours: 10 } }, 'Outbox', 'look', /room for 10 h/],
  [{ own: { ...GOOD.own, dropped: { telemetry: 2, event: 1, alarm: 0 } } }, 'Outbox', 'bad', /3 given up/],
  [{ disk: { freeBytes: 100 * MIB, allBytes: 4000 * MIB } }, 'Disk', 'look', /100 MiB of 4000 MiB/],
  [{ disk: { freeBytes: 1 * MIB, allBytes: 4000 * MIB } }, 'Disk', 'bad', /1 MiB/],
  [{ memory: { freeBytes: 10 * MIB, allBytes: 500 * MIB } }, 'Memory', 'bad', /10 MiB/],
  [{ own: { ...GOOD.own, rssBytes: 400 * MIB } }, 'Memory', 'look', /agent 400 MiB/],
  [{ own: { ...GOOD.own, bytesPerDay: 3e9 } }, 'Wear', 'look', /2861 MiB a day/],
];

suite('health', (test) => {
  test('where all is well, every row says so and none asks for anything', () => {
    const rows = healthRows(GOOD);
    assert.deepEqual(
      rows.map(({ what }) => what),
      ['Uplink', 'WAN', 'Clock', 'Outbox', 'Disk', 'Memory', 'Wear'],
    );
    for (const { what, verdict, next } of rows) assert.deepEqual([verdict, next], ['good', undefined], what);
  });

  for (const [otherwise, what, verdict, said] of ROWS)
    test(`${JSON.stringify(otherwise).slice(0, 70)}: ${what} is ${verdict}`, () => {
      const rows = healthRows({ ...GOOD, ...otherwise });
      const row = rows.find((one) => one.what === what);
      assert.equal(row?.verdict, verdict);
      assert.match(`${row?.found} ${row?.next}`, said);
      assert.equal(row?.next !== undefined, verdict !== 'good');
      assert.deepEqual(
        rows.filter((one) => one.what !== what && one.verdict !== 'good'),
        [],
      );
    });

  test('what is said fits a terminal and is in columns', () => {
    assert.match(
      healthLines(healthRows(GOOD)).join('\n'),
      /^Uplink {8}good {2}online since .*\nWAN {11}good {2}WAN_ONLINE/,
    );
  });
});
