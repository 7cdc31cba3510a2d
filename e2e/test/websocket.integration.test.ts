import { once } from 'node:events';
import { createServer } from 'node:https';
import { connect, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { takeWebSockets, WEBSOCKET_PATH } from '@ewon-agent/account/broker/websocket';
import { createTestPki, type Identity, type TestPki, testDevices } from '@ewon-agent/account/testing/test-pki';
import { createUplinkMqtt } from '@ewon-agent/agent/adapters/uplink-mqtt';
import { type Code, type Fault, MQTT_PACKET_MAX_BYTES, type UplinkTarget } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import type { WebSocket } from 'ws';
import { acceptAndIgnore, type RogueBroker, startRogueBroker } from './rogue-broker.ts';

// What a WebSocket adds to MQTT that can be wrong, on the device's side and on the account's.

const PATIENCE_MS = 10_000;
/** For an answer that does not come. */
const IMPATIENCE_MS = 400;
const HALF_A_LINE = 'half a line';

/** Answers to the opening handshake that open nothing. */
const ANSWERS: Readonly<Record<string, readonly [answer: string, Code]>> = {
  'there is nothing': ['HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n', 'UPLINK_PROTOCOL'],
  'a page': ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi', 'UPLINK_PROTOCOL'],
  'go elsewhere': [
    'HTTP/1.1 302 Found\r\nlocation: wss://elsewhere.test/\r\ncontent-length: 0\r\n\r\n',
    'UPLINK_PROTOCOL',
  ],
  'not you': ['HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n', 'UPLINK_REFUSED'],
  'who are you': ['HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n', 'UPLINK_REFUSED'],
  'not now': ['HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n', 'UPLINK_UNREACHABLE'],
  'yes, without having understood': [
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
    'UPLINK_PROTOCOL',
  ],
  'yes, to something else': [
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: other\r\nconnection: upgrade\r\n\r\n',
    'UPLINK_PROTOCOL',
  ],
  'no HTTP': ['220 mail.test ESMTP\r\n', 'UPLINK_PROTOCOL'],
  'headers of 32 KiB': [
    `HTTP/1.1 101 Switching Protocols\r\nx-fill: ${'x'.repeat(32 * 1024)}\r\n\r\n`,
    'UPLINK_PROTOCOL',
  ],
  [HALF_A_LINE]: ['HTTP/1.1 101 Switching', 'UPLINK_UNREACHABLE'],
};

const unmask = (opcode: number, length: number) => Uint8Array.of(0x80 | opcode, 126, length >> 8, length & 0xff);

/** What the other side of an open WebSocket does that ends it. */
const BREAKS: Readonly<Record<string, readonly [(webSocket: WebSocket, raw: TLSSocket) => void, Code]>> = {
  'a text frame': [(webSocket) => webSocket.send('{"not":"mqtt"}'), 'UPLINK_PROTOCOL'],
  'a frame above the packet limit': [
    (webSocket) => webSocket.send(Buffer.alloc(MQTT_PACKET_MAX_BYTES + 1)),
    'UPLINK_PROTOCOL',
  ],
  'a packet above the limit, in many frames': [
    (webSocket) => {
      webSocket.send(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f));
      for (let i = 0; i < 8; i++) webSocket.send(Buffer.alloc(64 * 1024));
    },
    'UPLINK_PROTOCOL',
  ],
  'a frame of a kind that is none': [(_, raw) => raw.write(unmask(0x03, 200)), 'UPLINK_PROTOCOL'],
  'a polite close': [(webSocket) => webSocket.close(1000), 'UPLINK_UNREACHABLE'],
};

