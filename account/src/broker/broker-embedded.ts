import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer, type TLSSocket } from 'node:tls';
import {
  type DeviceAddress,
  type LogPort,
  limitPackets,
  MQTT_PACKET_MAX_BYTES,
  SECOND_MS,
} from '@ewon-agent/contracts';
import { Aedes, type AuthenticateError, type Client, type PublishPacket } from 'aedes';
import type { Broker } from '../ports/broker.ts';
import { type DeviceIdentity, deviceOf, mayPublish, mayReceive, maySubscribe } from './device-rights.ts';
import { inOrder } from './in-order.ts';

export type EmbeddedBrokerOptions = {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** How devices call this broker, in the order to try them; the host it listens on unless told. */
  readonly names?: readonly string[];
  /** PEM of the server; its key is ECDSA. */
  readonly certificate: string;
  readonly privateKey: string;
  /** PEM of the only CA whose client certificates are let in. */
  readonly deviceCa: string;
  /** Asked at every CONNECT; a rejection refuses. `certificateSerial`: lower-case hex of whole bytes (`0a…`, not `a…`). */
  isActive(device: DeviceAddress, certificateSerial: string): Promise<boolean>;
  /**
   * Takes a device's message; of one device one after another. Its connection is not read further until it resolves.
   * What it rejects is not acknowledged, and the connection is closed so that it is sent again.
   */
  onMessage(topic: string, payload: Uint8Array, from?: string): void | Promise<void>;
  readonly log: LogPort;
};

/** A {@link Broker} in this process. */
export type EmbeddedBroker = Broker & Required<Pick<Broker, 'takeStream'>> & { readonly port: number };

/** CONNACK return codes, MQTT 3.1.1 §3.2.2.3. */
const IDENTIFIER_REJECTED = 2;
const NOT_AUTHORIZED = 5;
/** A TLS handshake, and after it a CONNECT, take two round trips; a slow cellular link needs seconds, not a minute. */
const ARRIVAL_TIMEOUT_MS = 10 * SECOND_MS;
/** Nothing of ours uses QoS 2; what a client leaves half-open of it is kept in RAM, 256 KiB each. */
const QOS2_HALF_OPEN_MAX = 4;
/** How long a device may leave what is sent to it in its socket. Without an end it holds up what is published to others. */
const DRAIN_TIMEOUT_MS = 30 * SECOND_MS;

type Peer = DeviceIdentity & {
  readonly socket: Duplex;
  /** The address that it is connected from. */
  readonly from: string | undefined;
  will?: string;
  refusalLogged: boolean;
};

/**
 * Starts aedes over TLS with client certificates. MQTT 3.1.1 only.
 * Keeps no sessions: CONNACK says "session present: 0" to everybody. What must reach a device that is away is retained;
 * a queue in RAM for devices that never come back would grow without bound and be lost at the next start anyway.
 * @throws when the address cannot be listened on or a PEM is not sound
 */
