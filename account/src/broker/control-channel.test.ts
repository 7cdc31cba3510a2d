import { assert, rejects, suite } from '@ewon-agent/contracts/testing';
import { createControlChannel } from './control-channel.ts';

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const list = [{ command: 'listClients' }];

suite('control channel', (test) => {
  test('answers go to their request by number; the next request waits for the answer of the one before', async () => {
    const sent: string[] = [];
    const channel = createControlChannel(async (payload) => void sent.push(payload), 5000);
    const first = channel.request(list, 'throw');
    const second = channel.request([{ command: 'getRole' }], 'throw');
    await Promise.resolve().then(() => {});
    assert.deepEqual(
      sent.map((s) => JSON.parse(s)),
      [{ commands: [{ command: 'listClients', correlationData: '1' }] }],
    );
    channel.answered(bytes({ responses: [{ command: 'listClients', correlationData: '0' }] })); // of an earlier life
    channel.answered(bytes('noise'));
    channel.answered(bytes({ responses: [{ command: 'listClients', correlationData: '1' }] }));
    assert.deepEqual(await first, [{ command: 'listClients', correlationData: '1' }]);
    await new Promise(setImmediate);
    channel.answered(bytes({ responses: [{ command: 'getRole', correlationData: '2' }] }));
    assert.equal((await second)[0]?.command, 'getRole');
  });

  test('a refused command throws, or is returned when that is asked for', async () => {
    const channel = createControlChannel(async () => {}, 5000);
    const refused = channel.request(list, 'throw');
    await new Promise(setImmediate);
    channel.answered(bytes({ responses: [{ command: 'listClients', correlationData: '1', error: 'no' }] }));
    await rejects(() => refused, 'UPLINK_REFUSED');
    const returned = channel.request(list, 'return');
    await new Promise(setImmediate);
    channel.answered(bytes({ responses: [{ command: 'listClients', correlationData: '2', error: 'no' }] }));
    assert.equal((await returned)[0]?.error, 'no');
  });

  test('a lost connection, no answer in time and a failed send are told; the channel goes on', async () => {
    let fails = false;
    const channel = createControlChannel(async () => {
      if (fails) throw Object.assign(new Error('offline'), { code: 'UPLINK_UNREACHABLE' });
    }, 20);
    const lost = channel.request(list, 'throw');
    await new Promise(setImmediate);
    channel.lost();
    await rejects(() => lost, 'UPLINK_UNREACHABLE');
    // AbortSignal.timeout does not keep a process alive; the connection does, outside this test
    const alive = setInterval(() => {}, 1000);
    await rejects(() => channel.request(list, 'throw'), 'UPLINK_UNREACHABLE');
    clearInterval(alive);
    fails = true;
    await rejects(() => channel.request(list, 'throw'), 'UPLINK_UNREACHABLE');
    fails = false;
    const good = channel.request(list, 'throw');
    await new Promise(setImmediate);
    channel.answered(bytes({ responses: [{ command: 'listClients', correlationData: '4' }] }));
    assert.equal((await good).length, 1);
  });

  test('no commands: nothing is sent', async () => {
    const channel = createControlChannel(() => Promise.reject(new Error('sent')), 20);
    assert.deepEqual(await channel.request([], 'throw'), []);
  });
});
