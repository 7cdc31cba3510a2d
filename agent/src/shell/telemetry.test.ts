import {
  err,
  type OutboxMessage,
  ok,
  type Result,
  type TagReading,
  type TagSample,
  type TelemetryMessage,
} from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { testClock } from '../testing/test-clock.ts';
import { startTelemetry, type TelemetryOptions } from './telemetry.ts';

const level = (value: number): Result<readonly TagReading[]> => ok([{ tag: 'Level', value, quality: 'good' }]);
const SILENT: Result<readonly TagReading[]> = err('FIRMWARE_UNREACHABLE', 'ETIMEDOUT');

/** An Ewon and an outbox in the test's hands, and a second for each look. */
function telemetry(options: Partial<TelemetryOptions> = {}) {
  const { clock, pass } = testClock();
  const accepted: TagSample[][] = [];
  const silent: string[] = [];
  const world = { answer: level(1), isLinked: true, outbox: ok(undefined) as Result<unknown>, asked: 0 };
  const running = startTelemetry({
    tags: async () => {
      world.asked++;
      return world.answer;
    },
    ports: { clock, log: { write() {} } },
    outbox: {
      async accept(message: OutboxMessage) {
        if (!world.outbox.ok) return world.outbox;
        assert.equal(message.kind, 'telemetry');
        accepted.push([...(JSON.parse(message.body) as TelemetryMessage).samples]);
        return ok({ ...message, place: 1, epoch: 'e', seq: 1 });
      },
    },
    options: { everyMs: 1000, batchMs: 0, heartbeatMs: 60_000, deadband: 0, ...options },
    silent: ({ code }) => silent.push(code),
    isLinked: () => world.isLinked,
  });
  const look = async (answer: Result<readonly TagReading[]> = world.answer, seconds = 1) => {
    world.answer = answer;
    for (let second = 0; second < seconds; second++) {
      pass(1000);
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
  };
  const values = () => accepted.map((samples) => samples.map(({ value }) => value));
  return { world, look, accepted, values, silent, stop: () => running.stop() };
}

suite('telemetry', (test) => {
  test('what changed since it was told is accepted, in one message a look', async () => {
    const { look, values } = telemetry();
    await look();
    await look(level(1));
    await look(level(2));
    assert.deepEqual(values(), [[1], [2]]);
  });

  test('looks are collected for as long as a message may wait, each value with its own time', async () => {
    const { look, accepted, values } = telemetry({ batchMs: 3000 });
    for (let value = 1; value <= 7; value++) await look(level(value));
    assert.deepEqual(values(), [
      [1, 2, 3],
      [4, 5, 6],
    ]);
    assert.equal(new Set(accepted[0]?.map(({ at }) => at)).size, 3);
  });

  test('what is collected is accepted when the agent stops', async () => {
    const { look, values, stop } = telemetry({ batchMs: 60_000 });
    await look(level(1));
    await look(level(2));
    assert.deepEqual(values(), []);
    await stop();
    assert.deepEqual(values(), [[1, 2]]);
  });

  test('without an account the Ewon is not even asked', async () => {
    const { look, world, values } = telemetry();
    world.isLinked = false;
    await look(level(1), 5);
    assert.equal(world.asked, 0);
    world.isLinked = true;
    await look(level(2));
    assert.deepEqual(values(), [[2]]);
  });

  test('what was collected for an account that was left goes to no other', async () => {
    const { look, world, values } = telemetry({ batchMs: 60_000, heartbeatMs: 600_000 });
    await look(level(1), 3);
    world.isLinked = false;
    await look(level(1), 2);
    world.isLinked = true;
    await look(level(7), 70);
    assert.deepEqual(values()[0], [7]);
  });

  test('what the outbox does not take is told anew when it takes again', async () => {
    const { look, world, values } = telemetry();
    world.outbox = err('STATE_UNWRITABLE', 'disk full');
    await look(level(1), 3);
    world.outbox = ok(undefined);
    await look(level(1));
    await look(level(1));
    assert.deepEqual(values(), [[1]]);
  });

  test('an Ewon that does not answer is told once, asked less and less, and read again when it is back', async () => {
    const { look, world, values, silent } = telemetry();
    await look(SILENT, 300);
    assert.deepEqual(silent, ['FIRMWARE_UNREACHABLE']);
    assert.ok(world.asked <= 9, `${world.asked} questions in 300 s`);
    await look(level(3), 300);
    assert.deepEqual(values()[0], [3]);
    await look(SILENT, 2);
    assert.deepEqual(silent, ['FIRMWARE_UNREACHABLE', 'FIRMWARE_UNREACHABLE']);
  });

  test('after the end nothing is asked', async () => {
    const { look, world, stop } = telemetry();
    await look();
    await stop();
    await look(level(2), 10);
    assert.equal(world.asked, 1);
  });
});