export async function startEmbeddedBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const { log } = options;
  const peers = new WeakMap<object, Peer>(); // outlives the connection: a will is judged after it
  const open = new Set<Peer>();
  const queue = inOrder();
  const peerOf = (client: Client | null) => (client ? peers.get(client.conn) : undefined);

  const aedes = await Aedes.createBroker({
    connectTimeout: ARRIVAL_TIMEOUT_MS,
    maxInflightInbound: QOS2_HALF_OPEN_MAX,
    drainTimeout: DRAIN_TIMEOUT_MS,
    preConnect: (client, packet, done) => {
      packet.clean = true;
      const peer = peerOf(client);
      if (peer && packet.will) peer.will = packet.will.topic;
      done(null, peer !== undefined);
    },
    authenticate: (client, _username, _password, done) => {
      const peer = peerOf(client);
      const refusal = peer ? refusalOf(client.id, peer) : notAuthorized('no certificate of a device');
      if (!peer || refusal) return done(refused(peer, refusal ?? notAuthorized('')), false);
      options.isActive(peer.device, peer.certificateSerial).then(
        (active) =>
          done(active ? null : refused(peer, notAuthorized('the device or its certificate is not active')), active),
        (error: unknown) => done(refused(peer, notAuthorized(`cannot be asked: ${String(error)}`)), false),
      );
    },
    authorizePublish: (client, packet, done) => {
      const peer = peerOf(client);
      if (!peer || !mayPublish(peer.device, packet.topic)) {
        if (peer) tell(peer, `publish on ${packet.topic}`);
        return done(new Error('not authorized'));
      }
      // nobody but the account hears it, and this broker ends with the account. What aedes keeps it goes through at each
      // subscription: a device would pay for the messages of all others, and could fill its memory
      packet.retain = false;
      // aedes acknowledges QoS 1 when this calls back
      queue
        .add(peer.device.deviceId, () => options.onMessage(packet.topic, bytesOf(packet), peer.from))
        .then(
          () => done(null),
          (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
        );
    },
    authorizeSubscribe: (client, subscription, done) => {
      const peer = peerOf(client);
      if (peer && maySubscribe(peer.device, subscription.topic)) return done(null, subscription);
      if (peer) tell(peer, `subscribe to ${subscription.topic}`);
      done(null, null);
    },
    authorizeForward: (client, packet) => {
      const peer = peerOf(client);
      return peer && mayReceive(peer.device, packet.topic) ? packet : null;
    },
  });

  function refused(peer: Peer | undefined, error: AuthenticateError): AuthenticateError {
    log.write('warn', 'broker', 'connection refused', { deviceId: peer?.device.deviceId, reason: error.message });
    return error;
  }
  function tell(peer: Peer, what: string): void {
    if (peer.refusalLogged) return; // once per connection: a device in a loop must not fill the log
    peer.refusalLogged = true;
    log.write('warn', 'broker', 'refused', { deviceId: peer.device.deviceId, what: what.slice(0, 200) });
  }

  aedes.on('clientError', (client, error) => {
    log.write('warn', 'broker', 'connection closed', { deviceId: client.id, reason: error.message });
  });
  aedes.on('connectionError', (client, error) => {
    log.write('warn', 'broker', 'connection closed', {
      deviceId: peerOf(client)?.device.deviceId,
      reason: error.message,
    });
  });

  /** @param socket what MQTT is spoken on; `tls` itself or a stream in it */
  function take(socket: Duplex, tls: TLSSocket): void {
    const certificate = tls.getPeerX509Certificate();
    const identity = certificate ? deviceOf(certificate) : undefined;
    if (!identity?.ok) {
      log.write('warn', 'broker', 'connection refused', { reason: identity?.fault.detail ?? 'no certificate' });
      socket.destroy();
      return;
    }
    const peer: Peer = { ...identity.value, socket, from: tls.remoteAddress, refusalLogged: false };
    peers.set(socket, peer);
    open.add(peer);
    socket.on('close', () => open.delete(peer));
    limitPackets(socket, { packetBytes: MQTT_PACKET_MAX_BYTES });
    aedes.handle(socket);
  }

  const server = createServer(
    {
      cert: options.certificate,
      key: options.privateKey,
      ca: options.deviceCa,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      handshakeTimeout: ARRIVAL_TIMEOUT_MS,
      noDelay: true, // a small answer must not wait 40 ms for the acknowledgement of the one before
    },
    (socket) => take(socket, socket),
  );
  server.on('tlsClientError', (error) => log.write('warn', 'broker', 'TLS refused', { reason: error.message }));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    port,
    urls: (options.names ?? [options.host]).map((name) => `mqtts://${name.includes(':') ? `[${name}]` : name}:${port}`),
    takeStream: take,
    admit: async () => {}, // isActive is asked at every CONNECT
    revoke: async (device) => {
      // a socket destroyed while isActive is being asked is never let in by aedes
      await Promise.all(
        [...open].filter((peer) => peer.device.deviceId === device.deviceId).map(({ socket }) => closed(socket)),
      );
    },
    publish: (message) =>
      new Promise((resolve, reject) => {
        if (aedes.closed) return reject(new Error('the broker is closed'));
        aedes.publish({ cmd: 'publish', dup: false, ...message }, (error) => (error ? reject(error) : resolve()));
      }),
    close: async () => {
      const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
      await new Promise<void>((resolve) => aedes.close(resolve));
      await Promise.all([...open].map(({ socket }) => closed(socket)));
      await stopped;
      await queue.idle();
    },
  };
}

function refusalOf(clientId: string, { device, will }: Peer): AuthenticateError | undefined {
  if (clientId !== device.deviceId) {
    return Object.assign(new Error('the client id is not the device id'), { returnCode: IDENTIFIER_REJECTED });
  }
  if (will !== undefined && !mayPublish(device, will)) return notAuthorized(`will on ${will.slice(0, 200)}`);
  return undefined;
}

function notAuthorized(reason: string): AuthenticateError {
  return Object.assign(new Error(reason), { returnCode: NOT_AUTHORIZED });
}

function bytesOf(packet: PublishPacket): Uint8Array {
  return typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
}

function closed(socket: Duplex): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) return resolve();
    socket.once('close', () => resolve());
    socket.destroy();
  });
}
