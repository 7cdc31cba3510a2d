import { topicFor, toUtf8, UP_CHANNELS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { testDevices } from '../testing/test-pki.ts';
import { isStream, readUp } from './up-message.ts';

suite('message of a device', (test) => {
  const [device] = testDevices(1);
  if (!device) throw new Error('this is a bug');
  const { accountId, deviceId } = device;
  const head = { v: 1, at: '2026-03-01T12:00:00.000Z', epoch: 'e', seq: 3 };
  const read = (channel: (typeof UP_CHANNELS)[number], body: object | string) =>
    readUp(accountId, topicFor(device, channel), toUtf8(typeof body === 'string' ? body : JSON.stringify(body)));
  const ignored = (channel: (typeof UP_CHANNELS)[number], body: object | string) => {
    const done = read(channel, body);
    return done.ok ? undefined : done.ignored;
  };

  test('telemetry is read with its place', () => {
    const samples = [{ tag: 'T', value: 1 }];
    const body = { ...head, samples };
    const message = { channel: 'telemetry', body } as const;
    assert.deepEqual(read('telemetry', body), {
      ok: true,
      value: { deviceId, place: { epoch: 'e', seq: 3 }, message },
    });
  });

  test('of a stream the place is told even where the content is bad; of a channel of the newest it is not', () => {
    for (const channel of UP_CHANNELS) {
      const told = ignored(channel, { epoch: 'e', seq: 3, nonsense: true });
      assert.deepEqual([told?.why, told?.place], ['content', isStream(channel) ? { epoch: 'e', seq: 3 } : undefined]);
    }
  });

  for (const [name, body] of [
    ['no JSON', '{'],
    ['no number', { epoch: 'e' }],
    ['a number below 0', { epoch: 'e', seq: -1 }],
    ['a number no longer exact', '{"epoch":"e","seq":9007199254740993}'],
    ['an epoch longer than it may be', { epoch: 'e'.repeat(41), seq: 1 }],
  ] as const)
    test(`${name}: ignored without a place`, () => {
      const told = ignored('event', body);
      assert.deepEqual([told?.why, told?.deviceId, told?.place], ['content', deviceId, undefined]);
    });

  test('another account and another topic', () => {
    const [other] = testDevices(1);
    if (!other) throw new Error('this is a bug');
    const done = readUp(accountId, topicFor(other, 'event'), toUtf8(JSON.stringify(head)));
    assert.deepEqual([!done.ok && done.ignored.why, !done.ok && done.ignored.place], ['account', undefined]);
    const stray = readUp(accountId, 'some/topic', toUtf8('{}'));
    assert.equal(!stray.ok && stray.ignored.why, 'topic');
  });
});
