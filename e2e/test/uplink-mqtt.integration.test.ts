import { once } from 'node:events';
import { createServer } from 'node:https';
import { startEmbeddedBroker } from '@ewon-agent/account/broker/broker-embedded';
import { connectMosquitto } from '@ewon-agent/account/broker/broker-mosquitto';
import { takeWebSockets, WEBSOCKET_PATH } from '@ewon-agent/account/broker/websocket';
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

uplinkSuite('uplink over MQTT.js in a WebSocket, embedded broker', {}, () =>
  createUplinkFixture(async (pki, events) => {
    const { certificate, privateKey } = pki.server;
    const deviceCa = pki.deviceCa.pem;
    const broker = await startEmbeddedBroker({
      ...{ host: '127.0.0.1', port: 0, certificate, privateKey, deviceCa, ...events, log: silentLog },
    });
    // as the account's HTTPS listener is
    const asking = { ca: deviceCa, requestCert: true, rejectUnauthorized: false };
    const server = createServer({ cert: certificate, key: privateKey, ...asking });
    const drop = takeWebSockets(server, broker.takeStream);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    return {
      broker,
      url: `wss://127.0.0.1:${port}${WEBSOCKET_PATH}`,
      stop: async () => {
        drop();
        server.close();
        await once(server, 'close');
        await broker.close();
      },
    };
  }, 'websocket'),
);

for (const carrier of ['tls', 'websocket'] as const) {
  const name = `uplink over MQTT.js${carrier === 'websocket' ? ' in a WebSocket' : ''}, Mosquitto`;
  uplinkSuite(name, { needs: ['mosquitto', 'mosquitto_dynamic_security.so'] }, () =>
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
        url: carrier === 'websocket' ? mosquitto.webSocketUrl : mosquitto.url,
        stop: async () => {
          await broker.close();
          await mosquitto.stop();
        },
      };
    }, carrier),
  );
}
