import {
  ackTopicFor,
  commandIdFrom,
  commandStateTopicFor,
  type DeviceAddress,
  downFilterFor,
  topicFor,
  topicPrefixFor,
} from '@ewon-agent/contracts';
import { assert, eventually, rejects, suite } from '@ewon-agent/contracts/testing';
import { silentLog } from '../testing/acl-suite.ts';
import { startMosquitto, type TestMosquitto } from '../testing/mosquitto.ts';
import { probe } from '../testing/mqtt-probe.ts';
import { createTestPki, type Identity, type TestPki, testDevices } from '../testing/test-pki.ts';
import { connectMosquitto, type MosquittoOptions } from './broker-mosquitto.ts';
import { ACCOUNT_RIGHTS, initialDynamicSecurity } from './mosquitto-config.ts';

const needs = ['mosquitto', 'mosquitto_dynamic_security.so'] as const;

suite('Mosquitto as the broker', { needs, timeoutMs: 120_000 }, (test) => {
  let pki: TestPki;
  let mosquitto: TestMosquitto;
  let device: DeviceAddress;
  let identity: Identity;

  test.before.each(async () => {
    pki = await createTestPki();
    mosquitto = await startMosquitto(pki);
    [device] = testDevices(1) as [DeviceAddress];
    identity = await pki.device(device);
  });
  test.after.each(() => mosquitto.stop());

  const start = (more: Partial<MosquittoOptions> = {}) =>
    connectMosquitto({
      url: mosquitto.url,
      ca: pki.serverCa.pem,
      certificate: pki.account.certificate,
      privateKey: pki.account.privateKey,
      onMessage: () => {},
      log: silentLog,
      ...more,
    });
  /** What Mosquitto says of it on stderr comes on another way than its answers. */
  const created = () => mosquitto.log.filter((line) => line.includes('createRole')).length;
  const connect = async () => {
    const outcome = await probe({
      url: mosquitto.url,
      serverCa: pki.serverCa.pem,
      identity,
      clientId: device.deviceId,
      protocolVersion: 5,
    });
    if (!outcome.ok) throw new Error(`refused: ${outcome.reason}`);
    return outcome.probe;
  };

  test('admit twice is one set of rights, and the second does not disconnect the device', async () => {
    const broker = await start();
    await broker.admit(device);
    const p = await connect();
    await broker.admit(device);
    assert.equal(await p.publish(topicFor(device, 'event'), 'still allowed'), 'acked');
    await eventually(() => created() >= 1, { what: 'told on stderr' });
    assert.equal(created(), 1);
    await p.leave('orderly');
    await broker.close();
  });

  test('a device of which Mosquitto has a role alone, and a wrong one, is made whole when it is admitted', async () => {
    await mosquitto.stop();
    const before = JSON.parse(initialDynamicSecurity());
    before.roles.push({ rolename: device.deviceId, acls: [] });
    mosquitto = await startMosquitto(pki, JSON.stringify(before));
    const broker = await start();
    await broker.admit(device);
    const p = await connect();
    assert.equal(await p.publish(topicFor(device, 'event'), 'allowed'), 'acked');
    await p.leave('orderly');
    await broker.close();
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    test(`Mosquitto ended by ${signal} and started again: we are back by ourselves, rights hold, messages come`, async () => {
      const taken: string[] = [];
      const broker = await start({ onMessage: (_topic, payload) => void taken.push(Buffer.from(payload).toString()) });
      await broker.admit(device);
      await mosquitto.restart(signal);
      const p = await connect();
      // a killed Mosquitto has forgotten our subscription: what it acknowledges until we are back is lost, which is why
      // only `down/ack` lets a device forget
      const again = () => p.publish(topicFor(device, 'event'), 'after the restart').then(() => taken.length > 0);
      await eventually(again, { what: 'the message' });
      await p.leave('orderly');
      await broker.close();
    });
  }

  test('one that an earlier release set up: the account gives itself what it lacks, and hears the states of commands', async () => {
    await mosquitto.stop();
    const before = JSON.parse(initialDynamicSecurity());
    const [role] = before.roles;
    role.acls = role.acls.filter(({ topic }: { topic: string }) => !topic.includes('up/cmd'));
    assert.equal(role.acls.length, ACCOUNT_RIGHTS.length - 2, 'the test takes something away');
    mosquitto = await startMosquitto(pki, JSON.stringify(before));
    const taken: string[] = [];
    const broker = await start({ onMessage: (topic) => void taken.push(topic) });
    await broker.admit(device);
    const p = await connect();
    const topic = commandStateTopicFor(device, commandIdFrom(new Uint8Array(17)));
    assert.equal(await p.publish(topic, 'state', { retain: true }), 'acked');
    await eventually(() => taken.includes(topic), { what: 'the state' });
    await p.leave('orderly');
    await broker.close();
  });

  test('one that comes back is told of as there again, and not at the first connection', async () => {
    let times = 0;
    const broker = await start({ connected: () => void times++ });
    assert.equal(times, 0);
    await mosquitto.restart('SIGKILL');
    await eventually(() => times === 1, { what: 'told' });
    await broker.close();
  });

  test('what devices send while the account is away waits for it, in order', async () => {
    const first = await start();
    await first.admit(device);
    await first.close();
    const p = await connect();
    const texts = Array.from({ length: 500 }, (_, i) => `n ${i}`);
    await Promise.all(texts.map((text) => p.publish(topicFor(device, 'event'), text)));
    const taken: string[] = [];
    const second = await start({ onMessage: (_topic, payload) => void taken.push(Buffer.from(payload).toString()) });
    await eventually(() => taken.length >= texts.length, { what: 'all messages' });
    assert.deepEqual(taken, texts);
    await p.leave('orderly');
    await second.close();
  });

  test('a message the account does not take comes again, and nothing overtakes it', async () => {
    const taken: string[] = [];
    let refusals = 2;
    const broker = await start({
      onMessage: async (_topic, payload) => {
        const text = Buffer.from(payload).toString();
        if (text === 'b' && refusals > 0) {
          refusals -= 1;
          await new Promise(setImmediate); // long enough for an acknowledgement to leave, were there one
          throw new Error('disk full');
        }
        taken.push(text);
      },
    });
    await broker.admit(device);
    const p = await connect();
    await Promise.all(['a', 'b', 'c', 'd'].map((text) => p.publish(topicFor(device, 'event'), text)));
    await eventually(() => taken.includes('d'), { what: 'the last message' });
    assert.deepEqual(
      taken.filter((text, i) => taken.indexOf(text) === i),
      ['a', 'b', 'c', 'd'],
    );
    assert.equal(refusals, 0);
    await p.leave('orderly');
    await broker.close();
  });

  test('after a reconnect Mosquitto is brought to what the account says: missing admitted, removed revoked', async () => {
    const [removed] = testDevices(1) as [DeviceAddress];
    let says: readonly DeviceAddress[] = [removed];
    const before = await start({ devices: async () => says });
    await before.close();
    says = [device, ...testDevices(250)]; // more than one page of the listing
    // 252 roles, one after another: on a machine with much else to do that is longer than a server waits
    const broker = await start({ devices: async () => says, firstConnectionMs: 25_000 });
    const p = await connect();
    assert.equal(await p.subscribe(`${topicPrefixFor(device)}/down/#`), 'granted');
    await p.leave('orderly');
    const isRemoved = () => mosquitto.log.some((line) => line.includes(`deleteClient | username=${removed.deviceId}`));
    await eventually(() => isRemoved() && created() >= 252, { what: 'told on stderr' });
    assert.equal(created(), 252);
    await broker.close();
    const again = await start({ devices: async () => says });
    assert.equal(created(), 252, 'agreeing again asks for nothing');
    await again.close();
  });

  test('not connected: admit and revoke say so instead of waiting for ever', async () => {
    const broker = await start();
    await mosquitto.stop();
    await eventually(
      () =>
        broker.admit(device).then(
          () => false,
          () => true,
        ),
      { what: 'a failure' },
    );
    await rejects(() => broker.admit(device), 'UPLINK_UNREACHABLE');
    await rejects(() => broker.revoke(device), 'UPLINK_UNREACHABLE');
    const down = { topic: ackTopicFor(device), payload: '{}', qos: 1, retain: false } as const;
    await rejects(() => broker.publish(down), 'UPLINK_UNREACHABLE');
    await broker.close();
  });

  test('an account without room: messages wait in Mosquitto, and all come in order when there is room', async () => {
    const gate = Promise.withResolvers<void>();
    const taken: string[] = [];
    const broker = await start({
      onMessage: async (_topic, payload) => {
        taken.push(Buffer.from(payload).toString());
        await gate.promise;
      },
    });
    await broker.admit(device);
    const p = await connect();
    const texts = Array.from({ length: 300 }, (_, i) => `n ${i}`);
    for (const text of texts) assert.equal(await p.publish(topicFor(device, 'telemetry'), text), 'acked');
    await eventually(() => taken.length > 0, { what: 'the first message' });
    assert.deepEqual(taken, ['n 0']);
    gate.resolve();
    await eventually(() => taken.length >= texts.length, { what: 'all messages' });
    assert.deepEqual(taken, texts);
    await p.leave('orderly');
    await broker.close();
  });

  test('what a device had it keep of its location is taken away by the account, of another channel it may not be', async () => {
    const broker = await start();
    await broker.admit(device);
    const p = await connect();
    for (const channel of ['location', 'wan'] as const) {
      await p.publish(topicFor(device, channel), 'kept', { retain: true });
      const gone = { topic: topicFor(device, channel), payload: '', qos: 1, retain: true } as const;
      await broker.publish(gone).catch(() => {}); // a broker of MQTT 5 says that it is not allowed
    }
    await p.leave('orderly');
    await broker.close();
    const taken: string[] = [];
    const again = await start({ onMessage: (topic) => void taken.push(topic) });
    await eventually(() => taken.includes(topicFor(device, 'wan')), { what: 'what is kept' });
    assert.ok(!taken.includes(topicFor(device, 'location')));
    await again.close();
  });

  test('what is retained is handed over again to an account that comes back: it may have had it in memory only', async () => {
    const first = await start();
    await first.admit(device);
    const p = await connect();
    await p.publish(topicFor(device, 'status'), 'online', { retain: true });
    await p.publish(topicFor(device, 'event'), 'once');
    await first.close();
    const taken: string[] = [];
    const second = await start({ onMessage: (_topic, payload) => void taken.push(Buffer.from(payload).toString()) });
    await eventually(() => taken.includes('online'), { what: 'the retained message' });
    await p.leave('orderly');
    await second.close();
  });

  test('what is sent down reaches the device it is for', async () => {
    const broker = await start();
    await broker.admit(device);
    const p = await connect();
    assert.equal(await p.subscribe(downFilterFor(device)), 'granted');
    await broker.publish({ topic: ackTopicFor(device), payload: 'committed', qos: 1, retain: false });
    await p.hears('committed');
    await p.leave('orderly');
    await broker.close();
  });

  test('a first connection that cannot be made is a failure with its cause', async () => {
    const stranger = await createTestPki();
    await rejects(() => start({ ca: stranger.serverCa.pem, firstConnectionMs: 300 }), 'UPLINK_UNREACHABLE');
  });

  test('a certificate that is not the account: refused, and nothing is managed', async () => {
    await rejects(() => start({ ...identity, firstConnectionMs: 300 }), 'UPLINK_UNREACHABLE');
  });
});
