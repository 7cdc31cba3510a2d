import { assert, suite } from '@ewon-agent/contracts/testing';
import { type IPublishPacket, type Packet, parser } from 'mqtt-packet';
import { createPublisher } from './mqtt-publish.ts';

/** A publisher whose pieces are read as a broker does. */
function createScene(ids: Iterable<number> = Array.from({ length: 100 }, (_, at) => at + 1)) {
  const pieces: IPublishPacket[][] = [];
  const given = ids[Symbol.iterator]();
  const publisher = createPublisher({
    version: 5,
    takeId: () => given.next().value ?? 0,
    write(piece) {
      const read: IPublishPacket[] = [];
      const reader = parser({ protocolVersion: 5 });
      reader.on('packet', (packet: Packet) => void (packet.cmd === 'publish' && read.push(packet)));
      assert.equal(reader.parse(piece), 0, 'a piece that ends within a packet');
      pieces.push(read);
    },
  });
  const answers: string[] = [];
  const publish = (payload: string) =>
    publisher.publish({ topic: 't', payload, retain: false }, (refused) => void answers.push(`${payload} ${refused}`));
  const puback = (messageId: number, reasonCode?: number) =>
    publisher.answered({ cmd: 'puback', messageId, ...(reasonCode !== undefined && { reasonCode }) });
  const written = () => pieces.splice(0).map((piece) => piece.map(({ payload }) => String(payload)));
  return { publisher, publish, puback, answers, written, pieces };
}

const turnOver = () => new Promise((resolve) => setImmediate(resolve));

suite('messages of QoS 1 past MQTT.js', (test) => {
  test('what is sent in one turn leaves in one piece and in its order, whatever microtasks are between', async () => {
    const { publish, written } = createScene();
    publish('a');
    await Promise.resolve();
    publish('b');
    assert.deepEqual(written(), []);
    await turnOver();
    assert.deepEqual(written(), [['a', 'b']]);
    publish('c');
    await turnOver();
    assert.deepEqual(written(), [['c']]);
  });

  test('a piece that is large does not wait for the end of the turn', () => {
    const { publish, written } = createScene();
    publish('a');
    publish('x'.repeat(64 * 1024));
    assert.deepEqual(
      written().map((piece) => piece.length),
      [2],
    );
  });

  test('flush writes at once, and nothing a second time', async () => {
    const { publisher, publish, written } = createScene();
    publish('a');
    publisher.flush();
    publisher.flush();
    await turnOver();
    assert.deepEqual(written(), [['a']]);
  });

  test('they go with QoS 1 and a packet id each, and an answer is for the one with its id, once', () => {
    const { publisher, publish, puback, answers, pieces } = createScene();
    for (const payload of ['a', 'b', 'c']) publish(payload);
    publisher.flush();
    assert.deepEqual(
      pieces.flat().map(({ qos, messageId, dup }) => [qos, messageId, dup]),
      [1, 2, 3].map((id) => [1, id, false]),
    );
    assert.deepEqual(
      [puback(2), puback(2), puback(77), puback(3, 0x10), puback(1, 0x97)],
      [true, false, false, true, true],
    );
    assert.deepEqual(answers, ['b undefined', 'c undefined', `a ${0x97}`]);
  });

  test('a packet id that still waits for its answer is not given again', () => {
    const { publisher, publish, puback, pieces } = createScene([1, 2, 1, 3, 1]);
    for (const payload of ['a', 'b', 'c']) publish(payload);
    puback(1);
    publish('d');
    publisher.flush();
    assert.deepEqual(
      pieces.flat().map(({ messageId }) => messageId),
      [1, 2, 3, 1],
    );
  });

  test('other packets are no answers', () => {
    const { publisher, publish, answers } = createScene();
    publish('a');
    assert.equal(publisher.answered({ cmd: 'suback', messageId: 1, granted: [1] }), false);
    assert.equal(publisher.answered({ cmd: 'pingresp' }), false);
    assert.deepEqual(answers, []);
    publisher.flush();
  });
});
