import { ackTopicFor } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { eventOf, type IngestFixture, openIngestFixture } from '../testing/ingest-fixture.ts';

/** Runs a story on a store of its own. */
function on(story: (fixture: IngestFixture) => Promise<void>, options?: Parameters<typeof openIngestFixture>[0]) {
  return async () => {
    const fixture = await openIngestFixture(options);
    try {
      await story(fixture);
    } finally {
      await fixture.close();
    }
  };
}

suite('events and telemetry', (test) => {
  test(
    'what has come together is one transaction and one acknowledgement for each device and epoch',
    on(
      async ({ take, ingest, acks, ids, hand, accountId, events }) => {
        const [one, two = one] = ids;
        const taken = [1, 2, 3].map((seq) => take(one, 'event', eventOf(seq)));
        taken.push(take(two, 'telemetry', { epoch: 'e1', seq: 1, samples: [{ tag: 'T', value: 1 }] }));
        taken.push(take(one, 'event', eventOf(1, 'e2')), take(one, 'event', eventOf(9)));
        await Promise.all(taken);
        await ingest.settled();
        assert.equal(hand.transactions, 1);
        const topic = (deviceId: typeof one) => ackTopicFor({ accountId, deviceId });
        assert.deepEqual(
          acks.toSorted((a, b) => `${a.topic}${a.epoch}`.localeCompare(`${b.topic}${b.epoch}`)),
          [
            {
              topic: topic(one),
              epoch: 'e1',
              ranges: [
                [1, 3],
                [9, 9],
              ],
            },
            { topic: topic(one), epoch: 'e2', ranges: [[1, 1]] },
            { topic: topic(two), epoch: 'e1', ranges: [[1, 1]] },
          ].toSorted((a, b) => `${a.topic}${a.epoch}`.localeCompare(`${b.topic}${b.epoch}`)),
        );
        assert.deepEqual(await events(), ['e1 1', 'e1 2', 'e1 3', 'e2 1', 'e1 9']);
      },
      { devices: 2 },
    ),
  );

  test(
    'an acknowledgement leaves after the commit: what it names is in the store',
    on(async ({ take, ingest, hand, ids, events }) => {
      const seen: number[] = [];
      hand.publish = async () => void seen.push((await events()).length);
      await take(ids[0], 'event', eventOf(1));
      await ingest.settled();
      assert.deepEqual(seen, [1]);
    }),
  );

  test(
    'again what was there: acknowledged again, kept once, told once; within one transaction as well',
    on(async ({ take, ingest, acks, ids, events, store, bus }) => {
      const told: string[] = [];
      bus.subscribe(({ type }) => void told.push(type));
      const telemetry = { epoch: 'e1', seq: 2, samples: [{ tag: 'T', value: 1 }] };
      for (let round = 0; round < 3; round++) {
        await Promise.all([take(ids[0], 'event', eventOf(1)), take(ids[0], 'event', eventOf(1))]);
        await Promise.all([take(ids[0], 'telemetry', telemetry), take(ids[0], 'telemetry', telemetry)]);
        await ingest.settled();
      }
      assert.ok(acks.length >= 3);
      for (const { ranges } of acks) assert.ok(ranges.every(([from, to]) => from >= 1 && to <= 2));
      assert.deepEqual([await events(), told], [['e1 1'], ['log']]);
      const kept = await store.transact((tx) => tx.telemetry({ deviceId: ids[0], limit: 9 }));
      assert.deepEqual(
        kept.map(({ seq, samples }) => [seq, samples]),
        [[2, [{ tag: 'T', value: 1 }]]],
      );
    }),
  );

  test(
    'more gaps than one acknowledgement has room for: several, together all',
    on(async ({ take, ingest, acks, ids }) => {
      await Promise.all(Array.from({ length: 450 }, (_, i) => take(ids[0], 'event', eventOf(2 * i))));
      await ingest.settled();
      assert.deepEqual(
        acks.map(({ ranges }) => ranges.length),
        [200, 200, 50],
      );
    }),
  );

  test(
    'a stream message with bad content is acknowledged and said once; retained channels are never acknowledged',
    on(async ({ take, ingest, acks, ids, lines, events }) => {
      const bad = Array.from({ length: 5 }, (_, i) => take(ids[0], 'event', { epoch: 'e1', seq: i + 1, text: 7 }));
      const status = { state: 'online', agent: 'a', bootId: 'b', bootCount: 1 };
      await Promise.all([
        ...bad,
        take(ids[0], 'event', eventOf(6)),
        take(ids[0], 'status', { epoch: 'e1', seq: 7, ...status }),
      ]);
      await ingest.settled();
      assert.deepEqual(
        acks.map(({ ranges }) => ranges),
        [[[1, 6]]],
      );
      assert.equal((await events())[0], 'e1 6');
      assert.equal(lines.filter((line) => line.includes('message ignored')).length, 1);
    }),
  );

  test(
    'a device that is not linked is not acknowledged, good or bad',
    on(async ({ take, ingest, acks, ids, store, events }) => {
      await store.transact((tx) => tx.updateEwon(ids[0], { link: 'removed' }));
      await Promise.all([take(ids[0], 'event', eventOf(1)), take(ids[0], 'event', { epoch: 'e1', seq: 2 })]);
      await ingest.settled();
      assert.deepEqual([acks, await events()], [[], []]);
    }),
  );

  test(
    'an epoch that was over before is taken and acknowledged, and does not make the running one late',
    on(async ({ take, ingest, acks, ids, store }) => {
      const status = { state: 'online', agent: 'a', bootId: 'b', bootCount: 1 };
      await take(ids[0], 'status', { epoch: 'new', seq: 1, ...status });
      await take(ids[0], 'event', eventOf(900, 'old'));
      await take(ids[0], 'status', { epoch: 'new', seq: 2, ...status, state: 'offline' });
      await ingest.settled();
      assert.deepEqual(
        [acks.map(({ epoch }) => epoch), await store.transact((tx) => tx.epochsOf(ids[0]))],
        [['old'], ['new']],
      );
      assert.equal((await store.transact((tx) => tx.ewon(ids[0])))?.online, false);
    }),
  );

  test(
    'an acknowledgement that cannot be sent is given up and holds nothing up; said once down and once up',
    on(async ({ take, ingest, acks, ids, hand, lines }) => {
      hand.publish = async () => Promise.reject(new Error('no broker'));
      for (const seq of [1, 2]) {
        await take(ids[0], 'event', eventOf(seq));
        await ingest.settled();
      }
      hand.publish = async () => {};
      await take(ids[0], 'event', eventOf(1));
      await ingest.settled();
      assert.deepEqual(
        acks.map(({ ranges }) => ranges),
        [[[1, 1]]],
      );
      assert.equal(lines.filter((line) => line.includes('acknowledgements')).length, 2);
    }),
  );

  test(
    'a device that takes no acknowledgement holds up no other; what it missed is told together',
    on(
      async ({ take, ingest, acks, ids, hand }) => {
        const [stuck, other = stuck] = ids;
        const gate = Promise.withResolvers<void>();
        let first = true;
        hand.publish = async () => {
          const mine = first;
          first = false;
          if (mine) await gate.promise;
        };
        await take(stuck, 'event', eventOf(1));
        while (first) await new Promise(setImmediate);
        for (const seq of [2, 3]) {
          const heard = acks.length;
          await Promise.all([take(stuck, 'event', eventOf(seq)), take(other, 'event', eventOf(seq))]);
          while (acks.length === heard) await new Promise(setImmediate);
        }
        assert.ok(acks.every(({ topic }) => topic.includes(other)));
        gate.resolve();
        await ingest.settled();
        const late = acks.filter(({ topic }) => topic.includes(stuck)).map(({ ranges }) => ranges);
        assert.deepEqual(late, [[[1, 1]], [[2, 3]]]);
      },
      { devices: 2 },
    ),
  );
});
