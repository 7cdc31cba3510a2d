import { OUTBOX_KINDS, type OutboxWeight } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { type OutboxBytes, type OutboxLimits, oldestToGo, planRoom, telemetryToGo } from './outbox-room.ts';

/** Alarms, events, telemetry. */
type Three = readonly [alarm: number, event: number, telemetry: number];
const bytes = ([alarm, event, telemetry]: Three): OutboxBytes => ({ alarm, event, telemetry });
const three = ({ alarm, event, telemetry }: OutboxBytes): Three => [alarm, event, telemetry];
// a budget so small that there is no slack
const limits = (floors: Three = [0, 0, 0]): OutboxLimits => ({ budgetBytes: 100, floors: bytes(floors) });
const weights = (from: number, to: number): OutboxWeight[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ place: from + i, bytes: 10 }));

suite('room in the outbox', (test) => {
  const table: readonly [what: string, held: Three, coming: Three, floors: Three, giveUp: Three, refused: string][] = [
    ['there is room', [10, 20, 30], [5, 5, 30], [0, 0, 0], [0, 0, 0], ''],
    ['telemetry goes for telemetry', [10, 20, 70], [0, 0, 5], [0, 0, 0], [0, 0, 5], ''],
    ['telemetry goes for an event', [10, 20, 70], [0, 5, 0], [0, 0, 0], [0, 0, 5], ''],
    ['telemetry goes for an alarm', [10, 20, 70], [5, 0, 0], [0, 0, 0], [0, 0, 5], ''],
    ['events go when telemetry is not enough', [10, 87, 3], [5, 0, 0], [0, 0, 0], [0, 2, 3], ''],
    ['events go for events', [40, 60, 0], [0, 7, 0], [0, 0, 0], [0, 7, 0], ''],
    ['alarms go for an alarm, last', [90, 6, 4], [20, 0, 0], [0, 0, 0], [10, 6, 4], ''],
    ['alarms do not go for an event', [98, 2, 0], [0, 5, 0], [0, 0, 0], [0, 0, 0], 'event'],
    ['events do not go for telemetry', [30, 70, 0], [0, 0, 5], [0, 0, 0], [0, 0, 0], 'telemetry'],
    [
      'what is kept free for alarms and events is not for telemetry',
      [5, 5, 60],
      [0, 0, 15],
      [10, 20, 0],
      [0, 0, 5],
      '',
    ],
    ['an alarm takes what was kept free for it', [5, 20, 70], [5, 0, 0], [10, 20, 0], [0, 0, 0], ''],
    ['an alarm takes what was kept free for events', [10, 10, 70], [10, 0, 0], [10, 20, 0], [0, 0, 0], ''],
    ['all at once: the alarm is in first', [90, 5, 5], [8, 8, 8], [0, 0, 0], [0, 3, 5], 'event telemetry'],
    ['what is larger than everything', [10, 10, 10], [101, 0, 0], [0, 0, 0], [0, 0, 0], 'alarm'],
  ];
  for (const [what, held, coming, floors, giveUp, refused] of table) {
    test(what, () => {
      const plan = planRoom({ held: bytes(held), coming: bytes(coming), limits: limits(floors) });
      assert.deepEqual([three(plan.giveUp), plan.refused.join(' ')], [giveUp, refused]);
    });
  }

  test('whatever is held and comes: within the budget afterwards, and nothing goes for what is less important', () => {
    const sizes = [0, 1, 30, 60, 100];
    for (const held of threes(sizes).filter((each) => sum(each) <= 100)) {
      for (const coming of threes(sizes)) {
        for (const floors of [
          [0, 0, 0],
          [20, 30, 0],
        ] as const) {
          const plan = planRoom({ held: bytes(held), coming: bytes(coming), limits: limits(floors) });
          const what = `${held} + ${coming}: ${JSON.stringify(plan)}`;
          const after = OUTBOX_KINDS.map(
            (kind, i) => (held[i] ?? 0) - plan.giveUp[kind] + (plan.refused.includes(kind) ? 0 : (coming[i] ?? 0)),
          );
          assert.ok(sum(after) <= 100, what);
          assert.ok(
            three(plan.giveUp).every((goes, i) => goes >= 0 && goes <= (held[i] ?? 0)),
            what,
          );
          const taken = OUTBOX_KINDS.filter((kind, i) => (coming[i] ?? 0) > 0 && !plan.refused.includes(kind));
          if (plan.giveUp.alarm > 0) assert.ok(taken.includes('alarm'), what);
          if (plan.giveUp.event > 0) assert.ok(taken.includes('alarm') || taken.includes('event'), what);
          if (plan.refused.includes('alarm')) assert.ok(coming[0] > 100, what);
        }
      }
    }
  });

  test('with a large budget more telemetry goes than is needed, but of events no more', () => {
    const large = { budgetBytes: 256_000, floors: bytes([0, 0, 0]) };
    const plan = (held: Three) => planRoom({ held: bytes(held), coming: bytes([10, 0, 0]), limits: large });
    assert.deepEqual(three(plan([0, 0, 256_000]).giveUp), [0, 0, 1010]);
    assert.deepEqual(three(plan([0, 256_000, 0]).giveUp), [0, 10, 0]);
    assert.deepEqual(three(plan([0, 255_500, 500]).giveUp), [0, 0, 500]);
  });
});

suite('what goes', (test) => {
  const goes = (oldest: OutboxWeight[], unthinned: OutboxWeight[], thinnedTo: number, needBytes: number) =>
    telemetryToGo({ oldest, unthinned, newestPlace: 100, thinnedTo, needBytes });

  test('of the older half of the telemetry every second one goes, as many as it takes', () => {
    const { places, bytes: freed, thinnedTo } = goes(weights(1, 100), weights(1, 100), 0, 35);
    assert.deepEqual([places, freed, thinnedTo], [[1, 3, 5, 7], 40, 8]);
    assert.deepEqual(goes(weights(1, 100), weights(1, 100), 0, 10_000).places.at(-1), 49);
  });

  test('then the next ones, and when the older half has been thinned its oldest', () => {
    assert.deepEqual(goes(weights(2, 100), weights(9, 100), 8, 15).places, [9, 11]);
    assert.deepEqual(goes(weights(2, 100), weights(51, 100), 50, 15), { places: [2, 3], bytes: 20, thinnedTo: 50 });
  });

  test('what is newer than half way is not thinned, and one alone is not thinned', () => {
    assert.deepEqual(goes(weights(40, 100), weights(70, 100), 0, 5), { places: [40], bytes: 10, thinnedTo: 0 });
    assert.deepEqual(goes(weights(100, 100), weights(100, 100), 0, 5), { places: [100], bytes: 10, thinnedTo: 0 });
    assert.deepEqual(goes([], [], 0, 5), { places: [], bytes: 0, thinnedTo: 0 });
  });

  test('the oldest go until they are enough, or all', () => {
    assert.deepEqual(oldestToGo(weights(1, 5), 21), { places: [1, 2, 3], bytes: 30 });
    assert.deepEqual(oldestToGo(weights(1, 2), 1000), { places: [1, 2], bytes: 20 });
    assert.deepEqual(oldestToGo(weights(1, 2), 0), { places: [], bytes: 0 });
  });
});

function threes(sizes: readonly number[]): Three[] {
  return sizes.flatMap((a) => sizes.flatMap((b) => sizes.map((c): Three => [a, b, c])));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
