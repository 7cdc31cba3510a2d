import {
  type CommandId,
  type CommandStateMessage,
  commandIdFrom,
  commandStateTopicFor,
  type DeviceId,
  toUtf8,
} from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { Change } from '../bus.ts';
import { type IngestFixture, openIngestFixture } from '../testing/ingest-fixture.ts';
import { commandRecord } from '../testing/records.ts';

/** Runs a story with two linked Ewons and a command to the first. */
function on(story: (house: Awaited<ReturnType<typeof openHouse>>) => Promise<void>) {
  return async () => {
    const house = await openHouse();
    try {
      await story(house);
    } finally {
      await house.fixture.close();
    }
  };
}

type Said = Partial<Pick<CommandStateMessage, 'id' | 'reason' | 'detail' | 'result'>> & {
  readonly topic?: CommandId;
  readonly from?: DeviceId;
};

async function openHouse() {
  const fixture: IngestFixture = await openIngestFixture({ devices: 2 });
  const [one, two = one] = fixture.ids;
  const record = commandRecord({ deviceId: one });
  await fixture.store.transact((tx) => tx.insertCommand(record));
  const told: Change[] = [];
  fixture.bus.subscribe((change) => void told.push(change));
  let seq = 0;
  const say = async (state: string, more: Said = {}) => {
    const { topic = record.commandId, from = one, ...members } = more;
    const body = {
      v: 1,
      at: '2026-03-01T12:00:00.000Z',
      epoch: 'e',
      seq: ++seq,
      id: record.commandId,
      state,
      ...members,
    };
    const address = { accountId: fixture.accountId, deviceId: from };
    await fixture.ingest.take(commandStateTopicFor(address, topic), toUtf8(JSON.stringify(body)));
    await fixture.ingest.settled();
  };
  const stands = () => fixture.store.transact((tx) => tx.command(record.commandId));
  return { fixture, record, one, two, told, say, stands };
}

suite('states of commands', (test) => {
  test(
    'they are taken as they come, told to who listens, and the end is logged once',
    on(async ({ fixture, say, stands, told }) => {
      for (const state of ['init', 'scheduled', 'executing']) await say(state);
      await say('failed', { reason: 'COMMAND_TIMEOUT', detail: '10 s' });
      await say('failed', { reason: 'COMMAND_TIMEOUT', detail: '10 s' });
      const { state, reason, detail, saidBy } = (await stands()) ?? {};
      assert.deepEqual([state, reason, detail, saidBy], ['failed', 'COMMAND_TIMEOUT', '10 s', 'device']);
      assert.equal(told.filter(({ type }) => type === 'command').length, 4);
      assert.equal((await fixture.events()).filter((line) => line.includes('COMMAND_TIMEOUT')).length, 1);
      assert.deepEqual(fixture.acks, [], 'a state is no message of a stream');
    }),
  );

  test(
    'late and out of order: never backwards',
    on(async ({ say, stands }) => {
      await say('executing');
      await say('scheduled');
      assert.equal((await stands())?.state, 'executing');
      await say('successful', { result: { a: 1 } });
      await say('failed', { reason: 'COMMAND_TIMEOUT' });
      assert.deepEqual([(await stands())?.state, (await stands())?.result], ['successful', { a: 1 }]);
    }),
  );

  test(
    'the end is taken from the broker, each time it is told: the Ewon has not heard of it yet',
    on(async ({ fixture, record, one, say }) => {
      await say('executing');
      assert.deepEqual(fixture.ended, []);
      for (let i = 0; i < 2; i++) await say('successful');
      assert.deepEqual(fixture.ended, new Array(2).fill({ deviceId: one, commandId: record.commandId }));
    }),
  );

  test(
    'of a command that is not there: nothing is kept, and it is taken from the broker',
    on(async ({ fixture, one, say }) => {
      const id = commandIdFrom(new Uint8Array(17).fill(200));
      await say('successful', { id, topic: id });
      assert.deepEqual(fixture.ended, [{ deviceId: one, commandId: id }]);
    }),
  );

  test(
    'another Ewon, another topic, something else, nothing at all: the command stands as it stood',
    on(async ({ fixture, record, two, say, stands }) => {
      await say('successful', { from: two });
      await say('successful', { topic: commandIdFrom(new Uint8Array(17).fill(200)) });
      await say('done');
      const topic = commandStateTopicFor({ accountId: fixture.accountId, deviceId: record.deviceId }, record.commandId);
      await fixture.ingest.take(topic, new Uint8Array());
      await fixture.ingest.settled();
      assert.deepEqual(await stands(), record);
    }),
  );
});
