import {
  type AckMessage,
  accountIdFrom,
  deviceIdFrom,
  err,
  type OutboxEntry,
  ok,
  type Result,
  type UplinkMessage,
} from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { testClock } from '../testing/test-clock.ts';
import { startSender } from './sender.ts';

const address = {
  accountId: accountIdFrom(new Uint8Array(17).fill(1)),
  deviceId: deviceIdFrom(new Uint8Array(17).fill(2)),
};
const entry = (place: number, more: Partial<OutboxEntry> = {}): OutboxEntry => ({
  ...{ place, epoch: 'e', seq: place, kind: 'event', atMs: 0, body: `{"n":${place}}` },
  ...more,
});

/** What was answered has been taken note of. */
const answered = () => new Promise((resolve) => setImmediate(resolve));

/** A message as `n`, or `historical n`. */
function wordOf({ payload }: UplinkMessage): string {
  const { n, historical } = JSON.parse(payload);
  return `${historical ? 'historical ' : ''}${n}`;
}

/** A sender on an outbox in memory and a session whose acknowledgements the test gives. */
function createScene(waiting: OutboxEntry[]) {
  const { clock, pass } = testClock();
  const sent: { message: UplinkMessage; answer: (result: Result<void>) => void }[] = [];
  const removed: (readonly [string, unknown])[] = [];
  const told: string[] = [];
  const session = {
    send: (message: UplinkMessage) => new Promise<Result<void>>((answer) => void sent.push({ message, answer })),
    close: async () => {},
  };
  let accepted: (some: readonly OutboxEntry[]) => void = () => {};
  const begin = () =>
    startSender({
      port: {
        epoch: 'e',
        waiting: (after, limit) => waiting.filter(({ place }) => place > after).slice(0, limit),
        remove(epoch, ranges) {
          removed.push([epoch, ranges]);
          const isIn = ({ seq }: OutboxEntry) => ranges.some(([from, to]) => from <= seq && seq <= to);
          waiting.splice(0, waiting.length, ...waiting.filter((one) => one.epoch !== epoch || !isIn(one)));
          return ok(undefined);
        },
      },
      onAccepted(tell) {
        accepted = tell;
        return () => {
          accepted = () => {};
        };
      },
      clock,
      log: { write: (_level, _area, text) => void told.push(text) },
      address,
      session,
      sinceSeq: 4,
    });
  const payloads = () => sent.splice(0).map(({ message }) => wordOf(message));
  const ack = (ranges: AckMessage['ranges'], epoch = 'e'): AckMessage => ({ v: 1, epoch, ranges });
  return { pass, begin, sent, payloads, removed, told, ack, waiting, accept: (one: OutboxEntry) => accepted([one]) };
}

suite('sender', (test) => {
  test('what waits goes out on its channels; what is accepted meanwhile follows', async () => {
    const { begin, sent, accept } = createScene([
      entry(1),
      entry(2, { kind: 'telemetry' }),
      entry(3, { kind: 'alarm' }),
    ]);
    begin();
    accept(entry(4));
    assert.deepEqual(
      sent.map(({ message }) => [message.topic.split('/').at(-1), wordOf(message), message.qos, message.retain]),
      [
        ['event', 'historical 1', 1, false],
        ['telemetry', 'historical 2', 1, false],
        ['event', 'historical 3', 1, false],
        ['event', '4', 1, false],
      ],
    );
  });

  test('a message stays until the account has committed it; the acknowledgement of the broker is not that', async () => {
    const { pass, begin, sent, removed, ack, waiting } = createScene([entry(1), entry(2)]);
    const sender = begin();
    for (const { answer } of sent) answer(ok(undefined));
    await answered();
    pass(1000);
    assert.equal(waiting.length, 2);
    sender.acknowledged(ack([[1, 2]]));
    pass(200);
    assert.deepEqual(removed, [['e', [[1, 2]]]]);
    sender.acknowledged(ack([[1, 2]]));
    pass(200);
    assert.equal(removed.length, 1);
  });

  test('what is acknowledged within a moment leaves the disk at once, and is not sent again before', async () => {
    const { pass, begin, sent, payloads, removed, ack } = createScene([entry(1), entry(2), entry(3)]);
    const sender = begin();
    for (const { answer } of sent) answer(ok(undefined));
    await answered();
    payloads();
    sender.acknowledged(ack([[1, 1]]));
    sender.acknowledged(ack([[3, 3]]));
    assert.deepEqual(removed, []);
    pass(200);
    assert.deepEqual(removed, [
      [
        'e',
        [
          [1, 1],
          [3, 3],
        ],
      ],
    ]);
    pass(31_000);
    assert.deepEqual(payloads(), ['historical 2']);
    sender.acknowledged(ack([[2, 2]]));
    sender.stop();
    assert.equal(removed.length, 2, 'a session that ends keeps nothing back');
  });

  test('an account that is silent for half a minute is sent the same again, then ever later; one that answers is not', async () => {
    const { pass, begin, payloads, told, ack } = createScene([entry(1), entry(2)]);
    const sender = begin();
    assert.equal(payloads().length, 2);
    pass(29_000);
    assert.deepEqual(payloads(), []);
    pass(2000);
    assert.deepEqual(payloads(), ['historical 1', 'historical 2']);
    pass(58_000);
    assert.deepEqual(payloads(), []);
    pass(3000);
    assert.equal(payloads().length, 2);
    assert.equal(told.length, 2);
    sender.acknowledged(ack([[1, 2]]));
    pass(3_600_000);
    assert.deepEqual(payloads(), []);
  });

  test('a message that no broker takes is given up, and does not stand in the way', async () => {
    const { begin, sent, removed, told } = createScene([entry(1), entry(2)]);
    begin();
    sent[0]?.answer(err('BAD_REQUEST', 'a message of 300000 bytes'));
    await answered();
    assert.deepEqual(removed, [['e', [[1, 1]]]]);
    assert.ok(told.some((text) => /given up/.test(text)));
  });

  test('after the end nothing is sent and nothing removed', async () => {
    const { pass, begin, payloads, removed, ack, accept, sent } = createScene([entry(1)]);
    const sender = begin();
    const [first] = sent;
    payloads();
    sender.stop();
    first?.answer(err('UPLINK_UNREACHABLE', 'cut'));
    accept(entry(2));
    sender.acknowledged(ack([[1, 1]]));
    pass(3_600_000);
    assert.deepEqual([payloads(), removed], [[], []]);
  });
});
