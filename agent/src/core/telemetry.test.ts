import type { TagReading, TagSample } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { chooseSamples, type TelemetryRules, type ToldTags, telemetryMessages } from './telemetry.ts';

const RULES: TelemetryRules = { deadband: 0, heartbeatMs: 60_000 };
const WALL_MS = Date.UTC(2026, 2, 1);

type Reading = { readonly value: TagReading['value']; readonly quality?: TagReading['quality'] };
const reading = (tag: string, { value, quality = 'good' }: Reading): TagReading => ({ tag, value, quality });

/** What is told of one tag that stands at these values in turn, a second apart. */
function toldOf(values: readonly Reading[], rules: TelemetryRules = RULES): readonly TagSample['value'][] {
  let told: ToldTags = new Map();
  return values.flatMap((value, second) => {
    const at = { wallMs: WALL_MS + second * 1000, steadyMs: second * 1000 };
    const chosen = chooseSamples(told, [reading('T', value)], at, rules);
    told = chosen.told;
    return chosen.samples.map((sample) => sample.value);
  });
}
const numbers = (...values: readonly number[]) => values.map((value) => ({ value }));

suite('choice of samples', (test) => {
  const CASES: readonly [string, readonly TagSample['value'][], readonly TagSample['value'][]][] = [
    ['the first look tells all', toldOf(numbers(1)), [1]],
    ['what does not change is told once', toldOf(numbers(1, 1, 1)), [1]],
    ['each change is told', toldOf(numbers(1, 2, 2, 1)), [1, 2, 1]],
    ['a change within the deadband is not', toldOf(numbers(10, 10.5, 9.5), { ...RULES, deadband: 0.5 }), [10]],
    ['one beyond it is', toldOf(numbers(10, 10.6), { ...RULES, deadband: 0.5 }), [10, 10.6]],
    [
      'small steps in one direction add up: the deadband is around what was told last',
      toldOf(numbers(10, 10.4, 10.8, 11.2), { ...RULES, deadband: 0.5 }),
      [10, 10.8],
    ],
    [
      'after the heartbeat the same value is told again, once',
      toldOf(numbers(1, 1, 1, 1, 1), { ...RULES, heartbeatMs: 3000 }),
      [1, 1],
    ],
    [
      'a worse quality is told though the value stands',
      toldOf([{ value: 1 }, { value: 1, quality: 'bad' }, { value: 1, quality: 'bad' }]),
      [1, 1],
    ],
    ['text has no deadband', toldOf([{ value: 'a' }, { value: 'b' }], { ...RULES, deadband: 9 }), ['a', 'b']],
    ['a number that became text is told', toldOf([{ value: 1 }, { value: '1' }], { ...RULES, deadband: 9 }), [1, '1']],
    ['a tag that is not named is not told', toldOf(numbers(1, 2), { ...RULES, tags: { Other: {} } }), []],
    [
      'a named tag goes by its own deadband',
      toldOf(numbers(1, 5, 7), { ...RULES, tags: { T: { deadband: 5 } } }),
      [1, 7],
    ],
    [
      'and by the common heartbeat',
      toldOf(numbers(1, 1, 1), { ...RULES, heartbeatMs: 2000, tags: { T: { deadband: 5 } } }),
      [1, 1],
    ],
  ];
  for (const [sentence, found, expected] of CASES) test(sentence, () => assert.deepEqual(found, expected));

  test('a sample has its own time, and its quality unless it is good', () => {
    const at = { wallMs: WALL_MS, steadyMs: 5 };
    const readings = [reading('A', { value: 1 }), reading('B', { value: 'x', quality: 'uncertain' })];
    assert.deepEqual(chooseSamples(new Map(), readings, at, RULES).samples, [
      { tag: 'A', value: 1, at: '2026-03-01T00:00:00.000Z' },
      { tag: 'B', value: 'x', at: '2026-03-01T00:00:00.000Z', quality: 'uncertain' },
    ]);
  });

  test('the heartbeat goes by the clock that does not jump', () => {
    const first = chooseSamples(new Map(), [reading('A', { value: 1 })], { wallMs: WALL_MS, steadyMs: 0 }, RULES);
    const jumped = { wallMs: 0, steadyMs: 1000 };
    assert.deepEqual(chooseSamples(first.told, [reading('A', { value: 1 })], jumped, RULES).samples, []);
  });

  test('a tag that was gone is told when it is back', () => {
    const at = { wallMs: WALL_MS, steadyMs: 0 };
    const first = chooseSamples(new Map(), [reading('A', { value: 1 })], at, RULES);
    const gone = chooseSamples(first.told, [], at, RULES);
    assert.equal(chooseSamples(gone.told, [reading('A', { value: 1 })], at, RULES).samples.length, 1);
  });

  test('of a name that stands twice the first counts', () => {
    const readings = [reading('A', { value: 1 }), reading('A', { value: 2 })];
    const { samples } = chooseSamples(new Map(), readings, { wallMs: WALL_MS, steadyMs: 0 }, RULES);
    assert.deepEqual(
      samples.map(({ value }) => value),
      [1],
    );
  });

  test('tags may be named like members of objects', () => {
    const rules = { ...RULES, tags: { T: {} } };
    const readings = [reading('constructor', { value: 1 }), reading('__proto__', { value: 1 })];
    assert.deepEqual(chooseSamples(new Map(), readings, { wallMs: 0, steadyMs: 0 }, rules).samples, []);
  });
});

suite('messages of telemetry', (test) => {
  const samples = (count: number, value: TagSample['value']) =>
    Array.from({ length: count }, (_, i): TagSample => ({ tag: `T${i}`, value }));

  test('nothing to tell is no message', () => assert.deepEqual(telemetryMessages([]), []));

  test('what fits is one message', () => assert.equal(telemetryMessages(samples(200, 1)).length, 1));

  test('more than 200 samples are several, in order, none lost', () => {
    const all = samples(450, 1);
    const messages = telemetryMessages(all);
    assert.deepEqual(
      messages.map((message) => message.length),
      [200, 200, 50],
    );
    assert.deepEqual(messages.flat(), all);
  });

  test('long texts are split by their size', () => {
    const all = samples(40, 'x'.repeat(1024));
    const messages = telemetryMessages(all);
    for (const message of messages) assert.ok(JSON.stringify(message).length < 18_000);
    assert.deepEqual(messages.flat(), all);
    assert.ok(messages.length >= 3);
  });
});
