import { isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import {
  err,
  limitPackets,
  MQTT_PACKET_MAX_BYTES,
  ok,
  type Result,
  type UplinkPort,
  type UplinkTarget,
} from '@ewon-agent/contracts';
import { handshakeFaultOf } from './mqtt-fault.ts';
import { type MqttVersion, openSession } from './mqtt-session.ts';
import { faultBesideDates } from './tls-beside-dates.ts';
import { errorCodeOf } from './tls-fault.ts';

/** The port of MQTT over TLS, registered with IANA. */
const MQTTS_PORT = 8883;

/**
 * Makes the uplink port of MQTT.js, which here speaks MQTT on a TLS socket that we open, and neither queues nor retries.
 * MQTT 5 first, because only there a broker says that it drops what we send. A broker that answers "unacceptable protocol
 * version" (aedes) is called again with 3.1.1 within the same attempt, and with 3.1.1 at once from then on.
 */
export function createUplinkMqtt(): UplinkPort {
  const speaks = new Map<string, MqttVersion>();
  return {
    open: async (target, events) => {
      const deadline = AbortSignal.timeout(target.connectTimeoutMs);
      const attempt = async (version: MqttVersion) => {
        const socket = await openTls(target, deadline);
        if (socket.ok) return openSession({ socket: socket.value, target, events, deadline, version });
        return { ok: false, fault: await faultBesideDates(socket.fault, { ...target, signal: deadline }) } as const;
      };
      const first = await attempt(speaks.get(target.url) ?? 5);
      if (first !== 'other version') return first;
      const second = await attempt(4);
      if (second === 'other version') return err('UPLINK_PROTOCOL', 'the broker speaks neither MQTT 5 nor 3.1.1');
      if (second.ok) speaks.set(target.url, 4);
      return second;
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
        port: Number(url.port || MQTTS_PORT),
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
    if (deadline.aborted) return late();
    deadline.addEventListener('abort', late);
    socket.setNoDelay(true); // CONNECT and the first messages must not wait 40 ms for each other's acknowledgement
    limitPackets(socket, MQTT_PACKET_MAX_BYTES);
    // both also stay for the session's time: a socket without an 'error' listener ends the process
    socket.on('error', (error) => settle({ ok: false, fault: handshakeFaultOf(error) }));
    socket.on('close', () => settle(err('UPLINK_UNREACHABLE', 'closed during TLS')));
    socket.on('secureConnect', () => settle(ok(socket)));
  });
}
