import { randomInt } from 'node:crypto';
import { isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import {
  bareHost,
  DAY_MS,
  type DeviceAddress,
  type LogPort,
  limitPackets,
  MQTT_PACKET_MAX_BYTES,
  SECOND_MS,
  UP_FILTERS,
} from '@ewon-agent/contracts';
import { MqttClient } from 'mqtt';
import type { Broker } from '../ports/broker.ts';
import type { Siblings } from '../ports/siblings.ts';
import { type ControlFailure, createControlChannel, failure } from './control-channel.ts';
import {
  type Command,
  commandsForAccount,
  commandsToAdmit,
  commandsToAgree,
  commandsToRevoke,
  DENY_BY_DEFAULT,
  type Present,
  type Role,
  type SecurityClient,
} from './dynamic-security.ts';
import {
  ACCOUNT_CLIENT,
  accountClientAt,
  CONTROL_RESPONSE_TOPIC,
  CONTROL_TOPIC,
  RETAINED_FILTERS,
  SHARED_FILTERS,
} from './mosquitto-config.ts';

export type MosquittoOptions = {
  /** `mqtts://host:port`, also what devices are told unless `deviceUrls` says otherwise. */
  readonly url: string;
  readonly deviceUrls?: readonly string[];
  /** PEM of the CA that issued Mosquitto's certificate. */
  readonly ca: string;
  /** The account's client certificate, CN `account`, issued by the device CA; PEM. */
  readonly certificate: string;
  readonly privateKey: string;
  /** How long the first connection is tried before that is a failure; 10 s unless told. */
  readonly firstConnectionMs?: number;
  /**
   * Every device that may connect; asked after each connect, and Mosquitto is brought to agree: an admission or a
   * revocation that failed while it was away is made up for. Without it the caller repeats what failed.
   */
  devices?(): Promise<readonly DeviceAddress[]>;
  /** Told after each connection but the first, once Mosquitto agrees: a Mosquitto that was set up anew keeps nothing. */
  connected?(): void;
  /**
   * Takes a device's message; one after another, and nothing is read meanwhile. What it rejects is not acknowledged and comes again after a reconnect.
   * It must not wait for `admit` or `revoke`: their answers come on the same connection, behind the message.
   */
  onMessage(topic: string, payload: Uint8Array): void | Promise<void>;
  /**
   * The servers that use the same Mosquitto: each message of a stream comes to one of them, what is retained to the one
   * that leads. Nothing waits for one that is away: it would wait for a server that never comes back, while the
   * device, which was not told that it is committed, sends it again.
   */
  readonly siblings?: Pick<Siblings, 'place' | 'leads' | 'watchLead'>;
  readonly log: LogPort;
};

/** How long one command may take; a person waits for it. */
const ANSWER_TIMEOUT_MS = 10 * SECOND_MS;
/** Reconnecting: full jitter up to 0.25 s, 0.5 s, 1 s … 30 s. It is usually the same machine, restarting. */
const BACKOFF_FIRST_MS = 250;
const BACKOFF_MAX_MS = 30 * SECOND_MS;
/** Messages are kept for the account this long while it is away. */
const SESSION_EXPIRY_S = (30 * DAY_MS) / SECOND_MS;
/** Roles asked for, and commands sent, at once: a role is about 1.5 KiB, and a packet has a limit. */
const PAGE = 100;

/**
 * Connects to Mosquitto as client `account` and manages the devices' rights through its dynamic-security plugin.
 * Afterwards it reconnects by itself, with back-off, and keeps its session, so that messages wait for it.
 * A revoked device's certificate can still open a connection (Mosquitto asks no plugin about certificates), in which it
 * may neither send nor receive: MQTT 5 tells it "not authorized" at its first message.
 * @throws when it is not connected within `firstConnectionMs`: an error with `code` UPLINK_UNREACHABLE or UPLINK_REFUSED and its cause
 */
export async function connectMosquitto(options: MosquittoOptions): Promise<Broker> {
  const { log } = options;
  let lastError: Error | undefined;
  let attempt = 0;
  let ready = false;
  let listening = false;
  let connections = 0;
  let isOver = false;
  let working: Promise<void> = Promise.resolve();
  const { siblings } = options;
  const client = new MqttClient(() => openTls(options), {
    clientId: accountClientAt(siblings?.place ?? 0),
    protocolVersion: 5,
    clean: siblings !== undefined,
    properties: {
      sessionExpiryInterval: siblings ? 0 : SESSION_EXPIRY_S,
      maximumPacketSize: MQTT_PACKET_MAX_BYTES,
    },
    reconnectPeriod: BACKOFF_FIRST_MS,
    reconnectOnConnackError: true,
    connectTimeout: ANSWER_TIMEOUT_MS,
    queueQoSZero: false,
    resubscribe: false,
    manualConnect: true,
  });
  const control = createControlChannel(async (payload) => {
    if (!listening) throw failure('UPLINK_UNREACHABLE', 'not connected to Mosquitto', lastError);
    await client.publishAsync(CONTROL_TOPIC, payload, { qos: 1 });
  }, ANSWER_TIMEOUT_MS);

  // called by MQTT.js before it acknowledges
  client.handleMessage = (packet, done) => {
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    if (packet.topic === CONTROL_RESPONSE_TOPIC) {
      control.answered(payload);
      return done();
    }
    working = Promise.resolve()
      .then(() => options.onMessage(packet.topic, payload))
      .then(
        () => done(),
        (error: unknown) => {
          log.write('warn', 'broker', 'message not taken', { topic: packet.topic, reason: String(error) });
          // without `done` MQTT.js takes nothing further from this connection, so order is kept; Mosquitto sends again
          client.stream.destroy();
        },
      );
  };
  client.on('error', (error) => {
    lastError = error;
  });
  client.on('close', () => {
    control.lost();
    listening = false;
    if (ready) log.write('warn', 'broker', 'Mosquitto lost', { reason: lastError?.message });
    ready = false;
    if (isOver) return;
    attempt += 1;
    const ceilingMs = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(attempt, 10));
    client.options.reconnectPeriod = randomInt(1, ceilingMs); // taken by MQTT.js for the attempt after the next
  });

  const first = Promise.withResolvers<void>();
  client.on('connect', () => {
    attempt = 0;
    settle().then(
      () => {
        ready = true;
        log.write('info', 'broker', 'Mosquitto connected', { url: options.url });
        if (connections > 0) options.connected?.();
        connections += 1;
        first.resolve();
      },
      (error: Error) => {
        lastError = error;
        client.stream.destroy();
      },
    );
  });

  async function settle(): Promise<void> {
    await client.subscribeAsync(CONTROL_RESPONSE_TOPIC, { qos: 1 });
    listening = true; // an answer sent before would be lost
    const [own] = await control.request([{ command: 'getRole', rolename: ACCOUNT_CLIENT }], 'throw');
    // disconnects us where something was lacking; the next connection finds it whole
    await control.request(commandsForAccount(own?.data?.role), 'throw');
    await client.subscribeAsync([...(siblings ? SHARED_FILTERS : UP_FILTERS)], { qos: 1 });
    if (!siblings) return agree();
    if (siblings.leads) await lead();
  }
  /** What one of the servers does for all. */
  async function lead(): Promise<void> {
    await client.subscribeAsync([...RETAINED_FILTERS], { qos: 1 });
    await agree();
  }
  async function agree(): Promise<void> {
    await control.request([DENY_BY_DEFAULT], 'throw');
    if (!options.devices) return;
    const [roles, clients, devices] = [await all('listRoles'), await all('listClients'), await options.devices()];
    const commands = commandsToAgree(
      devices,
      roles.flatMap((r) => r.data?.roles ?? []),
      clients.flatMap((r) => r.data?.clients ?? []),
    );
    for (let i = 0; i < commands.length; i += PAGE) await control.request(commands.slice(i, i + PAGE), 'throw');
  }
  async function all(command: 'listRoles' | 'listClients') {
    const pages = [];
    for (let offset = 0, total = 1; offset < total; offset += PAGE) {
      const [page] = await control.request([{ command, verbose: true, count: PAGE, offset }], 'throw');
      if (page) pages.push(page);
      total = page?.data?.totalCount ?? 0;
    }
    return pages;
  }
  async function change(device: DeviceAddress, decide: (present: Present) => readonly Command[]): Promise<void> {
    const name = device.deviceId;
    const found = await control.request(
      [
        { command: 'getRole', rolename: name },
        { command: 'getClient', username: name },
      ],
      'return', // "not found" is an answer
    );
    const role: Role | undefined = found.find(({ command }) => command === 'getRole')?.data?.role;
    const of: SecurityClient | undefined = found.find(({ command }) => command === 'getClient')?.data?.client;
    await control.request(decide({ role, client: of }), 'throw');
  }

  /** Nearly always it is new, so it is not asked for first; what is there already refuses to be made and stays as it is. */
  async function admit(device: DeviceAddress): Promise<void> {
    const decide = (present: Present) => commandsToAdmit(device, present);
    const made = await control.request(decide({ role: undefined, client: undefined }), 'return');
    if (made.some(({ error }) => error !== undefined)) await change(device, decide);
  }

  const unwatch = siblings?.watchLead((leads) => {
    if (!ready) return; // it is looked at when it is connected
    const done = leads ? lead() : client.unsubscribeAsync([...RETAINED_FILTERS]);
    done.catch((error: Error) => {
      lastError = error;
      client.stream.destroy(); // with the next connection it is done
    });
  });

  /** With `manualConnect` MQTT.js would connect again when the socket closes after it was told to end. */
  async function end(): Promise<void> {
    isOver = true;
    client.options.reconnectPeriod = 0;
    await client.endAsync(true);
  }

  const deadline = AbortSignal.timeout(options.firstConnectionMs ?? ANSWER_TIMEOUT_MS);
  const late = () => first.reject(firstFailure(options.url, lastError));
  deadline.addEventListener('abort', late);
  client.connect();
  try {
    await first.promise;
  } catch (error) {
    unwatch?.();
    await end();
    throw error;
  } finally {
    deadline.removeEventListener('abort', late);
  }

  return {
    urls: options.deviceUrls ?? [options.url],
    admit,
    revoke: (device) => change(device, (present) => commandsToRevoke(device.deviceId, present)),
    publish: async ({ topic, payload, qos, retain }) => {
      // MQTT.js would keep it for the next connection, and all others as well
      if (!listening) throw failure('UPLINK_UNREACHABLE', 'not connected to Mosquitto', lastError);
      await client.publishAsync(topic, payload, { qos, retain });
    },
    close: async () => {
      ready = false;
      unwatch?.();
      await end();
      await working;
    },
  };
}

function openTls({ url, ca, certificate, privateKey }: MosquittoOptions) {
  const { hostname, port } = new URL(url);
  const host = bareHost(hostname);
  const socket = connectTls({
    host,
    port: Number(port || 8883),
    ...(isIP(host) ? {} : { servername: host }),
    ca,
    cert: certificate,
    key: privateKey,
    minVersion: 'TLSv1.2',
  });
  socket.setNoDelay(true);
  limitPackets(socket, { packetBytes: MQTT_PACKET_MAX_BYTES });
  return socket;
}

function firstFailure(url: string, cause: Error | undefined): ControlFailure {
  const refused = cause && 'code' in cause && cause.code === 'UPLINK_REFUSED';
  const why = cause?.message ?? 'no answer';
  return failure(refused ? 'UPLINK_REFUSED' : 'UPLINK_UNREACHABLE', `no connection to ${url}: ${why}`, cause);
}