suite('MQTT in a WebSocket, and what can be wrong with it', (test) => {
  let pki: TestPki;
  let own: Identity;
  test.before(async () => {
    pki = await createTestPki();
    const [device] = testDevices(1);
    if (!device) throw new Error('this is a bug: no device');
    own = await pki.device(device);
  });
  const closers: (() => Promise<unknown>)[] = [];
  test.after.each(() => Promise.all(closers.splice(0).map((close) => close())));

  const target = (url: string): UplinkTarget => ({
    ...{ url, ca: pki.serverCa.pem, ...own, clientId: 'd_x', receives: 'down/#' },
    will: { topic: 'up/status', payload: 'offline', qos: 1, retain: true },
    ...{ keepaliveMs: 30_000, connectTimeoutMs: PATIENCE_MS },
  });
  const open = async (broker: RogueBroker) => {
    const closed: Fault[] = [];
    const events = { received: () => {}, closed: (fault: Fault) => void closed.push(fault) };
    const session = assertOk(await createUplinkMqtt().open(target(broker.url), events));
    return { session, closed };
  };
  const rogue = async () => {
    const broker = await startRogueBroker(pki.server, acceptAndIgnore, 'websocket');
    closers.push(broker.close);
    return broker;
  };

  for (const [what, [answer, code]] of Object.entries(ANSWERS)) {
    test(`the opening handshake is answered with "${what}": ${code}`, async () => {
      const sockets: TLSSocket[] = [];
      const server = createTlsServer({ cert: pki.server.certificate, key: pki.server.privateKey }, (socket) => {
        sockets.push(socket);
        socket.on('error', () => {}); // the device hangs up; that is what is tested
        socket.once('data', () => socket.write(answer));
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      const url = `wss://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/mqtt`;
      const events = { received: () => {}, closed: () => assert.fail('nothing was open') };
      const connectTimeoutMs = what === HALF_A_LINE ? IMPATIENCE_MS : PATIENCE_MS;
      assertFault(await createUplinkMqtt().open({ ...target(url), connectTimeoutMs }, events), code);
      await eventually(() => sockets.every((socket) => socket.destroyed), { what: 'the connection is cut' });
      server.close();
      await once(server, 'close');
    });
  }

  for (const [what, [happen, code]] of Object.entries(BREAKS)) {
    test(`${what}: the session ends with ${code}, at once`, async () => {
      const broker = await rogue();
      const { closed } = await open(broker);
      const { webSocket } = broker;
      if (!webSocket) throw new Error('this is a bug: no WebSocket');
      const raw: TLSSocket = Reflect.get(webSocket, '_socket');
      happen(webSocket, raw);
      await eventually(() => closed.length === 1 && raw.destroyed, { what: 'closed' });
      assert.equal(closed[0]?.code, code);
    });
  }

  test('a ping is answered; pings without end, whose answers nobody reads, are not', async () => {
    const broker = await rogue();
    const { session } = await open(broker);
    const { webSocket } = broker;
    if (!webSocket) throw new Error('this is a bug: no WebSocket');
    webSocket.ping('here');
    const [answer] = await once(webSocket, 'pong');
    assert.equal(String(answer), 'here');
    webSocket.pause();
    const ping = Buffer.alloc(125, 1);
    const count = 300_000;
    for (let sent = 0; sent < count; sent += 2000) {
      await Promise.all(Array.from({ length: 2000 }, () => new Promise((left) => webSocket.ping(ping, false, left))));
    }
    let answers = 0;
    let isOver = false;
    webSocket.on('pong', (payload) => {
      answers += 1;
      isOver ||= payload.length === 0;
    });
    webSocket.resume();
    const ask = () => {
      webSocket.ping();
      return isOver;
    };
    await eventually(ask, { what: 'answered again' });
    // what the buffers of the kernel hold, and a little more
    assert.ok(answers < count / 2, `${answers} of ${count} were answered`);
    webSocket.terminate();
    await session.close();
  });

  test('the account takes a WebSocket of a device, and nothing else', async () => {
    const taken: unknown[] = [];
    const asking = { ca: pki.deviceCa.pem, requestCert: true, rejectUnauthorized: false };
    const server = createServer({ cert: pki.server.certificate, key: pki.server.privateKey, ...asking });
    const drop = takeWebSockets(server, (stream) => taken.push(stream));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const foreign = await (await createTestPki()).device(testDevices(1)[0] ?? assert.fail('no device'));
    const ask = async (identity: Identity | undefined, path: string, protocol: string) => {
      const shown = identity ? { cert: identity.certificate, key: identity.privateKey } : {};
      const socket = connect({ host: '127.0.0.1', port, ca: pki.serverCa.pem, ...shown });
      const lines = [
        `GET ${path} HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade`,
        `sec-websocket-version: 13\r\nsec-websocket-key: ${Buffer.alloc(16).toString('base64')}`,
        `sec-websocket-protocol: ${protocol}\r\n\r\n`,
      ];
      socket.write(lines.join('\r\n'));
      const [answer] = await once(socket, 'data');
      socket.destroy();
      return Number(String(answer).split(' ')[1]);
    };
    assert.equal(await ask(own, WEBSOCKET_PATH, 'mqtt'), 101);
    assert.equal(await ask(own, WEBSOCKET_PATH, 'chat, mqtt'), 101);
    assert.equal(await ask(own, WEBSOCKET_PATH, 'chat'), 400);
    assert.equal(await ask(own, '/device/v1/directory', 'mqtt'), 404);
    assert.equal(await ask(undefined, WEBSOCKET_PATH, 'mqtt'), 403);
    assert.equal(await ask(foreign, WEBSOCKET_PATH, 'mqtt'), 403);
    assert.equal(taken.length, 2);
    drop();
    server.close();
    await once(server, 'close');
  });
});
