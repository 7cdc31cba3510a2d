import {
  ackTopicFor,
  type DeviceAddress,
  downFilterFor,
  MQTT_PACKET_MAX_BYTES,
  topicFor,
  topicPrefixFor,
} from '@ewon-agent/contracts';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { type ProbeOptions, probe } from '../testing/mqtt-probe.ts';
import { createTestPki, type Identity, type TestPki, testDevices } from '../testing/test-pki.ts';
import { type EmbeddedBroker, type EmbeddedBrokerOptions, startEmbeddedBroker } from './broker-embedded.ts';

suite('embedded broker', (test) => {
  let pki: TestPki;
  let broker: EmbeddedBroker;
  let device: DeviceAddress;
  let identity: Identity;
  let logged: string[] = [];
  let asked: string[] = [];
  let isActive: EmbeddedBrokerOptions['isActive'] = async () => true;
  let onMessage: EmbeddedBrokerOptions['onMessage'] = () => {};

  const start = () =>
    startEmbeddedBroker({
      host: '127.0.0.1',
      port: 0,
      certificate: pki.server.certificate,
      privateKey: pki.server.privateKey,
      deviceCa: pki.deviceCa.pem,
      isActive: (address, serial) => {
        asked.push(serial);
        return isActive(address, serial);
      },
      onMessage: (topic, payload, from) => onMessage(topic, payload, from),
      log: { write: (level, _area, msg, fields) => void logged.push(`${level} ${msg} ${JSON.stringify(fields)}`) },
    });
  const attempt = (more: Partial<ProbeOptions> = {}) =>
    probe({
      url: broker.urls[0] ?? '',
      serverCa: pki.serverCa.pem,
      identity,
      clientId: device.deviceId,
      ...more,
    });
  const connect = async (more: Partial<ProbeOptions> = {}) => {
    const outcome = await attempt(more);
    if (!outcome.ok) throw new Error(`refused: ${outcome.reason}`);
    return outcome.probe;
  };
  const reasonOf = async (more: Partial<ProbeOptions> = {}) => {
    const outcome = await attempt(more);
    return outcome.ok ? 'accepted' : outcome.reason;
  };

  test.before(async () => {
    pki = await createTestPki();
  });
  test.before.each(async () => {
    [device] = testDevices(1) as [DeviceAddress];
    identity = await pki.device(device);
    logged = [];
    asked = [];
    isActive = async () => true;
    onMessage = () => {};
    broker = await start();
  });
  test.after.each(() => broker.close());

  test('it is told the serial number of the certificate, lower-case hex of whole bytes', async () => {
    const p = await connect();
    assert.match(asked[0] ?? '', /^01[0-9a-f]{30}$/); // test-pki leads with 01: whole bytes
    await p.leave('orderly');
  });

  test('a client id that is not the device id is refused with 2, an inactive device with 5', async () => {
    assert.equal(await reasonOf({ clientId: 'other' }), '2');
    isActive = async () => false;
    assert.equal(await reasonOf(), '5');
    isActive = async () => {
      throw new Error('store closed');
    };
    assert.equal(await reasonOf(), '5');
    assert.ok(logged.some((line) => line.includes('store closed')));
  });

  test('a will on a topic that is not its own is refused at CONNECT with 5', async () => {
    for (const topic of ['elsewhere', `${topicPrefixFor(device)}/down/policy`, '']) {
      const reason = await reasonOf({ will: { topic, payload: 'x', qos: 1, retain: true } });
      assert.notEqual(reason, 'accepted', topic);
      if (topic) assert.equal(reason, '5', topic); // an empty one is not MQTT
    }
  });

  test('a session is not kept: what is sent to a device that is away waits only when it is retained', async () => {
    const filter = `${topicPrefixFor(device)}/down/#`;
    const first = await connect({ clean: false });
    await first.subscribe(filter);
    await first.leave('orderly');
    const to = { qos: 1, topic: `${topicPrefixFor(device)}/down/policy` } as const;
    await broker.publish({ ...to, payload: 'gone', retain: false });
    await broker.publish({ ...to, payload: 'kept', retain: true });
    const second = await connect({ clean: false });
    await second.subscribe(filter);
    await second.hears('kept');
    assert.deepEqual(second.heard, [`${to.topic} kept`]);
    await second.leave('orderly');
  });

  test('MQTT 5 is answered with "unacceptable protocol version"', async () => {
    assert.equal(await reasonOf({ protocolVersion: 5 }), '1');
  });

  test('a message comes with the address that its device is connected from', async () => {
    const from: unknown[] = [];
    onMessage = (_topic, _payload, address) => void from.push(address);
    const p = await connect();
    assert.equal(await p.publish(topicFor(device, 'event'), 'x'), 'acked');
    assert.deepEqual(from, ['127.0.0.1']);
    await p.leave('orderly');
  });

  test('PUBACK comes when the account has a place for the message; without one the device waits, and order is kept', async () => {
    const gate = Promise.withResolvers<void>();
    const taken: string[] = [];
    onMessage = async (_topic, payload) => {
      const text = Buffer.from(payload).toString();
      if (text === 'a') await gate.promise; // what comes after it must wait for it
      taken.push(text);
    };
    const p = await connect();
    const acked: string[] = [];
    const sent = ['a', 'b', 'c'].map((text) =>
      p.publish(topicFor(device, 'event'), text).then((outcome) => void acked.push(`${text} ${outcome}`)),
    );
    assert.equal(await p.subscribe(`${topicPrefixFor(device)}/down/#`), 'granted'); // a round trip later
    assert.deepEqual([acked, taken], [[], []]);
    gate.resolve();
    await Promise.all(sent);
    assert.deepEqual(taken, ['a', 'b', 'c']);
    assert.deepEqual(acked, ['a acked', 'b acked', 'c acked']);
    await p.leave('orderly');
  });

  test('a message the account does not take is not acknowledged, and the connection is closed', async () => {
    onMessage = () => Promise.reject(new Error('disk full'));
    const p = await connect();
    assert.equal(await p.publish(topicFor(device, 'event'), 'x'), 'closed');
    await p.closed;
  });

  test('a device that floods an account without room: what it is held to is bounded, and others go on', async () => {
    const [busy, other] = testDevices(2) as [DeviceAddress, DeviceAddress];
    const gate = Promise.withResolvers<void>();
    let handed = 0;
    onMessage = async (topic) => {
      if (!topic.includes(busy.deviceId)) return;
      handed += 1;
      await gate.promise;
    };
    const flooding = await connect({ identity: await pki.device(busy), clientId: busy.deviceId });
    const payload = 'x'.repeat(10_000);
    let acked = 0;
    const sent = Array.from({ length: 3000 }, () =>
      flooding.publish(topicFor(busy, 'telemetry'), payload).then(() => {
        acked += 1;
      }),
    );
    const p = await connect({ identity: await pki.device(other), clientId: other.deviceId });
    for (let n = 0; n < 20; n++) assert.equal(await p.publish(topicFor(other, 'event'), 'x'), 'acked');
    assert.deepEqual([handed, acked], [1, 0]);
    assert.ok(
      flooding.unsentBytes > 15e6,
      `${flooding.unsentBytes} of 30 MB wait in the device, the kernel has up to 10`,
    );
    gate.resolve();
    await Promise.all(sent);
    assert.equal(handed, 3000);
    await p.leave('orderly');
    await flooding.leave('orderly');
  });

  test('what is sent down reaches the device it is for and nobody else; after close it is refused', async () => {
    const [other] = testDevices(1) as [DeviceAddress];
    const mine = await connect();
    const theirs = await connect({ identity: await pki.device(other), clientId: other.deviceId });
    assert.equal(await mine.subscribe(downFilterFor(device)), 'granted');
    assert.equal(await theirs.subscribe(downFilterFor(device)), 'refused');
    assert.equal(await theirs.subscribe(downFilterFor(other)), 'granted');
    const to = (address: DeviceAddress) => ({ topic: ackTopicFor(address), qos: 1, retain: false }) as const;
    await broker.publish({ ...to(device), payload: 'for one' });
    await broker.publish({ ...to(other), payload: 'for the other' });
    await Promise.all([mine.hears('for one'), theirs.hears('for the other')]);
    assert.deepEqual([mine.heard.length, theirs.heard.length], [1, 1]);
    await broker.close();
    await assert.rejects(broker.publish({ ...to(device), payload: 'late' }), /closed/);
    broker = await start();
  });

  test('a will comes after the messages before it, also when a second connection takes over', async () => {
    const taken: string[] = [];
    onMessage = async (_topic, payload) => {
      await new Promise(setImmediate);
      taken.push(Buffer.from(payload).toString());
    };
    const will = { topic: topicFor(device, 'status'), payload: 'offline', qos: 1, retain: true } as const;
    const first = await connect({ will });
    await first.publish(topicFor(device, 'status'), 'online 1', { retain: true });
    const second = await connect({ will });
    await first.closed;
    await second.publish(topicFor(device, 'status'), 'online 2', { retain: true });
    await second.leave('orderly');
    assert.deepEqual(taken, ['online 1', 'offline', 'online 2']);
  });

  test('a packet above the limit closes the connection; one at the limit is taken', async () => {
    const sizes: number[] = [];
    onMessage = (_topic, payload) => void sizes.push(payload.length);
    const topic = topicFor(device, 'event');
    const largest = MQTT_PACKET_MAX_BYTES - (1 + 3 + 2 + topic.length + 2); // type, length, topic length, topic, packet id
    const p = await connect();
    assert.equal(await p.publish(topic, 'x'.repeat(largest)), 'acked');
    assert.equal(await p.publish(topic, 'x'.repeat(largest + 1)), 'closed');
    assert.deepEqual(sizes, [largest]);
  });

  test('revoked while the account is being asked: not let in', async () => {
    const question = Promise.withResolvers<boolean>();
    isActive = () => question.promise;
    const outcome = attempt();
    await eventually(() => asked.length === 1, { what: 'the account is asked' });
    await broker.revoke(device);
    question.resolve(true);
    assert.equal((await outcome).ok, false);
  });

  test('revoke drops the connection before it resolves, with the will; of a stranger it does nothing', async () => {
    const taken: string[] = [];
    onMessage = (_topic, payload) => void taken.push(Buffer.from(payload).toString());
    const p = await connect({
      will: { topic: topicFor(device, 'status'), payload: 'offline', qos: 1, retain: true },
    });
    const [stranger] = testDevices(1) as [DeviceAddress];
    await broker.revoke(stranger);
    assert.equal(p.isOpen, true);
    isActive = async () => false;
    await broker.revoke(device);
    await p.closed;
    await eventually(() => taken.includes('offline'), { what: 'the will' });
    assert.equal(await reasonOf(), '5');
  });

  test('a refused subscription is logged once per connection, and no log line holds a payload', async () => {
    const p = await connect();
    for (let i = 0; i < 5; i += 1) assert.equal(await p.subscribe('#'), 'refused');
    assert.equal(await p.publish('elsewhere', 'secret payload'), 'closed');
    await p.closed;
    assert.equal(logged.filter((line) => line.includes('"subscribe to #"')).length, 1);
    assert.equal(logged.join('\n').includes('secret payload'), false);
  });

  test('close ends every connection and waits until the account took the wills', async () => {
    let taken = 0;
    onMessage = async () => {
      await new Promise(setImmediate);
      taken += 1;
    };
    const p = await connect({
      will: { topic: topicFor(device, 'status'), payload: 'offline', qos: 1, retain: true },
    });
    await broker.close();
    assert.equal(taken, 1);
    await p.closed;
    broker = await start();
  });

  test('names are how devices call it, with its port', async () => {
    const named = await startEmbeddedBroker({
      host: '127.0.0.1',
      port: 0,
      names: ['account.example', '::1'],
      certificate: pki.server.certificate,
      privateKey: pki.server.privateKey,
      deviceCa: pki.deviceCa.pem,
      isActive: async () => true,
      onMessage: () => {},
      log: { write: () => {} },
    });
    assert.deepEqual(named.urls, [`mqtts://account.example:${named.port}`, `mqtts://[::1]:${named.port}`]);
    await named.close();
  });
});
