import {
  commandIdFrom,
  commandStateTopicFor,
  commandTopicFor,
  topicPrefixFor,
  UP_CHANNELS,
} from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { testDevices } from '../testing/test-pki.ts';
import { deviceOf, mayPublish, mayReceive, maySubscribe } from './device-rights.ts';

const [own, sibling] = testDevices(2);
const [foreign] = testDevices(1);
if (!own || !sibling || !foreign) throw new Error('this is a bug: no devices');
const mine = topicPrefixFor(own);

const COMMAND = commandIdFrom(new Uint8Array(17).fill(7));
const SAN = `URI:urn:ewon-agent:${own.accountId}:${own.deviceId}`;
const names = (subject: string, subjectAltName: string | undefined) => ({
  subject,
  subjectAltName,
  serialNumber: '0AB1',
});

suite('device rights: identity', (test) => {
  test('CN and SAN of one device are that device; the serial number is lower-case hex of whole bytes', () => {
    const identity = assertOk(deviceOf(names(`CN=${own.deviceId}`, SAN)));
    assert.deepEqual(identity, { device: own, certificateSerial: '0ab1' });
    assert.equal(assertOk(deviceOf(names(`O=x\nCN=${own.deviceId}`, SAN))).device.deviceId, own.deviceId);
  });

  const refused: Readonly<Record<string, ReturnType<typeof names>>> = {
    'no SAN': names(`CN=${own.deviceId}`, undefined),
    'another device in the SAN': names(`CN=${own.deviceId}`, `URI:urn:ewon-agent:${own.accountId}:${sibling.deviceId}`),
    'two SANs': names(`CN=${own.deviceId}`, `${SAN}, URI:urn:ewon-agent:${foreign.accountId}:${own.deviceId}`),
    'a SAN of another kind': names(`CN=${own.deviceId}`, `DNS:${own.deviceId}`),
    'two CNs': names(`CN=${own.deviceId}\nCN=${sibling.deviceId}`, SAN),
    'no CN': names('O=x', SAN),
    'the account itself': names('CN=account', undefined),
    'a CN that only begins like the id': names(`CN=${own.deviceId}a`, SAN),
  };
  for (const [what, certificate] of Object.entries(refused)) {
    test(`${what}: refused`, () => void assertFault(deviceOf(certificate), 'BAD_REQUEST'));
  }
});

suite('device rights: topics', (test) => {
  test('a device publishes on its own known channels', () => {
    for (const channel of UP_CHANNELS) assert.equal(mayPublish(own, `${mine}/up/${channel}`), true, channel);
  });

  test('a device says how its own commands stand', () => {
    assert.equal(mayPublish(own, commandStateTopicFor(own, COMMAND)), true);
  });

  const notPublished = [
    ...[sibling, foreign].map((other) => commandStateTopicFor(other, COMMAND)),
    commandTopicFor(own, COMMAND),
    `${commandStateTopicFor(own, COMMAND)}/x`,
    `${mine}/up/cmd`,
    `${mine}/up/cmd/`,
    `${mine}/up/cmd/status`,
    `${mine}/up/cmd/+`,
    ...[sibling, foreign].map((other) => `${topicPrefixFor(other)}/up/status`),
    `ewon/v1/${foreign.accountId}/${own.deviceId}/up/status`,
    `${mine}/up/unknown`,
    `${mine}/up`,
    `${mine}/up/status/x`,
    `${mine}/up/`,
    `${mine}/down/policy`,
    `${mine}/up/../down/policy`,
    `/${mine}/up/status`,
    '$SYS/broker/uptime',
    `$share/g/${mine}/up/status`,
    '$CONTROL/dynamic-security/v1',
    '',
  ];
  test('everything else is not published', () => {
    for (const topic of notPublished) assert.equal(mayPublish(own, topic), false, topic);
  });

  test('a device subscribes below its own down/', () => {
    for (const rest of ['#', 'policy', 'cmd/+', '+', 'ack']) {
      assert.equal(maySubscribe(own, `${mine}/down/${rest}`), true, rest);
    }
  });

  const notSubscribed = [
    '#',
    '+/#',
    'ewon/#',
    'ewon/v1/+/+/down/#',
    `ewon/v1/${own.accountId}/+/down/#`,
    `ewon/v1/+/${own.deviceId}/down/#`,
    `ewon/v1/${own.accountId}/${sibling.deviceId}/down/#`,
    `${mine}/#`,
    `${mine}/+/policy`,
    `${mine}/up/#`,
    `${mine}/down`,
    `$share/group/${mine}/down/#`,
    '$SYS/#',
    '$CONTROL/#',
    '',
  ];
  test('no wildcard reaches further', () => {
    for (const filter of notSubscribed) assert.equal(maySubscribe(own, filter), false, filter);
  });

  test('only topics below its own down/ reach a device', () => {
    assert.equal(mayReceive(own, `${mine}/down/policy`), true);
    for (const topic of [`${mine}/up/status`, `${topicPrefixFor(sibling)}/down/policy`, '$SYS/x']) {
      assert.equal(mayReceive(own, topic), false, topic);
    }
  });
});
