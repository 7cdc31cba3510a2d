import type { Broker } from '@ewon-agent/account/ports/broker';
import { silentLog } from '@ewon-agent/account/testing/acl-suite';
import type { TestPki } from '@ewon-agent/account/testing/test-pki';
import {
  createTestCa,
  createTestPki,
  deviceLeaf,
  type Identity,
  type Leaf,
  testDevices,
} from '@ewon-agent/account/testing/test-pki';
import { createUplinkMqtt } from '@ewon-agent/agent/adapters/uplink-mqtt';
import { ackTopicFor, type DeviceAddress, downFilterFor, topicFor, type UplinkTarget } from '@ewon-agent/contracts';
import { freePort } from '@ewon-agent/contracts/suites/free-port';
import type { UplinkBreak, UplinkFixture, UplinkTrouble } from '@ewon-agent/contracts/suites/uplink-suite';
import {
  acceptAndIgnore,
  answerWith,
  answerWithReset,
  type Behaviour,
  type Carrier,
  type RogueBroker,
  startRogueBroker,
} from './rogue-broker.ts';

const HOUR_MS = 3_600_000;
const PUBLISH_OF_256_MIB = [0x30, 0xff, 0xff, 0xff, 0x7f];
const LOOPBACK: Leaf['names'] = [{ type: 'ip', value: '127.0.0.1' }];

export type BrokerStart = (
  pki: TestPki,
  events: { isActive(device: DeviceAddress): Promise<boolean>; onMessage(topic: string, payload: Uint8Array): void },
) => Promise<{ readonly broker: Broker; readonly url: string; stop(): Promise<void> }>;

export { silentLog };

/** The uplink port's fixture: the agent's adapter against a real broker, and against servers that only look like one. */
export async function createUplinkFixture(start: BrokerStart, carrier: Carrier = 'tls'): Promise<UplinkFixture> {
  const pki = await createTestPki();
  const received: { topic: string; payload: string }[] = [];
  const active = new Set<string>();
  const rig = await start(pki, {
    isActive: async ({ deviceId }) => active.has(deviceId),
    onMessage: (topic, payload) => void received.push({ topic, payload: Buffer.from(payload).toString() }),
  });
  const devices = new Map<string, DeviceAddress>();
  const rogues: RogueBroker[] = [];

  const target = async (): Promise<UplinkTarget> => {
    const [device] = testDevices(1);
    if (!device) throw new Error('this is a bug: no device');
    active.add(device.deviceId);
    devices.set(device.deviceId, device);
    await rig.broker.admit(device);
    return {
      url: rig.url,
      ca: pki.serverCa.pem,
      ...(await pki.device(device)),
      clientId: device.deviceId,
      will: { topic: topicFor(device, 'status'), payload: 'offline', qos: 1, retain: true },
      receives: downFilterFor(device),
      keepaliveMs: 30_000,
      connectTimeoutMs: 10_000,
    };
  };
  const rogue = async (identity: Identity | undefined, behave: Behaviour): Promise<RogueBroker> => {
    const started = await startRogueBroker(identity, behave, carrier);
    rogues.push(started);
    return started;
  };
  const at = async (identity: Identity | undefined, behave: Behaviour): Promise<UplinkTarget> => {
    const { url } = await rogue(identity, behave);
    return { ...(await target()), url };
  };
  /** Nothing comes, and nobody waits long for it. */
  const silent = async (identity: Identity | undefined): Promise<UplinkTarget> => ({
    ...(await at(identity, () => {})),
    connectTimeoutMs: 500,
  });
  const withServer = async (leaf: Partial<Leaf>, ca = pki.serverCa) =>
    at(await ca.issue({ commonName: 'localhost', usage: 'server', names: LOOPBACK, ...leaf }), acceptAndIgnore);
  const withOwn = async (identity: Identity) => ({ ...(await target()), ...identity });

  const troubles: Record<UplinkTrouble, () => Promise<UplinkTarget>> = {
    'nobody listens': async () => {
      const { protocol, pathname } = new URL(rig.url);
      return { ...(await target()), url: `${protocol}//127.0.0.1:${await freePort()}${pathname}` };
    },
    'TCP is accepted and nothing is said': () => silent(undefined),
    'TLS is spoken and CONNECT is not answered': () => silent(pki.server),
    'the answer to TLS is not TLS': () =>
      at(undefined, (socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')),
    'the answer to CONNECT is not MQTT': () => at(pki.server, answerWith(0x00, 0x02, 0xff, 0xff)),
    'the answer to CONNECT announces 256 MiB': () => at(pki.server, answerWith(...PUBLISH_OF_256_MIB)),
    'the server is busy': () => at(pki.server, answerWith(0x20, 0x03, 0x00, 0x89, 0x00)),
    'CONNECT is answered with "not authorized"': () => at(pki.server, answerWith(0x20, 0x03, 0x00, 0x87, 0x00)),
    'CONNECT is answered with a TCP reset': () => at(pki.server, answerWithReset),
    'our certificate is of a CA that the broker does not know': async () => {
      const [device] = testDevices(1);
      if (!device) throw new Error('this is a bug: no device');
      return withOwn(await (await createTestPki()).device(device));
    },
    'our certificate has expired': async () => {
      const [device] = testDevices(1);
      if (!device) throw new Error('this is a bug: no device');
      return withOwn(await pki.deviceCa.issue({ ...deviceLeaf(device), notAfter: new Date(Date.now() - 60_000) }));
    },
    'the server certificate is self-signed': async () =>
      at((await createTestCa('localhost', 'P-256')).own, acceptAndIgnore),
    'the server certificate has the right name and another CA': async () =>
      withServer({}, await createTestCa('test server CA', 'P-256')),
    'the server certificate is for another name': () =>
      withServer({ names: [{ type: 'dns', value: 'elsewhere.example' }] }),
    'the server certificate has expired': () => withServer({ notAfter: new Date(Date.now() - 60_000) }),
    'the server certificate is not valid yet': () => withServer({ notBefore: new Date(Date.now() + HOUR_MS / 2) }),
  };

  const breaks: Record<UplinkBreak, (socket: RogueBroker['socket']) => void> = {
    'the connection is cut': (socket) => socket?.destroy(),
    'bytes that are not MQTT arrive': (socket) => socket?.write(Uint8Array.of(0x00, 0x02, 0xff, 0xff)),
    'a packet of 256 MiB begins': (socket) => socket?.write(Uint8Array.from(PUBLISH_OF_256_MIB)),
  };

  return {
    port: createUplinkMqtt(),
    target,
    received: () => received,
    tell: async ({ clientId }, payload) => {
      const device = devices.get(clientId);
      if (!device) throw new Error('this is a bug: not a target of this fixture');
      const topic = ackTopicFor(device);
      await rig.broker.publish({ topic, payload, qos: 1, retain: false });
      return topic;
    },
    revoke: async ({ clientId }) => {
      const device = devices.get(clientId);
      if (!device) throw new Error('this is a bug: not a target of this fixture');
      active.delete(clientId);
      await rig.broker.revoke(device);
    },
    trouble: (what) => troubles[what](),
    breaking: async (what) => {
      const broker = await rogue(pki.server, acceptAndIgnore);
      return {
        target: { ...(await target()), url: broker.url },
        happen: () => breaks[what](broker.socket),
      };
    },
    close: async () => {
      await Promise.all(rogues.map((r) => r.close()));
      await rig.stop();
    },
  };
}
