import { isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import {
  err,
  type Fault,
  limitPackets,
  MQTT_PACKET_MAX_BYTES,
  ok,
  type Result,
  SECOND_MS,
  type UplinkEvents,
  type UplinkMessage,
  type UplinkPort,
  type UplinkSession,
  type UplinkTarget,
} from '@ewon-agent/contracts';
import { MqttClient } from 'mqtt';
import { errorCodeOf, tlsAlertOf, tlsFaultOf } from './tls-fault.ts';

// The uplink over MQTT.js: it speaks MQTT on a TLS socket that we open, and neither queues, stores nor retries.
// MQTT 3.1.1, which every broker speaks (aedes refuses 5).

/** What a broker needs at most to close its side after DISCONNECT; then the socket is cut. */
const CLOSING_MS = SECOND_MS;
/** Fixed header, topic length and packet id of a PUBLISH, at most: MQTT 3.1.1 §3.3. */
const PUBLISH_OVERHEAD_BYTES = 5 + 2 + 2;

/** Makes the uplink port of MQTT.js. It holds nothing between two sessions. */
export function createUplinkMqtt(): UplinkPort {
  return {
    open: async (target, events) => {
      const deadline = AbortSignal.timeout(target.connectTimeoutMs);
      const socket = await openTls(target, deadline);
      return socket.ok ? openMqtt(socket.value, target, events, deadline) : socket;
    },
  };
}

function openTls(target: UplinkTarget, deadline: AbortSignal): Promise<Result<TLSSocket>> {
  return new Promise((resolve) => {
    const url = URL.parse(target.url);
    if (url?.protocol !== 'mqtts:') return resolve(err('UPLINK_UNREACHABLE', `not an mqtts address: ${target.url}`));
    const host = url.hostname.replace(/^\[|\]$/g, '');
    let socket: TLSSocket;
    try {
      socket = connectTls({
        host,
        ...(isIP(host) ? {} : { servername: host }),
        port: Number(url.port || 8883),
        ca: target.ca,
        cert: target.certificate,
        key: target.privateKey,
        minVersion: 'TLSv1.2',
      });
    } catch (error) {
      // node:tls throws at once when certificate and key are not a pair or not PEM
      return resolve(err('UPLINK_REFUSED', `own certificate: ${errorCodeOf(error) ?? 'not usable'}`, error));
    }
    const settle = (result: Result<TLSSocket>) => {
      deadline.removeEventListener('abort', late);
      if (!result.ok) socket.destroy();
      resolve(result);
    };
    const late = () => settle(err('UPLINK_UNREACHABLE', `no TLS within ${target.connectTimeoutMs} ms`));
    deadline.addEventListener('abort', late);
    limitPackets(socket, MQTT_PACKET_MAX_BYTES);
    socket.on('error', (error) => settle({ ok: false, fault: handshakeFaultOf(error) }));
    socket.on('close', () => settle(err('UPLINK_UNREACHABLE', 'closed during TLS')));
    socket.on('secureConnect', () => settle(ok(socket)));
  });
}

function openMqtt(
  socket: TLSSocket,
  target: UplinkTarget,
  events: UplinkEvents,
  deadline: AbortSignal,
): Promise<Result<UplinkSession>> {
  return new Promise((resolve) => {
    const { will, keepaliveMs } = target;
    const client = new MqttClient(() => socket, {
      clientId: target.clientId,
      protocolVersion: 4,
      clean: true,
      keepalive: Math.ceil(keepaliveMs / SECOND_MS),
      will: { topic: will.topic, payload: Buffer.from(will.payload), qos: will.qos, retain: will.retain },
      reconnectPeriod: 0,
      connectTimeout: target.connectTimeoutMs, // the deadline below is earlier
      queueQoSZero: false,
      resubscribe: false,
      writeCache: false, // 65,536 buffers of two bytes
    });
    const pending = new Set<(result: Result<void>) => void>();
    let fault: Fault | undefined;
    let accepted = false;

    const fail = (found: Fault) => {
      fault ??= found;
      socket.destroy();
    };
    const late = () => fail({ code: 'UPLINK_UNREACHABLE', detail: `no CONNACK within ${target.connectTimeoutMs} ms` });
    deadline.addEventListener('abort', late);
    if (deadline.aborted) late();

    client.on('error', (error) => {
      if (!accepted && isReset(error)) return; // 'close' comes and says what it means before a CONNACK
      fail(sessionFaultOf(error, socket.destroyed));
    });
    client.on('connect', () => {
      deadline.removeEventListener('abort', late);
      accepted = true;
      resolve(ok({ send, close }));
    });
    socket.on('close', () => {
      deadline.removeEventListener('abort', late);
      const why: Fault = fault ?? {
        // TLS was fine and the broker hung up on our CONNECT; its alert may have been lost to a TCP reset
        code: accepted ? 'UPLINK_UNREACHABLE' : 'UPLINK_REFUSED',
        detail: accepted ? 'the connection was closed' : 'closed without CONNACK',
      };
      client.end(true);
      for (const end of [...pending]) end({ ok: false, fault: why });
      if (accepted) events.closed(why);
      else resolve({ ok: false, fault: why });
    });

    function send(message: UplinkMessage): Promise<Result<void>> {
      const bytes = Buffer.byteLength(message.topic) + Buffer.byteLength(message.payload) + PUBLISH_OVERHEAD_BYTES;
      if (bytes > MQTT_PACKET_MAX_BYTES) {
        return Promise.resolve(err('BAD_REQUEST', `a message of ${bytes} bytes, limit ${MQTT_PACKET_MAX_BYTES}`));
      }
      return new Promise((done) => {
        const end = (result: Result<void>) => {
          pending.delete(end);
          done(result);
        };
        if (socket.destroyed || !socket.writable) return end(err('UPLINK_UNREACHABLE', 'the session has ended'));
        pending.add(end);
        client.publish(message.topic, message.payload, { qos: message.qos, retain: message.retain }, (error) => {
          if (!error) return end(ok(undefined));
          if (socket.destroyed) return; // 'close' comes and says why
          end(err('UPLINK_UNREACHABLE', 'not acknowledged', error));
        });
      });
    }

    async function close(): Promise<void> {
      if (socket.closed) return;
      const gone = new Promise<void>((left) => socket.once('close', () => left()));
      fault ??= { code: 'UPLINK_UNREACHABLE', detail: 'closed by this side' };
      // MQTT.js holds DISCONNECT back until every QoS 1 message is acknowledged, which may be never
      for (const id of Object.keys(client.outgoing)) client.removeOutgoingMessage(Number(id));
      client.end();
      const tooLong = AbortSignal.timeout(CLOSING_MS);
      const cut = () => socket.destroy();
      tooLong.addEventListener('abort', cut);
      await gone;
      tooLong.removeEventListener('abort', cut);
    }
  });
}

function isReset(error: Error): boolean {
  return ['ECONNRESET', 'EPIPE'].includes(errorCodeOf(error) ?? '');
}

function handshakeFaultOf(error: Error): Fault {
  const certificate = tlsFaultOf(error);
  if (certificate) return certificate;
  const name = errorCodeOf(error) ?? error.message;
  const alert = tlsAlertOf(error);
  if (alert) return { code: 'UPLINK_REFUSED', detail: alert, cause: error };
  return { code: /^ERR_SSL_/.test(name) ? 'UPLINK_PROTOCOL' : 'UPLINK_UNREACHABLE', detail: name, cause: error };
}

/** @param wasCut MQTT.js destroys the socket before it reports a missing answer to CONNECT or a ping, as a plain Error */
function sessionFaultOf(error: Error, wasCut: boolean): Fault {
  const name: unknown = 'code' in error ? error.code : undefined;
  if (name === 'UPLINK_PROTOCOL') return { code: 'UPLINK_PROTOCOL', detail: error.message };
  if (typeof name === 'string') return handshakeFaultOf(error);
  if (typeof name === 'number') return connackFaultOf(name, error);
  if (wasCut) return { code: 'UPLINK_UNREACHABLE', detail: 'no answer in time', cause: error };
  return { code: 'UPLINK_PROTOCOL', detail: error.message.slice(0, 200), cause: error };
}

/** MQTT 3.1.1 §3.2.2.3; numbers above are protocol errors that MQTT.js found. */
function connackFaultOf(code: number, cause: Error): Fault {
  if (code === 3) return { code: 'UPLINK_UNREACHABLE', detail: 'CONNACK 3, server unavailable', cause };
  if (code === 1 || code > 5) return { code: 'UPLINK_PROTOCOL', detail: cause.message.slice(0, 200), cause };
  return { code: 'UPLINK_REFUSED', detail: `CONNACK ${code}`, cause };
}
