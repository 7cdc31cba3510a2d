import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { admitOnly, bareHost, err, ok, type PacketLimits, type Result, type UplinkTarget } from '@ewon-agent/contracts';
import { admitInbound, inboundStart } from '../core/inbound-budget.ts';
import { faultThrough, type ProxyOf, type Way, wayTo } from './account-way.ts';
import { handshakeFaultOf } from './mqtt-fault.ts';
import { faultBesideDates } from './tls-beside-dates.ts';
import { errorCodeOf } from './tls-fault.ts';

/** Registered with IANA: MQTT over TLS, and WebSocket over TLS. */
const PORTS = new Map([
  ['mqtts:', 8883],
  ['wss:', 443],
]);

/**
 * Opens what MQTT is spoken on: TLS with our certificate, through a proxy where one stands on the way, and a WebSocket
 * in it where the address is `wss:`. Packets above the limits end it, and it has a listener for its errors already.
 * Codes: UPLINK_UNREACHABLE, UPLINK_REFUSED, UPLINK_PROTOCOL, TLS_UNTRUSTED, TLS_NAME_MISMATCH, TLS_EXPIRED, TLS_CLOCK,
 * PROXY_CERTIFICATE, and those of a tunnel.
 */
export async function openSocket(
  target: UplinkTarget,
  proxyOf: ProxyOf,
  deadline: AbortSignal,
  limits: PacketLimits,
): Promise<Result<Duplex>> {
  const url = URL.parse(target.url);
  const standard = PORTS.get(url?.protocol ?? '');
  if (!url || !standard) return err('UPLINK_UNREACHABLE', `neither an mqtts nor a wss address: ${target.url}`);
  const host = bareHost(url.hostname);
  const port = Number(url.port || standard);
  const way = await wayTo(host, port, proxyOf, deadline);
  if (!way.ok) return way;
  const tls = await openTls(target, way.value, deadline);
  if (!tls.ok) {
    const fault = await faultBesideDates(tls.fault, { ...target, signal: deadline, proxyOf });
    return { ok: false, fault: faultThrough(proxyOf(host, port), fault) };
  }
  const opened = url.protocol === 'wss:' ? await inWebSocket(tls.value, target, deadline) : tls;
  if (opened.ok) {
    // what is more or larger than an account sends ends the connection before a parser works on it
    admitOnly(opened.value, inboundStart(performance.now()), (inbound, chunk) =>
      admitInbound(inbound, chunk, limits, performance.now()),
    );
  }
  return opened;
}

async function inWebSocket(tls: TLSSocket, target: UplinkTarget, deadline: AbortSignal): Promise<Result<Duplex>> {
  const { openWebSocket } = await import('./mqtt-websocket.ts'); // most agents never need it
  return openWebSocket(tls, target, deadline);
}

function openTls(target: UplinkTarget, way: Way, deadline: AbortSignal): Promise<Result<TLSSocket>> {
  return new Promise((resolve) => {
    let socket: TLSSocket;
    try {
      socket = connectTls({
        ...way,
        ...(isIP(way.host) ? {} : { servername: way.host }),
        ca: target.ca,
        cert: target.certificate,
        key: target.privateKey,
        minVersion: 'TLSv1.2',
      });
    } catch (error) {
      if ('socket' in way) way.socket.destroy();
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
    // both also stay for the session's time: a socket without an 'error' listener ends the process
    socket.on('error', (error) => settle({ ok: false, fault: handshakeFaultOf(error) }));
    socket.on('close', () => settle(err('UPLINK_UNREACHABLE', 'closed during TLS')));
    socket.on('secureConnect', () => settle(ok(socket)));
  });
}
