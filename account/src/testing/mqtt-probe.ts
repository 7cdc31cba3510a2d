import { isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { eventually } from '@ewon-agent/contracts/testing';
import { MqttClient } from 'mqtt';
import type { Identity } from './test-pki.ts';

// An MQTT client of tests that does what it is told, also what no device of ours would do.

export type ProbeOptions = {
  readonly url: string;
  readonly serverCa: string;
  readonly identity: Identity | undefined;
  readonly clientId: string;
  readonly protocolVersion?: 4 | 5;
  readonly clean?: boolean;
  readonly will?: { topic: string; payload: string; qos: 0 | 1; retain: boolean };
};

export type Probe = {
  /** Every message it was ever given, `topic payload`. */
  readonly heard: readonly string[];
  readonly isOpen: boolean;
  /** What it has written and the broker has not read yet, without what the kernel holds. */
  readonly unsentBytes: number;
  /** `granted`, or why not. */
  subscribe(filter: string): Promise<'granted' | 'refused' | 'closed'>;
  /** `acked` says no more than that the broker answered: Mosquitto acknowledges to 3.1.1 clients what it drops. */
  publish(
    topic: string,
    payload: string,
    how?: { qos?: 0 | 1; retain?: boolean },
  ): Promise<'acked' | 'refused' | 'closed'>;
  /** Resolves when a message holds the text, rejects when none came within 5 s. */
  hears(text: string): Promise<void>;
  /** Resolves when the connection is gone. */
  closed: Promise<void>;
  /** With DISCONNECT (no will), or by cutting the connection (will). */
  leave(how: 'orderly' | 'cut'): Promise<void>;
};

/** One attempt to connect; `refused` with the CONNACK code or what TLS said. */
export async function probe(
  options: ProbeOptions,
): Promise<{ ok: true; probe: Probe } | { ok: false; reason: string }> {
  const { hostname, port } = new URL(options.url);
  const socket = connectTls({
    host: hostname,
    port: Number(port),
    ...(isIP(hostname) ? {} : { servername: hostname }),
    ca: options.serverCa,
    ...(options.identity ? { cert: options.identity.certificate, key: options.identity.privateKey } : {}),
  });
  const client = new MqttClient(() => socket, {
    clientId: options.clientId,
    protocolVersion: options.protocolVersion ?? 4,
    clean: options.clean ?? true,
    ...(options.protocolVersion === 5 && options.clean === false
      ? { properties: { sessionExpiryInterval: 3600 } }
      : {}),
    ...(options.will ? { will: { ...options.will, payload: Buffer.from(options.will.payload) } } : {}),
    keepalive: 30,
    reconnectPeriod: 0,
    resubscribe: false,
  });
  const heard: string[] = [];
  let reason = 'closed';
  client.on('error', (error) => {
    reason = 'code' in error ? `${error.code}` : error.message;
  });
  client.on('message', (topic, payload) => {
    heard.push(`${topic} ${payload.toString()}`);
  });
  socket.on('error', () => {}); // told by MQTT.js, if it matters
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      client.end(true);
      resolve();
    });
  });
  const connected = new Promise<true>((resolve) => client.once('connect', () => resolve(true)));
  const accepted = await Promise.race([connected, closed.then(() => false)]);
  if (!accepted) {
    await closed;
    return { ok: false, reason };
  }
  const orClosed = <T>(outcome: Promise<T>) => Promise.race([outcome, closed.then(() => 'closed' as const)]);
  return {
    ok: true,
    probe: {
      heard,
      get isOpen() {
        return !socket.destroyed;
      },
      get unsentBytes() {
        return socket.writableLength;
      },
      subscribe: (filter) =>
        orClosed(
          client.subscribeAsync(filter, { qos: 1 }).then(
            (grants) => (grants.every(({ qos }) => qos < 128) ? 'granted' : 'refused'),
            () => (socket.destroyed ? 'closed' : 'refused'),
          ),
        ),
      publish: (topic, payload, { qos = 1, retain = false } = {}) =>
        orClosed(
          client.publishAsync(topic, payload, { qos, retain }).then(
            () => 'acked' as const,
            () => (socket.destroyed ? 'closed' : 'refused'),
          ),
        ),
      hears: async (text) => {
        await eventually(() => heard.some((line) => line.includes(text)), {
          what: `${options.clientId} hears "${text}"`,
        });
      },
      closed,
      leave: async (how) => {
        if (how === 'cut') socket.destroy();
        else client.end();
        await closed;
      },
    },
  };
}
