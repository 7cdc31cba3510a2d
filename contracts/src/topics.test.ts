import fc from 'fast-check';
import { accountIdFrom, commandIdFrom, deviceIdFrom } from './ids.ts';
import { assert, assertFault, assertOk, suite } from './testing/suite.ts';
import {
  ackTopicFor,
  CHANNELS,
  channelOf,
  commandStateFilterFor,
  commandStateOf,
  commandStateTopicFor,
  commandTopicFor,
  downFilterFor,
  downSubjectOf,
  policyTopicFor,
  topicFor,
  topicPrefixFor,
  UP_CHANNELS,
  UP_FILTERS,
} from './topics.ts';

const address = {
  accountId: accountIdFrom(new Uint8Array(17).fill(1)),
  deviceId: deviceIdFrom(new Uint8Array(17).fill(2)),
};
const command = commandIdFrom(new Uint8Array(17).fill(3));
const bytes17 = fc.uint8Array({ minLength: 17, maxLength: 17 });
const addresses = fc
  .tuple(bytes17, bytes17)
  .map(([a, d]) => ({ accountId: accountIdFrom(a), deviceId: deviceIdFrom(d) }));

suite('topics', (test) => {
  test('a topic is the prefix, up, and the channel', () => {
    assert.equal(
      topicFor(address, 'status'),
      'ewon/v1/a_aeaqcaibaeaqcaibaeaqcaibae/d_aibaeaqcaibaeaqcaibaeaqcai/up/status',
    );
    assert.equal(topicPrefixFor(address), topicFor(address, 'event').slice(0, -'/up/event'.length));
  });

  test('what the account sends lies below what a device subscribes to, and is no channel of a device', () => {
    assert.equal(ackTopicFor(address), `${topicPrefixFor(address)}/down/ack`);
    assert.ok(ackTopicFor(address).startsWith(downFilterFor(address).replace('#', '')));
    assertFault(channelOf(ackTopicFor(address)), 'BAD_REQUEST');
  });

  test('what the account sends is told apart by its topic, whole and of this device only', () => {
    const mine = (topic: string) => downSubjectOf(address, topic);
    assert.deepEqual(mine(ackTopicFor(address)), { is: 'ack' });
    assert.deepEqual(mine(policyTopicFor(address)), { is: 'policy' });
    assert.deepEqual(mine(commandTopicFor(address, command)), { is: 'command', id: command });
    const other = { ...address, deviceId: deviceIdFrom(new Uint8Array(17).fill(9)) };
    for (const topic of [
      ...[policyTopicFor(other), commandTopicFor(other, command), `${commandTopicFor(address, command)}/x`],
      ...[`${topicPrefixFor(address)}/down/cmd/x`, `${topicPrefixFor(address)}/down/cmd`, `x/${command}`, ''],
    ])
      assert.equal(mine(topic), undefined, topic);
  });

  test('the topic of a state and its command are inverses, and no channel', () => {
    const topic = commandStateTopicFor(address, command);
    assert.deepEqual(assertOk(commandStateOf(topic)), { ...address, commandId: command });
    assertFault(channelOf(topic), 'BAD_REQUEST');
    for (const other of [
      ...[`${topic}/x`, `/${topic}`, topic.replace('/up/', '/down/'), topic.replace('cmd', 'status')],
      ...[good, topic.replace(command, 'c_x'), topic.replace(command, '+'), topic.slice(0, -command.length)],
    ])
      assertFault(commandStateOf(other), 'BAD_REQUEST');
  });

  test('topicFor and channelOf are inverses, from left to right', () => {
    fc.assert(
      fc.property(addresses, fc.constantFrom(...UP_CHANNELS), (who, channel) => {
        assert.deepEqual(assertOk(channelOf(topicFor(who, channel))), { ...who, channel });
      }),
    );
  });

  test('topicFor and channelOf are inverses, from right to left', () => {
    const piece = fc.constantFrom(
      'ewon',
      'v1',
      address.accountId,
      address.deviceId,
      'up',
      'down',
      'status',
      'event',
      '',
      '+',
      '#',
    );
    const near = fc.array(piece, { minLength: 5, maxLength: 7 }).map((pieces) => pieces.join('/'));
    const edited = fc.tuple(fc.nat(90), fc.string({ maxLength: 2 })).map(([at, text]) => {
      const topic = topicFor(address, 'status');
      return topic.slice(0, at) + text + topic.slice(at);
    });
    fc.assert(
      fc.property(fc.oneof(near, edited, fc.string()), (topic) => {
        const read = channelOf(topic);
        if (read.ok) assert.equal(topicFor(read.value, read.value.channel), topic);
        else assertFault(read, 'BAD_REQUEST');
      }),
      { numRuns: 3000 },
    );
  });

  const good = topicFor(address, 'status');
  const hostile = {
    nothing: '',
    'the prefix alone': topicPrefixFor(address),
    'a slash in front': `/${good}`,
    'a slash behind': `${good}/`,
    'a level more': `${good}/x`,
    'a doubled slash': good.replace('/up/', '//up/'),
    'another version': good.replace('v1', 'v2'),
    'the down side': good.replace('/up/', '/down/'),
    'a channel we do not have': good.replace('status', 'video'),
    'a channel from Object.prototype': good.replace('status', 'constructor'),
    'a channel in capitals': good.replace('status', 'STATUS'),
    'a wildcard for the device': good.replace(address.deviceId, '+'),
    'a wildcard for the channel': good.replace('status', '#'),
    'account and device changed over': `ewon/v1/${address.deviceId}/${address.accountId}/up/status`,
    'a line end': `${good}\n`,
    'a NUL': `${good}\0`,
    'a shared subscription': `$share/g/${good}`,
    'the broker itself': '$SYS/broker/clients',
    'dots that lead up': good.replace('/up/', '/../'),
  };
  for (const [name, topic] of Object.entries(hostile)) {
    test(`${name} is no topic of ours`, () => void assertFault(channelOf(topic), 'BAD_REQUEST'));
  }

  test('a fault shows at most 120 characters of a topic', () => {
    assert.ok(assertFault(channelOf('x/'.repeat(30_000)), 'BAD_REQUEST').detail.length <= 126);
  });

  test('every topic is one that the account subscribes to, and none that a device may subscribe to', () => {
    const isIn = (topic: string, filter: string) => {
      const [levels, wanted] = [topic.split('/'), filter.split('/')];
      return levels.length === wanted.length && wanted.every((level, i) => level === '+' || level === levels[i]);
    };
    for (const topic of [good, commandStateTopicFor(address, command)])
      assert.equal(UP_FILTERS.filter((filter) => isIn(topic, filter)).length, 1, topic);
    assert.ok(isIn(commandStateTopicFor(address, command), commandStateFilterFor(address)));
    assert.ok(!good.startsWith(downFilterFor(address).replace('#', '')));
  });

  test('every channel is sent so that the broker acknowledges it, and only streams are not retained', () => {
    assert.deepEqual(Object.keys(CHANNELS).sort(), [...UP_CHANNELS].sort());
    for (const channel of UP_CHANNELS) {
      assert.deepEqual(CHANNELS[channel], { qos: 1, retain: !['event', 'telemetry'].includes(channel) }, channel);
    }
  });
});
