import { createTestPki, type Identity, type TestPki, testDevices } from '@ewon-agent/account/testing/test-pki';
import { createUplinkMqtt } from '@ewon-agent/agent/adapters/uplink-mqtt';
import { downFilterFor, type Fault, type Millis, topicFor, type UplinkTarget } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { HOSTILE, type Hostile, playing, properties } from './hostile-brokers.ts';
import { type Carrier, startRogueBroker } from './rogue-broker.ts';

// What the agent's MQTT client makes of brokers that accept it and then misbehave, over TLS and in a WebSocket.

/** What comes in pieces or in amounts; the rest is the same to MQTT, whatever it is carried by. */
const IN_WEBSOCKET = /256 MiB|five bytes|QoS|no ping/;
const device = testDevices(1)[0] ?? assert.fail('no device');
/** Longer than a broker on a busy machine takes to answer: whoever is silent on purpose is found sooner. */
const PATIENT_MS = 30_000;
const keepaliveOf = ({ outcome }: Hostile): Millis => (outcome === 'UPLINK_UNREACHABLE' ? 1000 : PATIENT_MS);
const EVENT = { topic: topicFor(device, 'event'), payload: 'x', qos: 1, retain: false } as const;

for (const carrier of ['tls', 'websocket'] as const satisfies readonly Carrier[]) {
  suite(`a hostile broker over ${carrier}`, { timeoutMs: 180_000 }, (test) => {
    let pki: TestPki;
    let own: Identity;
    const targetAt = (url: string, keepaliveMs: Millis): UplinkTarget => ({
      ...{ url, ca: pki.serverCa.pem, ...own, clientId: device.deviceId },
      will: { topic: topicFor(device, 'status'), payload: 'offline', qos: 1, retain: true },
      ...{ receives: downFilterFor(device), keepaliveMs, connectTimeoutMs: 30_000 },
    });
    test.before(async () => {
      pki = await createTestPki();
      own = await pki.device(device);
    });

    for (const [what, hostile] of Object.entries(HOSTILE)) {
      if (carrier === 'websocket' && !IN_WEBSOCKET.test(what)) continue;
      test(`it ${what}: ${hostile.outcome}`, async () => {
        const broker = await startRogueBroker(pki.server, playing(hostile), carrier);
        const closed: Fault[] = [];
        const events = { received: () => {}, closed: (fault: Fault) => void closed.push(fault) };
        const session = assertOk(await createUplinkMqtt().open(targetAt(broker.url, keepaliveOf(hostile)), events));
        const sent = Promise.all(Array.from({ length: 300 }, () => session.send(EVENT)));
        if (hostile.outcome === 'ignored') {
          for (const result of await sent) assertOk(result);
          assertOk(await session.send(EVENT));
          assert.deepEqual(closed, []);
        } else {
          await eventually(() => closed.length > 0, { what: 'closed', timeoutMs: 60_000 });
          await sent; // acknowledged or not, none is forgotten
          assert.deepEqual(
            closed.map(({ code }) => code),
            [hostile.outcome],
          );
        }
        await session.close();
        await broker.close();
      });
    }

    test('it accepts us with thousands of properties: not opened', async () => {
      const connack = { properties: { userProperties: properties(4000) } };
      const broker = await startRogueBroker(pki.server, playing({ outcome: 'UPLINK_PROTOCOL', connack }), carrier);
      const nothing = { received: () => {}, closed: () => {} };
      assertFault(await createUplinkMqtt().open(targetAt(broker.url, PATIENT_MS), nothing), 'UPLINK_PROTOCOL');
      await broker.close();
    });
  });
}
