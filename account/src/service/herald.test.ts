import { assert, suite } from '@ewon-agent/contracts/testing';
import type { DownMessage } from '../ports/broker.ts';
import { createHerald } from './herald.ts';

function heraldThat(answers: (message: DownMessage) => Promise<void>) {
  const sent: string[] = [];
  const lines: string[] = [];
  const herald = createHerald({
    publish: async (message) => {
      await answers(message);
      assert.deepEqual([message.qos, message.retain], [1, true]);
      sent.push(`${message.topic} ${message.payload}`);
    },
    log: { write: (_, __, text) => void lines.push(text) },
  });
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { herald, sent, lines, turn };
}

suite('herald', (test) => {
  test('what is to be kept is told, one after another; of one topic the last word', async () => {
    const { herald, sent, turn } = heraldThat(async () => {});
    herald.keep('a', '1');
    herald.keep('b', '1');
    herald.keep('a', '2');
    await turn();
    assert.deepEqual(sent, ['b 1', 'a 2']);
  });

  test('what changes while it is on its way is told again', async () => {
    const way = Promise.withResolvers<void>();
    let first = true;
    const { herald, sent, turn } = heraldThat(async () => {
      if (first) await way.promise;
      first = false;
    });
    herald.keep('a', '1');
    await turn();
    herald.keep('a', '2');
    way.resolve();
    await turn();
    assert.deepEqual(sent, ['a 1', 'a 2']);
  });

  test('a broker that is away is told when it is back; down and up are said once each', async () => {
    let isAway = true;
    const { herald, sent, lines, turn } = heraldThat(async () => {
      if (isAway) throw new Error('away');
    });
    herald.keep('a', '1');
    await turn();
    herald.keep('b', '');
    await turn();
    assert.deepEqual(sent, []);
    isAway = false;
    herald.retry();
    await turn();
    assert.deepEqual(
      [sent, lines],
      [
        ['a 1', 'b '],
        ['orders not sent', 'orders sent again'],
      ],
    );
    herald.retry();
    await turn();
    assert.equal(sent.length, 2, 'nothing is told twice');
  });
});
