import { startEmbeddedBroker } from '@ewon-agent/account/broker/broker-embedded';
import { connectMosquitto } from '@ewon-agent/account/broker/broker-mosquitto';
import { startMosquitto } from '@ewon-agent/account/testing/mosquitto';
import { uplinkSuite } from '@ewon-agent/contracts/suites/uplink-suite';
import { createUplinkFixture, silentLog } from './uplink-fixture.ts';

// The uplink port's obligations, kept by the agent's adapter against both brokers of the account.

uplinkSuite('uplink over MQTT.js, embedded broker', {}, () =>
  createUplinkFixture(async (pki, events) => {
    const broker = await startEmbeddedBroker({
      host: '127.0.0.1',
      port: 0,
      certificate: pki.server.certificate,
      privateKey: pki.server.privateKey,
      deviceCa: pki.deviceCa.pem,
      ...events,
      log: silentLog,
    });
    return { broker, url: broker.urls[0] ?? '', stop: () => broker.close() };
  }),
);

uplinkSuite('uplink over MQTT.js, Mosquitto', { needs: ['mosquitto', 'mosquitto_dynamic_security.so'] }, () =>
  createUplinkFixture(async (pki, { onMessage }) => {
    const mosquitto = await startMosquitto(pki);
    const broker = await connectMosquitto({
      url: mosquitto.url,
      ca: pki.serverCa.pem,
      certificate: pki.account.certificate,
      privateKey: pki.account.privateKey,
      onMessage,
      log: silentLog,
    });
    return {
      broker,
      url: mosquitto.url,
      stop: async () => {
        await broker.close();
        await mosquitto.stop();
      },
    };
  }),
);
