import { aclSuite, silentLog } from '../testing/acl-suite.ts';
import { startMosquitto } from '../testing/mosquitto.ts';
import { startEmbeddedBroker } from './broker-embedded.ts';
import { connectMosquitto } from './broker-mosquitto.ts';

aclSuite('embedded', {}, { protocolVersions: [4], sessions: 'none' }, async ({ pki, isActive, onMessage }) => {
  const broker = await startEmbeddedBroker({
    host: '127.0.0.1',
    port: 0,
    certificate: pki.server.certificate,
    privateKey: pki.server.privateKey,
    deviceCa: pki.deviceCa.pem,
    isActive,
    onMessage,
    log: silentLog,
  });
  return { broker, url: broker.urls[0] ?? '', stop: () => broker.close() };
});

aclSuite(
  'Mosquitto',
  { needs: ['mosquitto', 'mosquitto_dynamic_security.so'] },
  { protocolVersions: [4, 5], sessions: 'kept' },
  async ({ pki, onMessage }) => {
    const mosquitto = await startMosquitto(pki);
    const broker = await connectMosquitto({
      url: mosquitto.url,
      ca: pki.serverCa.pem,
      certificate: pki.account.certificate,
      privateKey: pki.account.privateKey,
      onMessage,
      log: silentLog,
    }).catch(async (error: unknown) => {
      await mosquitto.stop();
      throw error;
    });
    return {
      broker,
      url: mosquitto.url,
      stop: async () => {
        await broker.close();
        await mosquitto.stop();
      },
    };
  },
);
